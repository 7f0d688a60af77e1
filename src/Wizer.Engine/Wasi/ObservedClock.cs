using Wizer.Engine.Wasi.Observing;

namespace Wizer.Engine.Wasi;

/// <summary>A clock, and how often it was asked.</summary>
internal sealed class ObservedClock(IWasiClock inner, ObservationLog log) : IWasiClock
{
    public ulong GetTime(WasiClockId clock)
    {
        log.ClockCallCount++;
        return inner.GetTime(clock);
    }

    public ulong GetResolution(WasiClockId clock)
    {
        log.ClockCallCount++;
        return inner.GetResolution(clock);
    }

    public void Sleep(ulong nanoseconds, CancellationToken interrupt)
    {
        log.ClockCallCount++;
        inner.Sleep(nanoseconds, interrupt);
    }
}
