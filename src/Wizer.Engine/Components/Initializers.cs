using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>A step of instantiation.</summary>
internal abstract class Initializer
{
    internal abstract void Execute(ComponentInstance instance);
}

/// <summary>Instantiates a core module.</summary>
internal sealed class InstantiateModule(int slot, ModuleInfo module, CoreItem[] imports) : Initializer
{
    internal ModuleInfo Module => module;

    /// <summary>What the module gets, in the order of its imports.</summary>
    internal CoreItem[] Imports => imports;

    internal override void Execute(ComponentInstance instance)
    {
        Extern[] externs = Array.ConvertAll(imports, instance.Resolve);
        instance.CoreInstances[slot] = instance.Store.Instantiate(module, externs);
    }
}

/// <summary>Defines a resource type.</summary>
internal sealed class DefineResource(int slot, int stateSlot, CoreItem? destructor) : Initializer
{
    internal override void Execute(ComponentInstance instance) =>
        instance.ResourceTypes[slot] = new ComponentResourceType(
            instance.States[stateSlot], destructor is { } item ? (Function)instance.Resolve(item) : null);
}

/// <summary>The canonical options as they are written.</summary>
internal sealed class CanonOptionItems
{
    internal required int StateSlot { get; init; }

    internal CoreItem? Memory { get; set; }

    internal CoreItem? Realloc { get; set; }

    internal CoreItem? PostReturn { get; set; }

    internal CoreItem? Callback { get; set; }

    internal StringEncoding Encoding { get; set; } = StringEncoding.Utf8;

    internal bool IsAsync { get; set; }

    internal CanonOptions Resolve(ComponentInstance instance) => new(instance.States[StateSlot])
    {
        Memory = (LinearMemory?)ResolveOne(instance, Memory),
        Realloc = (Function?)ResolveOne(instance, Realloc),
        PostReturn = (Function?)ResolveOne(instance, PostReturn),
        Callback = (Function?)ResolveOne(instance, Callback),
        Encoding = Encoding,
        IsAsync = IsAsync,
    };

    private static Extern? ResolveOne(ComponentInstance instance, CoreItem? item) => item is { } present ? instance.Resolve(present) : null;
}

/// <summary><c>canon lift</c>.</summary>
internal sealed class LiftFunction(int slot, FuncPlan plan, CoreItem core, CanonOptionItems options) : Initializer
{
    internal override void Execute(ComponentInstance instance) =>
        instance.Functions[slot] = new LiftedFunction(plan, (Function)instance.Resolve(core), options.Resolve(instance));
}

/// <summary><c>canon lower</c>.</summary>
internal sealed class LowerFunction(int slot, FuncItem func, FuncPlan plan, FuncType type, CanonOptionItems options) : Initializer
{
    internal override void Execute(ComponentInstance instance)
    {
        var lowered = new LoweredFunction(plan, instance.Functions[func.Slot], options.Resolve(instance));
        instance.CoreFunctions[slot] = new Function(instance.Store, type, lowered.Run);
    }
}

/// <summary>Any other canonical definition.</summary>
internal sealed class MakeBuiltin(int slot, FuncType type, int stateSlot, Func<ComponentInstance, ComponentState, HostFunction> body)
    : Initializer
{
    internal override void Execute(ComponentInstance instance) =>
        instance.CoreFunctions[slot] = new Function(instance.Store, type, body(instance, instance.States[stateSlot]));
}

/// <summary>The start of a component, without values.</summary>
internal sealed class CallStart(int slot) : Initializer
{
    internal override void Execute(ComponentInstance instance) => instance.Functions[slot].Call(null, [], static _ => { });
}
