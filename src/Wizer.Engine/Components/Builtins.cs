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
