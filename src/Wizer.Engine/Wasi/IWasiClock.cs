using Wizer.Engine.Platform;

namespace Wizer.Engine;

/// <summary>The clocks of preview 1.</summary>
public enum WasiClockId
{
    /// <summary>Time since 1970, which may jump.</summary>
    Realtime = 0,

    /// <summary>Time since some moment, which never goes back.</summary>
    Monotonic = 1,

    /// <summary>The processor time used by the process.</summary>
    ProcessCpuTime = 2,

    /// <summary>The processor time used by the thread.</summary>
    ThreadCpuTime = 3,
}

/// <summary>
/// Where a guest's time comes from, its waiting included. Everything that depends on time goes through here, so a
/// deterministic run is another implementation of this.
/// </summary>
public interface IWasiClock
{
    /// <summary>The value of a clock in nanoseconds.</summary>
    ulong GetTime(WasiClockId clock);

    /// <summary>The resolution of a clock in nanoseconds, at least 1.</summary>
    ulong GetResolution(WasiClockId clock);

    /// <summary>Waits, at least about that long unless interrupted.</summary>
    /// <param name="nanoseconds">How long.</param>
    /// <param name="interrupt">Ends the wait early, without an exception.</param>
    void Sleep(ulong nanoseconds, CancellationToken interrupt);
}

/// <summary>The clocks of the host.</summary>
public sealed class SystemWasiClock : IWasiClock
{
    private SystemWasiClock()
    {
    }

    /// <summary>The only one.</summary>
    public static SystemWasiClock Instance { get; } = new();

    /// <inheritdoc/>
    public ulong GetTime(WasiClockId clock) => clock switch
    {
        WasiClockId.Realtime => SystemClock.UnixNanoseconds(),
        WasiClockId.Monotonic => SystemClock.MonotonicNanoseconds(),
        _ => SystemClock.ProcessorNanoseconds(),
    };

    /// <inheritdoc/>
    public ulong GetResolution(WasiClockId clock) =>
        clock == WasiClockId.Monotonic ? SystemClock.MonotonicResolution : SystemClock.NanosecondsPerTick;

    /// <inheritdoc/>
    public void Sleep(ulong nanoseconds, CancellationToken interrupt) => SystemClock.Sleep(nanoseconds, interrupt);
}
