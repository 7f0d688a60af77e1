using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

// No structs: lists of those are compiled at run time.

/// <summary>What an instance of a component is made from.</summary>
/// <param name="Component">Its component.</param>
/// <param name="Parent">The number of the instance that instantiates it; -1 for the outermost.</param>
/// <param name="Outer">The number of the instance in which its component is defined; -1 for the outermost.</param>
/// <param name="Definition">The index of the instantiation among the definitions of the parent's component.</param>
internal sealed record StateOrigin(ComponentInfo Component, int Parent, int Outer, int Definition);

/// <summary>What an instance of a core module is made from.</summary>
/// <param name="Module">Its module.</param>
/// <param name="ModuleState">The number of the component instance in which the module is defined.</param>
/// <param name="State">The number of the component instance that instantiates it.</param>
/// <param name="Definition">The index of the instantiation among the definitions of that one's component.</param>
internal sealed record CoreInstanceOrigin(ModuleInfo Module, int ModuleState, int State, int Definition);

/// <summary>Where a resource type is from.</summary>
/// <param name="State">The number of the component instance that defines it; -1 for one of the host's.</param>
/// <param name="TypeIndex">Its index among the types of that one's component.</param>
/// <param name="Name">What it is imported or exported as, behind the name of its interface; null where it has no name.</param>
internal sealed record ResourceOrigin(int State, uint TypeIndex, string? Name);

/// <summary>Where a core function is defined that is none of a core module.</summary>
/// <param name="State">The number of the component instance.</param>
/// <param name="Index">Its index among the core functions of that one's component.</param>
internal sealed record CoreFunctionOrigin(int State, uint Index);
