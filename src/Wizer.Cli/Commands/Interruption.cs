using System.Runtime.InteropServices;

namespace Wizer.Cli;

/// <summary>
/// Ctrl-C, a closed terminal and a request to terminate, as long as there is a guest to stop or an output to clean up. The guest is
/// asked to stop, so that the command ends in order; when that takes too long, or at a second signal, the process ends at once.
/// Either way nothing unfinished stays behind, and the exit code is 128 plus the signal's number, as a shell would report it.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // With what follows, well below the tenth of a second that people notice.
    private const int GraceMilliseconds = 50;

    // To say how the run ended, once it has: a few milliseconds, unless the machine is very busy.
    private const int FarewellMilliseconds = 1000;

    private readonly CancellationTokenSource _source = new();
    private readonly ManualResetEventSlim _stopped = new(false);
    private readonly ManualResetEventSlim _ended = new(false);
    private readonly OutputFile?[] _outputs;
    private readonly ProgressLine? _progress;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _hangUp;
    private readonly PosixSignalRegistration _terminate;
    private volatile int _exitCode;

    public Interruption(ProgressLine? progress, params OutputFile?[] outputs)
    {
        _outputs = outputs;
        _progress = progress;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    /// <summary>Cancelled when the guest is to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>0, or the exit code once a signal came.</summary>
    public int ExitCode => _exitCode;

    /// <summary>To be told when the guest has stopped, and only the end is left to come.</summary>
    public void HasStopped() => _stopped.Set();

    public void Dispose()
    {
        _stopped.Set();
        _ended.Set();
        _interrupt.Dispose();
        _hangUp.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        bool isFirst = _exitCode == 0;
        _exitCode = context.Signal switch
        {
            PosixSignal.SIGHUP => 129,
            PosixSignal.SIGINT => 130,
            _ => 143,
        };
        if (isFirst)
        {
            _source.Cancel();
            if (_stopped.Wait(GraceMilliseconds) && _ended.Wait(FarewellMilliseconds))
            {
                return;
            }
        }

        foreach (OutputFile? output in _outputs)
        {
            output?.Abandon();
        }

        _progress?.Abandon();
        Environment.Exit(_exitCode);
    }
}
