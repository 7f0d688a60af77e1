using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>The stores of one module that no run has at present. Any thread may take one, and give it back.</summary>
internal sealed class StorePool : IDisposable
{
    private readonly Lock _gate = new();

    // The one that ran last at the end: it has the most code, and the most of it in the processor's caches.
    private readonly List<KeptStore> _idle = [];
    private int _maxCount = Environment.ProcessorCount;
    private bool _isDisposed;

    /// <summary>How many there may be.</summary>
    internal int MaxCount
    {
        get
        {
            lock (_gate)
            {
                return _maxCount;
            }
        }

        set
        {
            lock (_gate)
            {
                _maxCount = value;
            }

            Trim();
        }
    }

    /// <summary>How many there are.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    internal bool IsDisposed
    {
        get
        {
            lock (_gate)
            {
                return _isDisposed;
            }
        }
    }

    /// <summary>Takes one that was made for these limits; null when there is none.</summary>
    internal KeptStore? TryTake(EngineOptions limits)
    {
        lock (_gate)
        {
            int at = _idle.FindLastIndex(kept => kept.Limits == limits);
            if (at < 0)
            {
                return null;
            }

            KeptStore found = _idle[at];
            _idle.RemoveAt(at);
            return found;
        }
    }

    /// <summary>Takes one back, or ends it. No guest runs in it any more, and nobody looks at what the last one left.</summary>
    internal void Return(KeptStore kept)
    {
        if (!kept.State.TryEndRun())
        {
            kept.Store.Dispose();
            return;
        }

        lock (_gate)
        {
            _idle.Add(kept);
        }

        Trim();
    }

    /// <summary>Ends all of them; those that are out, when they come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _maxCount = 0;
        }

        Trim();
    }

    // Stores are disposed outside of the lock: giving memory back takes time.
    private void Trim()
    {
        while (true)
        {
            KeptStore oldest;
            lock (_gate)
            {
                if (_idle.Count <= _maxCount)
                {
                    return;
                }

                oldest = _idle[0];
                _idle.RemoveAt(0);
            }

            oldest.Store.Dispose();
        }
    }
}
