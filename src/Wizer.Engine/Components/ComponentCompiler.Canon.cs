using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

// Canonical definitions, and the plans of the types that they mention.
internal sealed partial class ComponentCompiler
{
    private readonly Dictionary<ResolvedType, object> _plans = [];

    private void Compile(IndexSpaces spaces, CanonDefinition canon)
    {
        if (canon.Kind == CanonKind.Lift)
        {
            FuncPlan plan = PlanOf(spaces, (ResolvedFuncType)spaces.Types.Types[(int)canon.TypeIndex]);
            CoreItem core = spaces.CoreFuncs[(int)canon.FuncIndex];
            _initializers.Add(new LiftFunction(_functionCount, plan, core, OptionsOf(spaces, canon)));
            spaces.Funcs.Add(new FuncItem(_functionCount++, plan));
            return;
        }

        if (canon.Kind == CanonKind.ThreadSpawnRef)
        {
            throw new WasmLinkException($"the built-in `{Builtins.NameOf(canon.Kind)}` is not supported yet");
        }

        FuncType type = validation.CoreTypes.FuncTypeOf(spaces.Types.CoreFuncs[spaces.CoreFuncs.Count])!;
        int slot = _coreFunctions.Count;
        _coreFunctions.Add(new CoreFunctionOrigin(spaces.StateSlot, (uint)spaces.CoreFuncs.Count));
        if (canon.Kind == CanonKind.Lower)
        {
            FuncPlan plan = PlanOf(spaces, spaces.Types.Funcs[(int)canon.FuncIndex]);
            FuncItem func = spaces.Funcs[(int)canon.FuncIndex];
            _initializers.Add(new LowerFunction(slot, func, plan, type, OptionsOf(spaces, canon)));
        }
        else
        {
            _initializers.Add(new MakeBuiltin(slot, type, spaces.StateSlot, BuiltinOf(spaces, canon)));
        }

        spaces.CoreFuncs.Add(new CoreItem(-1, "", slot));
    }

    private Func<ComponentInstance, ComponentState, HostFunction> BuiltinOf(IndexSpaces spaces, CanonDefinition canon)
    {
        switch (canon.Kind)
        {
            case CanonKind.ResourceNew or CanonKind.ResourceDrop or CanonKind.ResourceRep:
                var type = (ResolvedResourceType)spaces.Types.Types[(int)canon.TypeIndex];
                int resource = spaces.Resources[type.Resource];
                return canon.Kind switch
                {
                    CanonKind.ResourceNew => (instance, state) => Builtins.ResourceNew(state, instance.ResourceTypes[resource]),
                    CanonKind.ResourceDrop => (instance, state) => Builtins.ResourceDrop(state, instance.ResourceTypes[resource]),
                    _ => (instance, state) => Builtins.ResourceRep(state, instance.ResourceTypes[resource]),
                };
            case CanonKind.ContextGet:
                return (_, state) => Builtins.ContextGet(state, canon.ContextSlot, canon.ContextType == ValType.I64);
            case CanonKind.ContextSet:
                return (_, state) => Builtins.ContextSet(state, canon.ContextSlot);
            case CanonKind.BackpressureInc:
                return (_, state) => Builtins.Backpressure(state, 1);
            case CanonKind.BackpressureDec:
                return (_, state) => Builtins.Backpressure(state, -1);
            case CanonKind.TaskReturn:
                ResolvedValType[] results = canon.Result is { } written ? [Resolve(spaces, written)] : [];
                var returned = new ResolvedFuncType { IsAsync = false, Labels = [], Parameters = results, Result = null, Shape = -1 };
                var plan = new FuncPlan(returned, Array.ConvertAll(results, item => PlanOf(spaces, item)), null);
                CanonOptionItems options = OptionsOf(spaces, canon);
                return (instance, _) => Builtins.TaskReturn(plan, options.Resolve(instance));
            case CanonKind.WaitableSetNew:
                return (_, state) => Builtins.WaitableSetNew(state);
            case CanonKind.WaitableSetDrop:
                return (_, state) => Builtins.WaitableSetDrop(state);
            case CanonKind.WaitableSetPoll:
                CoreItem memory = spaces.CoreMemories[(int)canon.MemoryIndex];
                return (instance, state) => Builtins.WaitableSetPoll(state, (LinearMemory)instance.Resolve(memory));
            case CanonKind.WaitableSetWait:
                return (_, state) => Builtins.WaitableSetWait(state);
            case CanonKind.WaitableJoin:
                return (_, state) => Builtins.OfWaitable(state, "waitable");
            case CanonKind.SubtaskDrop or CanonKind.SubtaskCancel:
                return (_, state) => Builtins.OfWaitable(state, "subtask");
            case CanonKind.ThreadYield:
                return (_, state) => Builtins.ThreadYield(state);
            default:
                return (_, state) => Builtins.Unsupported(state, canon.Kind);
        }
    }

    private ResolvedValType Resolve(IndexSpaces spaces, ComponentValType type) => type.IsTypeIndex
        ? (ResolvedValType)spaces.Types.Types[(int)type.TypeIndex]
        : validation.PrimitiveType(type.Primitive);

    private static CanonOptionItems OptionsOf(IndexSpaces spaces, CanonDefinition canon)
    {
        var options = new CanonOptionItems { StateSlot = spaces.StateSlot };
        foreach (CanonOption option in canon.Options)
        {
            switch (option.Kind)
            {
                case CanonOptionKind.Utf16:
                    options.Encoding = StringEncoding.Utf16;
                    break;
                case CanonOptionKind.Latin1Utf16:
                    options.Encoding = StringEncoding.Latin1;
                    break;
                case CanonOptionKind.Memory:
                    options.Memory = spaces.CoreMemories[(int)option.Index];
                    break;
                case CanonOptionKind.Realloc:
                    options.Realloc = spaces.CoreFuncs[(int)option.Index];
                    break;
                case CanonOptionKind.PostReturn:
                    options.PostReturn = spaces.CoreFuncs[(int)option.Index];
                    break;
                case CanonOptionKind.Callback:
                    options.Callback = spaces.CoreFuncs[(int)option.Index];
                    break;
                case CanonOptionKind.Async:
                    options.IsAsync = true;
                    break;
            }
        }

        return options;
    }

    private FuncPlan PlanOf(IndexSpaces spaces, ResolvedFuncType type)
    {
        Dictionary<ResolvedType, object> plans = type.HasResources ? spaces.Plans : _plans;
        if (!plans.TryGetValue(type, out object? plan))
        {
            plan = new FuncPlan(
                type,
                Array.ConvertAll(type.Parameters, parameter => PlanOf(spaces, parameter)),
                type.Result is null ? null : PlanOf(spaces, type.Result));
            plans.Add(type, plan);
        }

        return (FuncPlan)plan;
    }

    // Types are nested as deep as the validator allows.
    private ValuePlan PlanOf(IndexSpaces spaces, ResolvedValType type)
    {
        Dictionary<ResolvedType, object> plans = type.HasResources ? spaces.Plans : _plans;
        if (!plans.TryGetValue(type, out object? plan))
        {
            plan = ValuePlan.Create(type, element => PlanOf(spaces, element), resource => spaces.Resources[resource]);
            plans.Add(type, plan);
        }

        return (ValuePlan)plan;
    }
}
