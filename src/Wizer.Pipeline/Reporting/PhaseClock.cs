using System.Diagnostics;

namespace Wizer.Pipeline;

/// <summary>Measures the phases of one run: each ends when the next begins, so that nothing between them is lost.</summary>
/// <param name="progress">Told of each phase as it begins; may be null.</param>
internal sealed class PhaseClock(IProgress<RunPhase>? progress)
{
    private readonly long[] _ticks = new long[(int)RunPhase.Write + 1];
    private RunPhase _phase;
    private long _start;

    internal TimeSpan this[RunPhase phase] => Stopwatch.GetElapsedTime(0, _ticks[(int)phase]);

    /// <summary>The report of the run, as far as it is the same for all.</summary>
    internal RunReport Report(SnapshotReport snapshot) => new()
    {
        Snapshot = snapshot,
        ValidationTime = this[RunPhase.Validation],
        InstantiationTime = this[RunPhase.Instantiation],
        InitializationTime = this[RunPhase.Initialization],
        SnapshotTime = this[RunPhase.Snapshot],
        RewriteTime = this[RunPhase.Rewrite],
        WriteTime = this[RunPhase.Write],
    };

    /// <summary>Ends the phase that was running and begins another.</summary>
    internal void Begin(RunPhase phase)
    {
        End();
        _phase = phase;
        progress?.Report(phase);
    }

    /// <summary>Ends the last phase.</summary>
    internal void End()
    {
        long now = Stopwatch.GetTimestamp();
        _ticks[(int)_phase] += _start == 0 ? 0 : now - _start;
        _start = now;
    }
}
