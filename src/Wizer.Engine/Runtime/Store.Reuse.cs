using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Platform;
using Wizer.Engine.Runtime;

namespace Wizer.Engine;

// One run after another: what belongs to the store, and not to what is in it. See InitialState for the rest.
public sealed unsafe partial class Store
{
    private static readonly HostFunction s_gone = static (_, _) => throw new ObjectDisposedException(nameof(Store));

    /// <summary>What has been put into the store, by guests and the host.</summary>
    internal StoreExtent Extent =>
        new(_instances.Count, _owners.Count - (_heap is null ? 0 : 1), _hostFunctions.Count, _blockCount);

    /// <summary>The structs and arrays, where anything could make some.</summary>
    internal GcHeap? HeapOrNull => _heap;

    /// <summary>Another run begins in a store that <see cref="EndRun"/> has put to rest.</summary>
    /// <param name="interrupt">Ends whatever the store's guests are doing.</param>
    internal void BeginRun(CancellationToken interrupt)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        lock (_gate)
        {
            // The one before is not disposed: who interrupts too late may still have it.
            _interrupt = new CancellationTokenSource();
            Execution.Reset(_context);
        }

        _hostCaller = new Caller(null, _interrupt.Token);
        Register(interrupt);
    }

    /// <summary>
    /// No guest runs any more, and nothing is compiled when this returns: forgets the host, its objects, and what the run has left
    /// between the two.
    /// </summary>
    internal void EndRun()
    {
        _registration.Dispose();
        _registration = default;
        StopCompiling();
        _tiering?.WaitUntilIdle();
        _host.ForgetRun();
        _externObjects.Clear();
        _activationDepth = 0;
        Sleep = SystemClock.Sleep;
        for (int i = 0; i < _hostFunctions.Count; i++)
        {
            _hostFunctions[i] = s_gone;
        }

        Budget.Reset(MemoryBudget);
        Budget.Reset(TableBudget);
        Execution.DiscardStack(Context);
    }

    /// <summary>Lets a function of the host do something else from now on.</summary>
    internal void SetHostFunction(FuncData* func, HostFunction body) => _hostFunctions[func->FuncIndex] = body;
}

/// <summary>How much there is in a store; what grows never shrinks again.</summary>
internal readonly record struct StoreExtent(int InstanceCount, int OwnerCount, int HostFunctionCount, int BlockCount);
