namespace Wizer.Engine.Components;

/// <summary>A component function as a core function. Component Model, Canonical ABI: canon lower.</summary>
internal sealed class LoweredFunction
{
    private const int MaxFlatParameters = 16;
    private const int MaxFlatAsyncParameters = 4;
    private const int MaxFlatResults = 1;
    private const ulong Returned = 2;

    private readonly FuncPlan _plan;
    private readonly ComponentCallee _callee;
    private readonly CanonOptions _options;
    private readonly bool _spillsParameters;
    private readonly bool _spillsResult;
    private readonly int _parameterCount;

    internal LoweredFunction(FuncPlan plan, ComponentCallee callee, CanonOptions options)
    {
        _plan = plan;
        _callee = callee;
        _options = options;
        int most = options.IsAsync ? MaxFlatAsyncParameters : MaxFlatParameters;
        _spillsParameters = plan.SpillsParameters(options.Is64, most);
        _spillsResult = plan.Result is not null && (options.IsAsync || plan.SpillsResult(options.Is64, MaxFlatResults));
        if (_spillsParameters)
        {
            _parameterCount = 1;
        }
        else
        {
            foreach (ValuePlan parameter in plan.Parameters)
            {
                _parameterCount += parameter.FlatCount(options.Is64);
            }
        }
    }

    internal void Run(Caller caller, Span<ulong> slots)
    {
        ComponentState state = _options.State;
        state.CheckMayLeave();
        if (_plan.IsAsync && !_options.IsAsync && !state.Task.IsAsync)
        {
            throw new WasmTrapException("cannot block a synchronous task before returning");
        }

        var scope = new CallScope(isAsync: false);
        var cx = new AbiContext(_options, scope, _callee.IsLifted);
        ComponentValue[] arguments = _spillsParameters
            ? [.. Lifting.LiftSpilled(cx, slots[0], _plan.ParameterTuple).Items]
            : Lifting.LiftAll(cx, slots, _plan.Parameters);
        ulong address = _spillsResult ? slots[_parameterCount] : 0;
        ulong result = 0;
        _callee.Call(state, arguments, value => result = LowerResult(cx, value, address));
        scope.GiveBack();
        if (_options.IsAsync)
        {
            slots[0] = Returned;
        }
        else if (_plan.Result is not null && !_spillsResult)
        {
            slots[0] = result;
        }
    }

    private ulong LowerResult(AbiContext cx, ComponentValue? value, ulong address)
    {
        if (_plan.Result is not { } plan)
        {
            return 0;
        }

        Span<ulong> slot = stackalloc ulong[MaxFlatResults];
        _options.State.MayLeave = false;
        if (_spillsResult)
        {
            Lowering.LowerTo(cx, address, value!.Value, plan);
        }
        else
        {
            Lowering.LowerAll(cx, [value!.Value], [plan], slot);
        }

        _options.State.MayLeave = true;
        return slot[0];
    }
}
