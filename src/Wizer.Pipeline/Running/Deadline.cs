using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>Runs what the guest may hold up, on a thread of its own, for as long as the environment and the caller allow.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _cancellation;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource? _stop;
    private bool _isExpired;

    /// <param name="timeout">How long; null for no limit.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <exception cref="WizerException">The time is negative.</exception>
    internal Deadline(TimeSpan? timeout, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        if (timeout < TimeSpan.Zero)
        {
            Throw.BadTimeout();
        }

        _timeout = timeout;
        _stop = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Cancelled when the time is over, and when the caller cancels.</summary>
    internal CancellationToken Token => _stop?.Token ?? _cancellation;

    /// <summary>Runs the work to its end.</summary>
    /// <exception cref="WizerException">It took too long, or is its own.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    internal void Run(Action work)
    {
        // The longest that a thread can wait for is some 24 days.
        TimeSpan wait = _timeout?.TotalMilliseconds < int.MaxValue ? _timeout.Value : Timeout.InfiniteTimeSpan;
        try
        {
            GuestThread.Run(work, wait, Expire);
        }
        catch (Exception error) when (_cancellation.IsCancellationRequested)
        {
            // Whatever the guest made of a call that was cut short, this is why the run ended.
            throw new OperationCanceledException("the run was cancelled", error, _cancellation);
        }
        catch when (_isExpired)
        {
        }

        // A guest may return right after a call that was cut short: what it made of that is not to be written.
        _cancellation.ThrowIfCancellationRequested();
        if (_isExpired)
        {
            Throw.TimedOut(_timeout!.Value);
        }
    }

    public void Dispose() => _stop?.Dispose();

    private void Expire()
    {
        _isExpired = true;
        _stop!.Cancel();
    }
}
