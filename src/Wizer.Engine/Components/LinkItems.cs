using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

// What indices of components stand for while nesting is compiled away: the number of something that will be there at run time, or
// something that needs no run time.

/// <summary>What a component can pass to another.</summary>
internal abstract class LinkItem;

/// <summary>A core module.</summary>
/// <param name="module">The module.</param>
/// <param name="stateSlot">The number of the component instance whose component defines it.</param>
internal sealed class ModuleItem(ModuleInfo module, int stateSlot) : LinkItem
{
    internal ModuleInfo Module => module;

    internal int StateSlot => stateSlot;
}

/// <summary>A component function.</summary>
/// <param name="slot">Its number in <see cref="ComponentInstance.Functions"/>.</param>
/// <param name="plan">How it is called.</param>
internal sealed class FuncItem(int slot, FuncPlan plan) : LinkItem
{
    internal int Slot => slot;

    internal FuncPlan Plan => plan;
}

/// <summary>A type.</summary>
/// <param name="resourceSlot">
/// The number of a resource type in <see cref="ComponentInstance.ResourceTypes"/>; -1 for all other types.
/// </param>
internal sealed class TypeItem(int resourceSlot) : LinkItem
{
    internal int ResourceSlot => resourceSlot;
}

/// <summary>An instance.</summary>
internal sealed class InstanceItem(Dictionary<string, LinkItem> exports) : LinkItem
{
    internal Dictionary<string, LinkItem> Exports => exports;
}

/// <summary>A component, with what surrounds it where it is defined.</summary>
internal sealed class NestedComponentItem(ComponentInfo component, IndexSpaces? outer) : LinkItem
{
    internal ComponentInfo Component => component;

    internal IndexSpaces? Outer => outer;
}

/// <summary>A core function, table, memory, global or tag.</summary>
/// <param name="InstanceSlot">The core instance that exports it; -1 for what a canonical definition makes.</param>
/// <param name="Name">The name of the export, or empty.</param>
/// <param name="FunctionSlot">The number of what a canonical definition makes.</param>
internal sealed record CoreItem(int InstanceSlot, string Name, int FunctionSlot = -1);

/// <summary>A core instance: one of a module, or some exports that were put together.</summary>
internal sealed class CoreInstanceItem(int slot, Dictionary<string, CoreItem>? exports)
{
    internal CoreItem Find(string name) => exports is null ? new CoreItem(slot, name) : exports[name];
}

/// <summary>The index spaces of one instance of a component that is to be.</summary>
/// <param name="types">What the validator knows of the component's.</param>
/// <param name="component">The component.</param>
/// <param name="outer">The instance in which the component is defined.</param>
/// <param name="stateSlot">Its number in <see cref="ComponentInstance.States"/>.</param>
internal sealed class IndexSpaces(Scope types, ComponentInfo component, IndexSpaces? outer, int stateSlot)
{
    internal Scope Types => types;

    internal ComponentInfo Component => component;

    internal IndexSpaces? Outer => outer;

    internal int StateSlot => stateSlot;

    internal List<ModuleItem> CoreModules { get; } = [];

    internal List<CoreInstanceItem> CoreInstances { get; } = [];

    internal List<CoreItem> CoreFuncs { get; } = [];

    internal List<CoreItem> CoreTables { get; } = [];

    internal List<CoreItem> CoreMemories { get; } = [];

    internal List<CoreItem> CoreGlobals { get; } = [];

    internal List<CoreItem> CoreTags { get; } = [];

    internal List<FuncItem> Funcs { get; } = [];

    internal List<NestedComponentItem> Components { get; } = [];

    internal List<InstanceItem> Instances { get; } = [];

    internal int TypeCount { get; set; }

    /// <summary>What it is instantiated with.</summary>
    internal required Dictionary<string, LinkItem> Arguments { get; init; }

    internal Dictionary<string, LinkItem> Exports { get; } = [];

    /// <summary>Which resource type of the whole each resource of its types is.</summary>
    internal Dictionary<Resource, int> Resources { get; } = [];

    /// <summary>The plans of types that have resources in them, which are other ones in each instance.</summary>
    internal Dictionary<ResolvedType, object> Plans { get; } = [];

    internal List<CoreItem> CoreSpace(Sort sort) => sort switch
    {
        Sort.CoreFunc => CoreFuncs,
        Sort.CoreTable => CoreTables,
        Sort.CoreMemory => CoreMemories,
        Sort.CoreGlobal => CoreGlobals,
        _ => CoreTags,
    };
}
