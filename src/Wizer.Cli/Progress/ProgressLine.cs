using System.Diagnostics;
using System.Globalization;

namespace Wizer.Cli;

/// <summary>
/// A line on the terminal about the phase under way, once it takes long; nothing at all where stderr is no terminal, or where
/// <c>NO_COLOR</c>, <c>CI</c> or <c>TERM=dumb</c> ask for plain output. The line is gone before anything else is written.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int PatienceMilliseconds = 500;
    private const int RefreshMilliseconds = 100;
    private const int AbandonMilliseconds = 20;

    // Monitor, because threads wait for one another's progress.
    private readonly object _lock = new();
    private readonly StatusLine _show;
    private string? _phase;
    private long _start;

    // Of the phase under way, and of the one that the line is about; 0 where there is none.
    private int _number;
    private int _shownNumber;
    private bool _hasEnded;

    /// <summary>Begins to watch.</summary>
    /// <param name="show">Shows the line.</param>
    internal ProgressLine(StatusLine show)
    {
        _show = show;

        // A thread of its own: those of the pool may all be scanning memory.
        new Thread(Run) { IsBackground = true, Name = "wizer progress" }.Start();
    }

    /// <summary>Shows a line as long as <paramref name="meanwhile"/> runs, which gets a way to change its text.</summary>
    internal delegate void StatusLine(string text, Action<Action<string>> meanwhile);

    /// <summary>Begins to watch the phases, or returns null where no line is wanted.</summary>
    public static ProgressLine? Watch(Timeline timeline)
    {
        if (!StandardStreams.IsErrorTerminal || !IsWanted(HostVariables.Get))
        {
            return null;
        }

        var line = new ProgressLine(SpectreStatus.Show);
        timeline.Begun = line.Begin;
        return line;
    }

    /// <summary>Whether the environment leaves room for more than plain text.</summary>
    internal static bool IsWanted(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR"))
        && variable("CI") is null or "" or "0" or "false"
        && variable("TERM") is not (null or "" or "dumb");

    /// <summary>Leaves the terminal to others until the next phase.</summary>
    public void StepAside() => Change(null);

    /// <summary>Leaves the terminal as it was, for good.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _hasEnded = true;
        }

        Change(null);
    }

    /// <summary>The same for a thread that is about to end the process, and cannot wait for long.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _phase = null;
            Monitor.PulseAll(_lock);
            if (_shownNumber == 0 || Monitor.Wait(_lock, AbandonMilliseconds))
            {
                return;
            }
        }

        // To the first column, clear the line, show the cursor.
        StandardStreams.WriteError("\r\u001b[2K\u001b[?25h");
    }

    /// <summary>Goes on to another phase.</summary>
    internal void Begin(string phase) => Change(phase);

    // Returns once the line about the phase before is gone: one about this phase may be there by then, where the machine is slow.
    private void Change(string? phase)
    {
        lock (_lock)
        {
            _phase = phase;
            _start = Stopwatch.GetTimestamp();
            int number = ++_number;
            Monitor.PulseAll(_lock);
            while (_shownNumber != 0 && _shownNumber < number)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    private void Run()
    {
        lock (_lock)
        {
            while (!_hasEnded)
            {
                int patience = PatienceMilliseconds - (int)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
                if (_phase is null)
                {
                    Monitor.Wait(_lock);
                }
                else if (patience > 0)
                {
                    Monitor.Wait(_lock, patience);
                }
                else
                {
                    Show(_phase, _start, _number);
                }
            }
        }
    }

    // Called, and returns, with the lock held; not held while the line is drawn.
    private void Show(string phase, long start, int number)
    {
        _shownNumber = number;
        Monitor.Exit(_lock);
        try
        {
            _show(phase, update => WaitForEnd(phase, start, number, update));
        }
#pragma warning disable CA1031 // The line is an extra: whatever keeps it from being drawn is no reason to end the run.
        catch (Exception)
        {
            _hasEnded = true;
        }
#pragma warning restore CA1031
        finally
        {
            Monitor.Enter(_lock);
            _shownNumber = 0;
            Monitor.PulseAll(_lock);
        }
    }

    private void WaitForEnd(string phase, long start, int number, Action<string> update)
    {
        lock (_lock)
        {
            while (_phase is not null && _number == number)
            {
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                update(string.Create(CultureInfo.InvariantCulture, $"{phase} {seconds:F1} s"));
                Monitor.Wait(_lock, RefreshMilliseconds);
            }
        }
    }
}
