using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>A component that passed every check. One context serves any number of snapshots, also at the same time.</summary>
/// <param name="component">The component; its bytes must stay as they are while this is used.</param>
/// <param name="validation">What validation learned about it.</param>
/// <param name="compiled">How it is instantiated.</param>
/// <param name="modules">The modules of its core instances.</param>
/// <exception cref="WizerException">There cannot be as many copies as it takes.</exception>
internal sealed class ComponentContext(
    ComponentInfo component, ComponentValidationResult validation, CompiledComponent compiled, ModuleContext[] modules)
{
    // Whether there can be as many as it takes is said before anything runs.
    private ComponentCopies? _copies = new(compiled);

    internal ComponentInfo Component => component;

    internal ComponentValidationResult Validation => validation;

    internal CompiledComponent Compiled => compiled;

    /// <summary>
    /// The core module of each core instance, in the order of instantiation: of the component itself and of those nested in it. One that
    /// is instantiated several times is there as often.
    /// </summary>
    internal ModuleContext[] Modules => modules;

    /// <summary>
    /// Where each core instance has its module in a new component, for one that is to be written: what was found out by the check, the
    /// first time.
    /// </summary>
    internal ComponentCopies TakeCopies() => Interlocked.Exchange(ref _copies, null) ?? new ComponentCopies(compiled);

    /// <summary>Which instance of its module a core instance is: 0 for the first.</summary>
    internal int OrdinalOf(int instance)
    {
        int ordinal = 0;
        for (int i = 0; i < instance; i++)
        {
            ordinal += modules[i] == modules[instance] ? 1 : 0;
        }

        return ordinal;
    }

    /// <summary>
    /// What messages call a core instance: its module, by its number in the file and its name where it has one, and which instance of
    /// it where there are several.
    /// </summary>
    internal Place PlaceOf(int instance)
    {
        Place module = CoreModules.PlaceOf(component, modules[instance].Module);
        return Array.FindAll(modules, other => other == modules[instance]).Length == 1
            ? module
            : new Place(module, "instance", (ulong)OrdinalOf(instance));
    }
}
