using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Platform;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Where machine code is made while the guest goes on. It only reads what a function's code is made from, none of which changes
/// once the function has been translated; what it made waits until the guest's thread takes it. When there is nothing to make for
/// long, it sees to the pages of the guest's memories.
/// </summary>
internal sealed unsafe class MachineThread(InterpreterHost host) : IDisposable
{
    // The compiler has loops where others recurse.
    private const int StackByteLength = 1 << 20;

    // Whoever has nothing compiled for so long computes; each time it is twice as much.
    private const int FirstIdleMilliseconds = 500;

    private readonly object _gate = new();
    private readonly Queue<HotFunction> _waiting = [];
    private List<MachineResult> _completed = [];
    private AheadQueue? _ahead;
    private HotFunction? _last;
    private int _idleMilliseconds = FirstIdleMilliseconds;
    private MachineCompiler? _compiler;
    private Thread? _thread;
    private bool _isBusy;
    private bool _isStopped;
    private bool _isDisposed;
    private volatile bool _hasCompleted;

    /// <summary>Whether there is something to take for a function that the guest has called.</summary>
    internal bool HasCompleted => _hasCompleted;

    /// <summary>Whether it does nothing for now.</summary>
    internal bool IsStopped => _isStopped;

    /// <summary>Has a function compiled.</summary>
    /// <returns>False when the system has no thread for it.</returns>
    internal bool TryAdd(HotFunction hot)
    {
        lock (_gate)
        {
            _waiting.Enqueue(hot);
            Monitor.PulseAll(_gate);
        }

        return TryStart();
    }

    /// <summary>Has functions translated and compiled that will be called, while there is nothing more urgent.</summary>
    internal void Add(AheadQueue ahead)
    {
        lock (_gate)
        {
            _ahead = ahead;
            Monitor.PulseAll(_gate);
        }

        TryStart();
    }

    private bool TryStart()
    {
        if (_thread != null)
        {
            return true;
        }

        try
        {
            _thread = new Thread(Work, StackByteLength) { IsBackground = true, Name = "wasm machine code" };
            _thread.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            _thread = null;
            _waiting.Clear();
            return false;
        }
    }

    /// <summary>What has been completed since the last question.</summary>
    internal List<MachineResult> Take()
    {
        lock (_gate)
        {
            List<MachineResult> taken = _completed;
            _completed = [];
            _hasCompleted = false;
            return taken;
        }
    }

    /// <summary>No more functions are begun until <see cref="Resume"/>: whoever needs the processor now may have it.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    /// <summary>Goes on.</summary>
    internal void Resume()
    {
        lock (_gate)
        {
            _isStopped = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the function that is being compiled, once stopped.</summary>
    internal void WaitUntilIdle()
    {
        lock (_gate)
        {
            while (_isBusy)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Gives up. From here on nothing of the store is read.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _compiler?.Cancel();
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
        foreach (MachineResult result in _completed)
        {
            result.Dispose();
        }

        _completed.Clear();
        _hasCompleted = false;
    }

    private void Work()
    {
        using var compiler = new MachineCompiler(host);
        lock (_gate)
        {
            _compiler = compiler;
        }

        while (TryBegin(out HotFunction? hot, out bool isIdle))
        {
            MachineResult? result = isIdle ? GatherMemories(hot!)
                : hot != null ? MachineResult.Compile(compiler, hot.Func, hot.Module)
                : _ahead!.DoNext(compiler);
            lock (_gate)
            {
                if (result != null)
                {
                    // The guest's thread has translated it before it asks whether this is done.
                    _completed.Add(result);
                    _hasCompleted |= result.Func->Translated != null;
                }

                _isBusy = false;
                Monitor.PulseAll(_gate);
            }
        }

        lock (_gate)
        {
            _compiler = null;
        }
    }

    // Nothing was made.
    private static MachineResult? GatherMemories(HotFunction last)
    {
        MemoryData** memories = last.Func->Instance->Memories;
        for (int i = 0; i < last.Module.Memories.Length; i++)
        {
            // Growth moves the others.
            if (memories[i]->ReservedByteLength != 0)
            {
                LargePages.Gather(memories[i]->Base, memories[i]->ByteLength);
            }
        }

        return null;
    }

    // False at the end; null for what the profile has next. Idle: with the last function that there was.
    private bool TryBegin(out HotFunction? hot, out bool isIdle)
    {
        lock (_gate)
        {
            isIdle = false;
            while (!_isDisposed && !isIdle && (_isStopped || (_waiting.Count == 0 && _ahead is not { HasNext: true })))
            {
                bool isOver = !Monitor.Wait(_gate, _last == null || LargePages.IsRefused ? Timeout.Infinite : _idleMilliseconds);
                isIdle = isOver && !_isStopped && _waiting.Count == 0;
            }

            hot = null;
            if (_isDisposed)
            {
                return false;
            }

            _isBusy = true;
            if (isIdle)
            {
                _idleMilliseconds = Math.Min(_idleMilliseconds, int.MaxValue / 2) * 2;
                hot = _last;
            }
            else if (_waiting.TryDequeue(out hot))
            {
                _last = hot;
            }

            return true;
        }
    }
}
