namespace Wizer.Binary.Components;

/// <summary>
/// The canonical definitions, with their codes. Component Model, Binary Format: Canonical Definitions.
/// </summary>
public enum CanonKind : byte
{
    /// <summary><c>canon lift</c>, the only one that defines a component function.</summary>
    Lift = 0x00,

    /// <summary><c>canon lower</c>.</summary>
    Lower = 0x01,

    /// <summary><c>canon resource.new</c>.</summary>
    ResourceNew = 0x02,

    /// <summary><c>canon resource.drop</c>.</summary>
    ResourceDrop = 0x03,

    /// <summary><c>canon resource.rep</c>.</summary>
    ResourceRep = 0x04,

    /// <summary><c>canon task.cancel</c>.</summary>
    TaskCancel = 0x05,

    /// <summary><c>canon subtask.cancel</c>.</summary>
    SubtaskCancel = 0x06,

    /// <summary><c>canon task.return</c>.</summary>
    TaskReturn = 0x09,

    /// <summary><c>canon context.get</c>.</summary>
    ContextGet = 0x0a,

    /// <summary><c>canon context.set</c>.</summary>
    ContextSet = 0x0b,

    /// <summary><c>canon thread.yield</c>.</summary>
    ThreadYield = 0x0c,

    /// <summary><c>canon subtask.drop</c>.</summary>
    SubtaskDrop = 0x0d,

    /// <summary><c>canon stream.new</c>.</summary>
    StreamNew = 0x0e,

    /// <summary><c>canon stream.read</c>.</summary>
    StreamRead = 0x0f,

    /// <summary><c>canon stream.write</c>.</summary>
    StreamWrite = 0x10,

    /// <summary><c>canon stream.cancel-read</c>.</summary>
    StreamCancelRead = 0x11,

    /// <summary><c>canon stream.cancel-write</c>.</summary>
    StreamCancelWrite = 0x12,

    /// <summary><c>canon stream.drop-readable</c>.</summary>
    StreamDropReadable = 0x13,

    /// <summary><c>canon stream.drop-writable</c>.</summary>
    StreamDropWritable = 0x14,

    /// <summary><c>canon future.new</c>.</summary>
    FutureNew = 0x15,

    /// <summary><c>canon future.read</c>.</summary>
    FutureRead = 0x16,

    /// <summary><c>canon future.write</c>.</summary>
    FutureWrite = 0x17,

    /// <summary><c>canon future.cancel-read</c>.</summary>
    FutureCancelRead = 0x18,

    /// <summary><c>canon future.cancel-write</c>.</summary>
    FutureCancelWrite = 0x19,

    /// <summary><c>canon future.drop-readable</c>.</summary>
    FutureDropReadable = 0x1a,

    /// <summary><c>canon future.drop-writable</c>.</summary>
    FutureDropWritable = 0x1b,

    /// <summary><c>canon error-context.new</c>.</summary>
    ErrorContextNew = 0x1c,

    /// <summary><c>canon error-context.debug-message</c>.</summary>
    ErrorContextDebugMessage = 0x1d,

    /// <summary><c>canon error-context.drop</c>.</summary>
    ErrorContextDrop = 0x1e,

    /// <summary><c>canon waitable-set.new</c>.</summary>
    WaitableSetNew = 0x1f,

    /// <summary><c>canon waitable-set.wait</c>.</summary>
    WaitableSetWait = 0x20,

    /// <summary><c>canon waitable-set.poll</c>.</summary>
    WaitableSetPoll = 0x21,

    /// <summary><c>canon waitable-set.drop</c>.</summary>
    WaitableSetDrop = 0x22,

    /// <summary><c>canon waitable.join</c>.</summary>
    WaitableJoin = 0x23,

    /// <summary><c>canon backpressure.inc</c>.</summary>
    BackpressureInc = 0x24,

    /// <summary><c>canon backpressure.dec</c>.</summary>
    BackpressureDec = 0x25,

    /// <summary><c>canon thread.index</c>.</summary>
    ThreadIndex = 0x26,

    /// <summary><c>canon thread.new-indirect</c>.</summary>
    ThreadNewIndirect = 0x27,

    /// <summary><c>canon thread.resume-later</c>.</summary>
    ThreadResumeLater = 0x28,

    /// <summary><c>canon thread.suspend</c>.</summary>
    ThreadSuspend = 0x29,

    /// <summary><c>canon thread.suspend-then-resume</c>.</summary>
    ThreadSuspendThenResume = 0x2a,

    /// <summary><c>canon thread.yield-then-resume</c>.</summary>
    ThreadYieldThenResume = 0x2b,

    /// <summary><c>canon thread.suspend-then-promote</c>.</summary>
    ThreadSuspendThenPromote = 0x2c,

    /// <summary><c>canon thread.yield-then-promote</c>.</summary>
    ThreadYieldThenPromote = 0x2d,

    /// <summary><c>canon thread.spawn-ref</c>.</summary>
    ThreadSpawnRef = 0x40,

    /// <summary><c>canon thread.spawn-indirect</c>.</summary>
    ThreadSpawnIndirect = 0x41,

    /// <summary><c>canon thread.available-parallelism</c>.</summary>
    ThreadAvailableParallelism = 0x42,
}

/// <summary>The canonical options, with their codes. Component Model, Binary Format: Canonical Definitions.</summary>
public enum CanonOptionKind : byte
{
    /// <summary><c>string-encoding=utf8</c>.</summary>
    Utf8 = 0x00,

    /// <summary><c>string-encoding=utf16</c>.</summary>
    Utf16 = 0x01,

    /// <summary><c>string-encoding=latin1+utf16</c>.</summary>
    Latin1Utf16 = 0x02,

    /// <summary><c>memory</c>, with the index of a core memory.</summary>
    Memory = 0x03,

    /// <summary><c>realloc</c>, with the index of a core function.</summary>
    Realloc = 0x04,

    /// <summary><c>post-return</c>, with the index of a core function.</summary>
    PostReturn = 0x05,

    /// <summary><c>async</c>.</summary>
    Async = 0x06,

    /// <summary><c>callback</c>, with the index of a core function.</summary>
    Callback = 0x07,
}

/// <summary>A canonical option.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Index">Of the memory or core function; 0 when there is none.</param>
public readonly record struct CanonOption(CanonOptionKind Kind, uint Index);

/// <summary>
/// A canonical definition: of a component function for <see cref="CanonKind.Lift"/>, of a core function otherwise.
/// Component Model, Binary Format: Canonical Definitions. What a kind does not have is 0, false, null or empty.
/// </summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Kind">Which one.</param>
public sealed record CanonDefinition(ByteRange Range, CanonKind Kind) : Definition(Range)
{
    /// <summary>The function that is lifted (a core function) or lowered (a component function).</summary>
    public uint FuncIndex { get; init; }

    /// <summary>
    /// The type: of the lifted function, the resource, stream or future, and for threads the core type of their function.
    /// </summary>
    public uint TypeIndex { get; init; }

    /// <summary>The core table of a thread's function.</summary>
    public uint TableIndex { get; init; }

    /// <summary>The core memory that an event is written to.</summary>
    public uint MemoryIndex { get; init; }

    /// <summary><c>async</c>, <c>cancellable</c> or <c>shared</c>, whichever the kind can have.</summary>
    public bool Flag { get; init; }

    /// <summary>The type of the result that a task returns, or null.</summary>
    public ComponentValType? Result { get; init; }

    /// <summary>The core type of a context slot.</summary>
    public ValType ContextType { get; init; }

    /// <summary>Which context slot.</summary>
    public uint ContextSlot { get; init; }

    /// <summary>The options, in order.</summary>
    public CanonOption[] Options { get; init; } = ItemList<CanonOption>.Empty;
}
