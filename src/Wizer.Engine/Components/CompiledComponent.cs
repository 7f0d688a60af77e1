using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// A valid component with its nesting compiled away: a list of steps that instantiate it. It may be instantiated often, in several stores.
/// </summary>
public sealed class CompiledComponent
{
    internal CompiledComponent(ComponentInfo component, ComponentValidationResult validation, InstanceItem exports)
    {
        Component = component;
        Validation = validation;
        Exports = exports;
    }

    /// <summary>The component; its bytes must stay as they are as long as this and its instances are used.</summary>
    public ComponentInfo Component { get; }

    internal ComponentValidationResult Validation { get; }

    internal InstanceItem Exports { get; }

    internal Initializer[] Initializers { get; init; } = [];

    internal ComponentImport[] Imports { get; init; } = [];

    /// <summary>The instances of components, the outermost first.</summary>
    internal StateOrigin[] States { get; init; } = [];

    /// <summary>The instances of core modules, in the order in which they are made.</summary>
    internal CoreInstanceOrigin[] CoreInstances { get; init; } = [];

    /// <summary>What canonical definitions make.</summary>
    internal CoreFunctionOrigin[] CoreFunctions { get; init; } = [];

    /// <summary>The index of a core instance among those of its component.</summary>
    internal uint CoreInstanceIndexOf(int instance) =>
        (uint)States[CoreInstances[instance].State].Component.SpaceOf(Sort.CoreInstance).IndexOf(CoreInstances[instance].Definition);

    internal int FunctionCount { get; init; }

    internal ResourceOrigin[] Resources { get; init; } = [];

    /// <summary>Compiles a component. Component Model, Explainer: Component Definitions.</summary>
    /// <param name="component">A parsed component.</param>
    /// <param name="validation">What its validation returned.</param>
    /// <exception cref="WasmLinkException">
    /// It comes to too many instances, or has something that is not supported: values, or imported modules or components.
    /// </exception>
    public static CompiledComponent Compile(ComponentInfo component, ComponentValidationResult validation)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(validation);
        return new ComponentCompiler(validation).Compile(component);
    }

    /// <summary>The type of a function that the component exports; null where there is none.</summary>
    /// <param name="instance">The name of the exported instance that has it, or null.</param>
    /// <param name="name">The name of the function.</param>
    public ComponentFuncType? FindFunctionType(string? instance, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Validation.FindExportedFunction(instance, name) is { } type ? new ComponentFuncType(Validation, type) : null;
    }
}

/// <summary>A function or resource type that the host must provide.</summary>
/// <param name="Path">Its name, behind those of the instances that it is in.</param>
/// <param name="Slot">The number of the function or resource type.</param>
/// <param name="Plan">How the function is called; null for a resource type.</param>
internal sealed record ComponentImport(string[] Path, int Slot, FuncPlan? Plan)
{
    /// <summary>What messages call it.</summary>
    internal string Name => string.Join("`, `", Path);
}
