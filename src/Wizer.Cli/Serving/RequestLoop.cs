using System.Collections.Concurrent;

namespace Wizer.Cli;

/// <summary>Runs a request.</summary>
/// <param name="request">What is to be run.</param>
/// <param name="host">Takes what it says, and tells it when to stop.</param>
/// <returns>The exit code.</returns>
internal delegate int RequestRunner(WorkRequest request, JobHost host);

/// <summary>
/// Reads requests and runs each as a command of its own would run, several at a time; a response is sent when a request is done. What
/// one of them does is none of the others' business.
/// </summary>
/// <param name="protocol">How they are written.</param>
/// <param name="send">Sends the bytes of a response.</param>
/// <param name="run">Runs a request.</param>
/// <param name="jobCount">How many at a time.</param>
internal sealed class RequestLoop(IWorkProtocol protocol, Action<ReadOnlyMemory<byte>> send, RequestRunner run, int jobCount)
    : IDisposable
{
    // So many are read before they can be run, among which may be the one that is to be cancelled.
    private const int QueueLength = 1024;

    private readonly BlockingCollection<Running> _queue = new(QueueLength);
    private readonly ConcurrentDictionary<int, Running> _running = new();
    private readonly List<Thread> _threads = [];
    private readonly Lock _sending = new();
    private int _unfinishedCount;
    private volatile bool _isStopping;
    private Exception? _error;

    /// <summary>Whether a request without a number gets that of its place in the list, and has the process to itself otherwise.</summary>
    public bool Numbers { get; init; }

    /// <summary>How many requests did not end with an exit code of 0.</summary>
    public int FailureCount { get; private set; }

    /// <summary>Serves them all.</summary>
    /// <exception cref="CommandException">Something is no request, or a response could not be sent.</exception>
    public void Run()
    {
        int number = 0;
        try
        {
            while (_error is null && !_isStopping && protocol.Read() is { } request)
            {
                if (request.IsCancellation)
                {
                    if (_running.TryGetValue(request.Id, out Running? running))
                    {
                        running.Cancel();
                    }

                    continue;
                }

                number++;
                request.Id = Numbers && request.Id == 0 ? number : request.Id;
                Begin(new Running(request));
            }
        }
        finally
        {
            _queue.CompleteAdding();
            foreach (Thread thread in _threads)
            {
                thread.Join();
            }
        }

        if (_error is not null && !_isStopping)
        {
            throw new CommandException(DiagnosticCode.ResponseFailed, "failed to send a response", _error);
        }
    }

    /// <summary>Ends what is running, and begins nothing more. For another thread.</summary>
    /// <param name="milliseconds">How long to wait for that.</param>
    public void Stop(int milliseconds)
    {
        _isStopping = true;
        foreach (Running running in _running.Values)
        {
            running.Cancel();
        }

        SpinWait.SpinUntil(() => Volatile.Read(ref _unfinishedCount) == 0, milliseconds);
    }

    public void Dispose() => _queue.Dispose();

    private void Begin(Running running)
    {
        Interlocked.Increment(ref _unfinishedCount);
        _running[running.Request.Id] = running;
        if (running.Request.Id == 0 || jobCount == 1)
        {
            Serve(running);
            return;
        }

        if (_threads.Count < jobCount)
        {
            var thread = new Thread(ServeAll) { IsBackground = true, Name = $"request {_threads.Count + 1}" };
            _threads.Add(thread);
            thread.Start();
        }

        _queue.Add(running);
    }

    private void ServeAll()
    {
        foreach (Running running in _queue.GetConsumingEnumerable())
        {
            Serve(running);
        }
    }

    private void Serve(Running running)
    {
        WorkRequest request = running.Request;
        try
        {
            if (_isStopping)
            {
                return;
            }

            JobHost host = JobHost.OfRequest(running.Source.Token);
            int exitCode = running.Source.IsCancellationRequested ? 1 : run(request, host);
            bool wasCancelled = running.Source.IsCancellationRequested && exitCode != 0;
            lock (_sending)
            {
                FailureCount += exitCode == 0 ? 0 : 1;
                send(protocol.Format(wasCancelled
                    ? new WorkResponse(request.Id, 0, "", wasCancelled)
                    : new WorkResponse(request.Id, exitCode, host.Text(), wasCancelled)));
            }
        }
        catch (IOException error)
        {
            _error = error;
        }
        finally
        {
            _running.TryRemove(new KeyValuePair<int, Running>(request.Id, running));
            running.Dispose();
            Interlocked.Decrement(ref _unfinishedCount);
        }
    }

    private sealed class Running(WorkRequest request) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _hasEnded;

        public WorkRequest Request { get; } = request;

        public CancellationTokenSource Source { get; } = new();

        /// <summary>Asks it to end. For another thread: it may have ended.</summary>
        public void Cancel()
        {
            lock (_lock)
            {
                if (!_hasEnded)
                {
                    Source.Cancel();
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _hasEnded = true;
                Source.Dispose();
            }
        }
    }
}
