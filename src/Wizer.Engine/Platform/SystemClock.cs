using System.Diagnostics;

namespace Wizer.Engine.Platform;

/// <summary>The host's clocks, in nanoseconds, and waiting by them.</summary>
internal static class SystemClock
{
    /// <summary>How long the ticks are in which the framework counts all times but the monotonic one.</summary>
    internal const ulong NanosecondsPerTick = 100;

    /// <summary>The step of the monotonic clock.</summary>
    internal static ulong MonotonicResolution => Math.Max(1, 1_000_000_000UL / (ulong)Stopwatch.Frequency);

    /// <summary>The time of day, in UTC.</summary>
    internal static DateTime UtcNow => DateTime.UtcNow;

    /// <summary>Time since 1970 began, in UTC.</summary>
    internal static ulong UnixNanoseconds() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * NanosecondsPerTick;

    /// <summary>What the processors have spent on this process.</summary>
    internal static ulong ProcessorNanoseconds() => (ulong)Environment.CpuUsage.TotalTime.Ticks * NanosecondsPerTick;

    /// <summary>Time since some moment, which never goes back.</summary>
    internal static ulong MonotonicNanoseconds()
    {
        // In whole seconds and the rest, so that nothing overflows; 128-bit integers would not be precompiled.
        (ulong seconds, ulong rest) = Math.DivRem((ulong)Stopwatch.GetTimestamp(), (ulong)Stopwatch.Frequency);
        return seconds * 1_000_000_000 + rest * 1_000_000_000 / (ulong)Stopwatch.Frequency;
    }

    /// <summary>Waits, at least about that long unless interrupted.</summary>
    internal static void Sleep(ulong nanoseconds, CancellationToken interrupt)
    {
        // One wait takes at most about 24 days; the handle is woken by an interrupt.
        const ulong LongestMilliseconds = int.MaxValue;
        ulong start = MonotonicNanoseconds();
        while (!interrupt.IsCancellationRequested)
        {
            ulong elapsed = MonotonicNanoseconds() - start;
            if (elapsed >= nanoseconds)
            {
                return;
            }

            ulong milliseconds = (nanoseconds - elapsed) / 1_000_000 + 1;
            interrupt.WaitHandle.WaitOne((int)Math.Min(milliseconds, LongestMilliseconds));
        }
    }
}
