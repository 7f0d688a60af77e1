using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>What a canonical definition is given, in this order.</summary>
[Flags]
internal enum CanonParts
{
    None = 0,

    /// <summary>A type: of a resource, stream or future.</summary>
    Type = 1 << 0,

    /// <summary>The core type of a thread's function.</summary>
    CoreType = 1 << 1,

    /// <summary>The core table of a thread's function.</summary>
    Table = 1 << 2,

    /// <summary><c>async</c> or nothing.</summary>
    Async = 1 << 3,

    /// <summary><c>cancellable</c> or nothing.</summary>
    Cancellable = 1 << 4,

    /// <summary><c>(memory m)</c>.</summary>
    Memory = 1 << 5,

    /// <summary><c>(result type)</c> or nothing.</summary>
    Result = 1 << 6,

    /// <summary>A core type and a number.</summary>
    Slot = 1 << 7,

    /// <summary>Canonical options.</summary>
    Options = 1 << 8,
}

/// <summary>
/// The canonical definitions but for <c>lift</c> and <c>lower</c>: how they are spelled and what they are given.
/// Component Model, Explainer: Canonical Built-ins; Binary Format: Canonical Definitions.
/// </summary>
internal static class CanonShapes
{
    private static readonly (CanonKind Kind, string Name, CanonParts Parts)[] s_shapes =
    [
        (CanonKind.ResourceNew, "resource.new", CanonParts.Type),
        (CanonKind.ResourceDrop, "resource.drop", CanonParts.Type),
        (CanonKind.ResourceRep, "resource.rep", CanonParts.Type),
        (CanonKind.TaskCancel, "task.cancel", CanonParts.None),
        (CanonKind.SubtaskCancel, "subtask.cancel", CanonParts.Async),
        (CanonKind.TaskReturn, "task.return", CanonParts.Result | CanonParts.Options),
        (CanonKind.ContextGet, "context.get", CanonParts.Slot),
        (CanonKind.ContextSet, "context.set", CanonParts.Slot),
        (CanonKind.ThreadYield, "thread.yield", CanonParts.Cancellable),
        (CanonKind.SubtaskDrop, "subtask.drop", CanonParts.None),
        (CanonKind.StreamNew, "stream.new", CanonParts.Type),
        (CanonKind.StreamRead, "stream.read", CanonParts.Type | CanonParts.Options),
        (CanonKind.StreamWrite, "stream.write", CanonParts.Type | CanonParts.Options),
        (CanonKind.StreamCancelRead, "stream.cancel-read", CanonParts.Type | CanonParts.Async),
        (CanonKind.StreamCancelWrite, "stream.cancel-write", CanonParts.Type | CanonParts.Async),
        (CanonKind.StreamDropReadable, "stream.drop-readable", CanonParts.Type),
        (CanonKind.StreamDropWritable, "stream.drop-writable", CanonParts.Type),
        (CanonKind.FutureNew, "future.new", CanonParts.Type),
        (CanonKind.FutureRead, "future.read", CanonParts.Type | CanonParts.Options),
        (CanonKind.FutureWrite, "future.write", CanonParts.Type | CanonParts.Options),
        (CanonKind.FutureCancelRead, "future.cancel-read", CanonParts.Type | CanonParts.Async),
        (CanonKind.FutureCancelWrite, "future.cancel-write", CanonParts.Type | CanonParts.Async),
        (CanonKind.FutureDropReadable, "future.drop-readable", CanonParts.Type),
        (CanonKind.FutureDropWritable, "future.drop-writable", CanonParts.Type),
        (CanonKind.ErrorContextNew, "error-context.new", CanonParts.Options),
        (CanonKind.ErrorContextDebugMessage, "error-context.debug-message", CanonParts.Options),
        (CanonKind.ErrorContextDrop, "error-context.drop", CanonParts.None),
        (CanonKind.WaitableSetNew, "waitable-set.new", CanonParts.None),
        (CanonKind.WaitableSetWait, "waitable-set.wait", CanonParts.Cancellable | CanonParts.Memory),
        (CanonKind.WaitableSetPoll, "waitable-set.poll", CanonParts.Cancellable | CanonParts.Memory),
        (CanonKind.WaitableSetDrop, "waitable-set.drop", CanonParts.None),
        (CanonKind.WaitableJoin, "waitable.join", CanonParts.None),
        (CanonKind.BackpressureInc, "backpressure.inc", CanonParts.None),
        (CanonKind.BackpressureDec, "backpressure.dec", CanonParts.None),
        (CanonKind.ThreadIndex, "thread.index", CanonParts.None),
        (CanonKind.ThreadNewIndirect, "thread.new-indirect", CanonParts.CoreType | CanonParts.Table),
        (CanonKind.ThreadResumeLater, "thread.resume-later", CanonParts.None),
        (CanonKind.ThreadSuspend, "thread.suspend", CanonParts.Cancellable),
        (CanonKind.ThreadSuspendThenResume, "thread.suspend-then-resume", CanonParts.Cancellable),
        (CanonKind.ThreadYieldThenResume, "thread.yield-then-resume", CanonParts.Cancellable),
        (CanonKind.ThreadSuspendThenPromote, "thread.suspend-then-promote", CanonParts.Cancellable),
        (CanonKind.ThreadYieldThenPromote, "thread.yield-then-promote", CanonParts.Cancellable),
        (CanonKind.ThreadSpawnRef, "thread.spawn-ref", CanonParts.CoreType),
        (CanonKind.ThreadSpawnIndirect, "thread.spawn-indirect", CanonParts.CoreType | CanonParts.Table),
        (CanonKind.ThreadAvailableParallelism, "thread.available-parallelism", CanonParts.None),
    ];

    private static readonly Dictionary<string, (CanonKind, CanonParts)> s_byName =
        s_shapes.ToDictionary(static shape => shape.Name, static shape => (shape.Kind, shape.Parts));

    private static readonly Dictionary<CanonKind, (string, CanonParts)> s_byKind =
        s_shapes.ToDictionary(static shape => shape.Kind, static shape => (shape.Name, shape.Parts));

    /// <summary>Finds a definition by its keyword.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> keyword, out CanonKind kind, out CanonParts parts)
    {
        bool isKnown = s_byName.TryGetValue(Encoding.UTF8.GetString(keyword), out (CanonKind Kind, CanonParts Parts) shape);
        (kind, parts) = shape;
        return isKnown;
    }

    /// <summary>How a definition is spelled, and what it is given.</summary>
    internal static (string Name, CanonParts Parts) Of(CanonKind kind) => s_byKind[kind];
}
