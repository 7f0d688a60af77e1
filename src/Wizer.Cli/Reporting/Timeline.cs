using System.Diagnostics;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// The phases of one run of the command, from the start of the process on. Each ends where the next begins, so that together
/// they are the whole time.
/// </summary>
internal sealed class Timeline : IProgress<RunPhase>
{
    // One run has fewer: none of them comes twice.
    private const int MaxPhases = 16;

    private readonly string[] _names = new string[MaxPhases];
    private readonly long[] _starts = new long[MaxPhases + 1];
    private readonly TimeSpan[] _processorTimes = new TimeSpan[MaxPhases + 1];
    private bool _countsProcessorTime;

    public Timeline()
    {
        _starts[0] = Stopwatch.GetTimestamp();
        _names[0] = "start";
        Count = 1;
    }

    /// <summary>How many phases there have been, the one under way included.</summary>
    public int Count { get; private set; }

    /// <summary>Told the name of each phase as it begins, on the thread that does the work; null for nobody.</summary>
    public Action<string>? Begun { get; set; }

    /// <summary>From the start of the process to the last <see cref="End"/>.</summary>
    public TimeSpan Total => Stopwatch.GetElapsedTime(_starts[0], _starts[Count]);

    /// <summary>What all threads ran from the start of the process to the last <see cref="End"/>.</summary>
    public TimeSpan TotalProcessorTime => _processorTimes[Count];

    /// <summary>
    /// Counts what happened before this object was made, too, and from here on what all threads run. To be called on the main thread,
    /// in the first phase.
    /// </summary>
    public void IncludeProcessStart()
    {
        _countsProcessorTime = true;
        long start = Stopwatch.GetTimestamp() - (long)(ProcessStart.Elapsed().TotalSeconds * Stopwatch.Frequency);
        _starts[0] = Math.Min(_starts[0], start);
    }

    /// <summary>Ends the phase under way and begins another.</summary>
    public void Begin(string name)
    {
        End();
        _names[Count++] = name;
        Begun?.Invoke(name);
    }

    /// <summary>Ends the phase under way, for now: until another begins, it may be ended again.</summary>
    public void End()
    {
        _starts[Count] = Stopwatch.GetTimestamp();
        if (_countsProcessorTime)
        {
            _processorTimes[Count] = Environment.CpuUsage.TotalTime;
        }
    }

    public string NameOf(int index) => _names[index];

    public TimeSpan TimeOf(int index) => Stopwatch.GetElapsedTime(_starts[index], _starts[index + 1]);

    /// <summary>What all threads ran meanwhile. Where a phase took less than it ran, others than its own thread had a part in it.</summary>
    public TimeSpan ProcessorTimeOf(int index) => _processorTimes[index + 1] - _processorTimes[index];

    void IProgress<RunPhase>.Report(RunPhase value) => Begin(value switch
    {
        RunPhase.Validation => "validate",
        RunPhase.Instantiation => "instantiate",
        RunPhase.Initialization => "initialize",
        RunPhase.Snapshot => "snapshot",
        RunPhase.Rewrite => "rewrite",
        _ => "write",
    });
}
