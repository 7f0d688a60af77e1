namespace Wizer.Engine.Components;

/// <summary>A component function that can be called: of a component or of the host.</summary>
/// <param name="plan">How it is called.</param>
internal abstract class ComponentCallee(FuncPlan plan)
{
    internal FuncPlan Plan => plan;

    /// <summary>Whether a component implements it.</summary>
    internal abstract bool IsLifted { get; }

    /// <summary>Calls it with values that are known to be of its types.</summary>
    /// <param name="caller">The instance that calls; null for the host.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="resolve">Gets the result, while the callee may still have something to do.</param>
    internal abstract void Call(ComponentState? caller, ComponentValue[] arguments, Action<ComponentValue?> resolve);
}

/// <summary>A core function as a component function. Component Model, Canonical ABI: canon lift.</summary>
internal sealed class LiftedFunction : ComponentCallee
{
    private const int MaxFlatParameters = 16;
    private const int MaxFlatResults = 1;

    private readonly Function _core;
    private readonly CanonOptions _options;
    private readonly bool _spillsParameters;
    private readonly bool _spillsResult;
    private readonly int _parameterCount;
    private readonly int _resultCount;

    internal LiftedFunction(FuncPlan plan, Function core, CanonOptions options)
        : base(plan)
    {
        _core = core;
        _options = options;
        _spillsParameters = plan.SpillsParameters(options.Is64, MaxFlatParameters);
        _spillsResult = plan.SpillsResult(options.Is64, MaxFlatResults);
        _parameterCount = core.Type.ParameterSlotCount;
        _resultCount = core.Type.ResultSlotCount;
    }

    internal override bool IsLifted => true;

    internal override void Call(ComponentState? caller, ComponentValue[] arguments, Action<ComponentValue?> resolve)
    {
        AsyncResult? result = _options.IsAsync ? new AsyncResult(Plan, _options) : null;
        _options.State.Enter(caller, Plan.IsAsync, task => Run(task, caller is not null, arguments, resolve), result);
    }

    private void Run(CallScope task, bool isFused, ComponentValue[] arguments, Action<ComponentValue?> resolve)
    {
        ComponentState state = _options.State;
        var cx = new AbiContext(_options, task, isFused);
        Span<ulong> slots = stackalloc ulong[MaxFlatParameters];
        state.MayLeave = false;
        if (_spillsParameters)
        {
            slots[0] = Lowering.LowerSpilled(cx, ComponentValue.Tuple(arguments), Plan.ParameterTuple);
        }
        else
        {
            Lowering.LowerAll(cx, arguments, Plan.Parameters, slots);
        }

        state.MayLeave = true;
        Span<ulong> results = stackalloc ulong[MaxFlatResults];
        _core.InvokeInto(slots[.._parameterCount], results[.._resultCount]);
        if (task.Result is { } asyncResult)
        {
            RunCallback(task, results[0], isFused);
            if (!asyncResult.IsResolved)
            {
                throw new WasmTrapException("an async function ended without a call of `task.return`");
            }

            resolve(asyncResult.Value);
            return;
        }

        ComponentValue? value = Plan.Result is not { } result
            ? null
            : _spillsResult
                ? Lifting.LiftSpilled(cx, results[0], result)
                : Lifting.LiftAll(cx, results, [result])[0];
        task.CheckBorrows();
        resolve(value);
        if (_options.PostReturn is { } postReturn)
        {
            state.MayLeave = false;
            postReturn.InvokeInto(results[.._resultCount], []);
            state.MayLeave = true;
        }
    }

    // Component Model, Canonical ABI: canon lift, the loop around a callback. All that others do is done when their calls return, so a
    // task that gives way goes on at once, and one that waits has nothing to wait for.
    private void RunCallback(CallScope task, ulong packed, bool isFused)
    {
        const uint CallbackExit = 0;
        const uint CallbackYield = 1;
        const uint CallbackWait = 2;
        if (_options.Callback is not { } callback)
        {
            return;
        }

        Span<ulong> result = stackalloc ulong[1];
        for (uint code = (uint)packed; (code & 0xf) != CallbackExit; code = (uint)result[0])
        {
            switch (code & 0xf)
            {
                case CallbackYield:
                    // EVENT_NONE.
                    task.Yield();
                    callback.InvokeInto([0, 0, 0], result);
                    break;
                case CallbackWait:
                    _options.State.Handles.GetWaitableSet(code >> 4);
                    throw isFused
                        ? new WasmTrapException("a task that waits for another one is not supported yet when a component calls it")
                        : Builtins.Deadlock();
                default:
                    throw new WasmTrapException("unsupported callback code");
            }
        }
    }
}

/// <summary>A function of the host, called with values of a component.</summary>
/// <param name="plan">Its type, as the component imports it.</param>
/// <param name="name">What messages call it.</param>
/// <param name="instance">The component.</param>
/// <param name="body">What it does.</param>
internal sealed class HostCallee(FuncPlan plan, string name, ComponentInstance instance, ComponentHostFunction body) : ComponentCallee(plan)
{
    internal override bool IsLifted => false;

    internal override void Call(ComponentState? caller, ComponentValue[] arguments, Action<ComponentValue?> resolve)
    {
        ComponentValue? result = body(instance, arguments);
        string? wrong = Plan.Result is null
            ? result is null ? null : "expected no result"
            : result is { } value ? ValueCheck.Mismatch(instance, value, Plan.Result) : $"expected {Plan.Result}, found no result";
        if (wrong is not null)
        {
            throw new InvalidOperationException($"the result of the host's function `{name}` does not have its type: {wrong}");
        }

        resolve(result);
    }
}
