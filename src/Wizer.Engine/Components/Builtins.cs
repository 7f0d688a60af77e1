using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// What canonical definitions make besides lifted and lowered functions. Component Model, Canonical ABI: Canonical Definitions.
/// </summary>
internal static class Builtins
{
    internal static HostFunction ResourceNew(ComponentState state, ComponentResourceType type) => (_, slots) =>
    {
        state.CheckMayLeave();
        slots[0] = state.Handles.Add(new ResourceHandle(type, (uint)slots[0], borrower: null));
    };

    internal static HostFunction ResourceRep(ComponentState state, ComponentResourceType type) => (_, slots) =>
        slots[0] = state.Handles.Get((uint)slots[0], type).Representation;

    internal static HostFunction ResourceDrop(ComponentState state, ComponentResourceType type) => (_, slots) =>
    {
        state.CheckMayLeave();
        ResourceHandle handle = state.Handles.Remove((uint)slots[0], type);
        if (handle.Borrower is { } borrower)
        {
            borrower.BorrowCount--;
        }
        else
        {
            type.Destroy(state, handle.Representation);
        }
    };

    internal static HostFunction ContextGet(ComponentState state, uint slot, bool is64) => (_, slots) =>
    {
        ulong value = state.Task.Context[slot];
        slots[0] = is64 ? value : (uint)value;
    };

    internal static HostFunction ContextSet(ComponentState state, uint slot) => (_, slots) => state.Task.Context[slot] = slots[0];

    internal static HostFunction Backpressure(ComponentState state, int by) => (_, _) => state.ChangeBackpressure(by);

    internal static HostFunction TaskReturn(FuncPlan plan, CanonOptions options) => (_, slots) =>
    {
        ComponentState state = options.State;
        state.CheckMayLeave();
        CallScope task = state.Task;
        if (task.Result is not { } result
            || result.Plan.Type.Result?.Shape != plan.Type.Parameters.FirstOrDefault()?.Shape
            || result.Options.Encoding != options.Encoding
            || result.Options.Memory != options.Memory)
        {
            throw new WasmTrapException("invalid `task.return` signature and/or options for current task");
        }

        if (result.IsResolved)
        {
            throw new WasmTrapException("`task.return` called more than once for current task");
        }

        task.CheckBorrows();
        var cx = new AbiContext(options, task, isFused: false);
        const int MaxFlatParameters = 16;
        result.Resolve(plan.Parameters.Length == 0 ? null
            : plan.SpillsParameters(options.Is64, MaxFlatParameters)
                ? Lifting.LiftSpilled(cx, slots[0], plan.ParameterTuple).Items[0]
                : Lifting.LiftAll(cx, slots, plan.Parameters)[0]);
    };

    internal static HostFunction WaitableSetNew(ComponentState state) => (_, slots) =>
    {
        state.CheckMayLeave();
        slots[0] = state.Handles.Add(new WaitableSet());
    };

    internal static HostFunction WaitableSetDrop(ComponentState state) => (_, slots) =>
    {
        state.CheckMayLeave();
        state.Handles.RemoveWaitableSet((uint)slots[0]);
    };

    /// <summary>Finds no event, and writes that.</summary>
    internal static HostFunction WaitableSetPoll(ComponentState state, LinearMemory memory) => (_, slots) =>
    {
        const int PayloadSize = 8;
        state.CheckMayLeave();
        state.Handles.GetWaitableSet((uint)slots[0]);
        ulong address = memory.Type.Limits.Is64 ? slots[1] : (uint)slots[1];
        if (address % sizeof(uint) != 0)
        {
            throw new WasmTrapException("pointer not aligned");
        }

        if (!memory.TryGetSpan(address, PayloadSize, out Span<byte> payload))
        {
            throw new WasmTrapException("pointer out of bounds of memory");
        }

        payload.Clear();
        slots[0] = 0;
    };

    internal static HostFunction WaitableSetWait(ComponentState state) => (_, slots) =>
    {
        state.CheckMayLeave();
        if (!state.Task.IsAsync)
        {
            throw new WasmTrapException("cannot block a synchronous task before returning");
        }

        state.Handles.GetWaitableSet((uint)slots[0]);
        throw Deadlock();
    };

    /// <summary>What takes a subtask, stream or future, of which there are none.</summary>
    internal static HostFunction OfWaitable(ComponentState state, string kind) => (_, slots) =>
    {
        state.CheckMayLeave();
        throw state.Handles.NoSuchWaitable((uint)slots[0], kind);
    };

    /// <summary>Gives way to other tasks: there are none, and nobody who would cancel this one.</summary>
    internal static HostFunction ThreadYield(ComponentState state) => (_, slots) =>
    {
        state.CheckMayLeave();
        state.Task.Yield();
        slots[0] = 0;
    };

    /// <summary>The trap of a task that waits for what cannot come.</summary>
    internal static WasmTrapException Deadlock() => new(
        "deadlock detected: event loop cannot make further progress: the task waits for an event, "
        + "and all that functions of the host do is done when they return");

    /// <summary>What needs tasks that run beside each other. Nobody may call it where nothing may be called.</summary>
    internal static HostFunction Unsupported(ComponentState state, CanonKind kind) => (_, _) =>
    {
        state.CheckMayLeave();
        throw new WasmTrapException($"the built-in `{NameOf(kind)}` is not supported yet");
    };

    /// <summary>How the text format writes a canonical definition.</summary>
    internal static string NameOf(CanonKind kind)
    {
        // `StreamCancelRead` is `stream.cancel-read`: what it is about, and what is done with it.
        string[] subjects =
        [
            "task", "subtask", "thread", "stream", "future", "error-context", "waitable-set", "waitable", "backpressure", "context",
            "resource",
        ];
        string words = string.Concat(
            kind.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
        string? subject = Array.Find(subjects, subject => words.StartsWith(subject + "-", StringComparison.Ordinal));
        return subject is null ? words : $"{subject}.{words[(subject.Length + 1)..]}";
    }
}
