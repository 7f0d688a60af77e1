namespace Wizer.Engine.Components;

/// <summary>
/// One call, as seen by one side of it: what was lent to it and by it, and what a task keeps while it runs.
/// Component Model, Canonical ABI: Task State, Subtask State.
/// </summary>
/// <param name="isAsync">Whether the function that runs is of an <c>async</c> type.</param>
internal sealed class CallScope(bool isAsync)
{
    internal const int ContextSlotCount = 2;

    // A chosen number, so large that only who waits for others comes to it: there are none here that could change anything.
    private const int MaxYieldCount = 1 << 22;

    private List<ResourceHandle>? _lent;
    private int _yieldCount;

    internal bool IsAsync => isAsync;

    /// <summary>What <c>context.get</c> gets.</summary>
    internal ulong[] Context { get; } = new ulong[ContextSlotCount];

    /// <summary>How many handles were lent to the callee, which must give them back by dropping them.</summary>
    internal int BorrowCount { get; set; }

    /// <summary>Takes what <c>task.return</c> returns; null where it cannot be used.</summary>
    internal AsyncResult? Result { get; init; }

    /// <summary>The task gives way to others, and goes on at once.</summary>
    internal void Yield()
    {
        if (++_yieldCount > MaxYieldCount)
        {
            throw new WasmTrapException(
                $"deadlock detected: event loop cannot make further progress: the task has given way to others {MaxYieldCount} times, "
                + "and nothing else runs");
        }
    }

    /// <summary>Notes that the caller lends a handle.</summary>
    internal void Lend(ResourceHandle handle)
    {
        handle.LendCount++;
        (_lent ??= []).Add(handle);
    }

    /// <summary>The call is over: the caller has what it lent.</summary>
    internal void GiveBack()
    {
        foreach (ResourceHandle handle in _lent ?? [])
        {
            handle.LendCount--;
        }

        _lent = null;
    }

    internal void CheckBorrows()
    {
        if (BorrowCount != 0)
        {
            throw new WasmTrapException("borrow handles still remain at the end of the call");
        }
    }
}

/// <summary>What an <c>async</c> function returns by a call of <c>task.return</c>.</summary>
/// <param name="plan">The function.</param>
/// <param name="options">How it was lifted.</param>
internal sealed class AsyncResult(FuncPlan plan, CanonOptions options)
{
    internal FuncPlan Plan => plan;

    internal CanonOptions Options => options;

    internal bool IsResolved { get; private set; }

    internal ComponentValue? Value { get; private set; }

    internal void Resolve(ComponentValue? value)
    {
        Value = value;
        IsResolved = true;
    }
}
