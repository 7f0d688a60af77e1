namespace Wizer.Engine.Wasi;

/// <summary>A time that depends on nothing but what the guest does; see <see cref="DeterministicOptions"/>.</summary>
internal sealed class DeterministicWasiClock(DeterministicOptions options) : IWasiClock
{
    public const ulong NanosecondsPerSecond = 1_000_000_000;

    // Coarse, so that a loop that waits for a second ends after a thousand turns.
    private const ulong Step = 1_000_000;

    private ulong _elapsed;

    /// <summary>When it began, in nanoseconds since 1970.</summary>
    public ulong Start { get; } = options.UnixSeconds * NanosecondsPerSecond;

    public ulong GetTime(WasiClockId clock)
    {
        // Zero is what some programs take for "never".
        ulong time = Add(clock == WasiClockId.Realtime ? Start : Step, _elapsed);
        _elapsed = Add(_elapsed, Step);
        return time;
    }

    public ulong GetResolution(WasiClockId clock) => Step;

    public void Sleep(ulong nanoseconds, CancellationToken interrupt) => _elapsed = Add(_elapsed, nanoseconds);

    private static ulong Add(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;
}
