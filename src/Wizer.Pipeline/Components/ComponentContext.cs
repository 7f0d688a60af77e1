using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>A component that passed every check. Immutable: one context serves any number of snapshots.</summary>
/// <param name="component">The component; its bytes must stay as they are while this is used.</param>
/// <param name="validation">What validation learned about it.</param>
/// <param name="compiled">How it is instantiated.</param>
/// <param name="modules">The core modules that it instantiates.</param>
internal sealed class ComponentContext(
    ComponentInfo component, ComponentValidationResult validation, CompiledComponent compiled, ModuleContext[] modules)
{
    internal ComponentInfo Component => component;

    internal ComponentValidationResult Validation => validation;

    internal CompiledComponent Compiled => compiled;

    /// <summary>
    /// The core modules that are instantiated, each exactly once, in the order of instantiation: of the component itself and of those
    /// nested in it.
    /// </summary>
    internal ModuleContext[] Modules => modules;
}
