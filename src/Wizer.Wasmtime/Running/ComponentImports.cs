using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>What a component imports of ours: WASI 0.2, and stand-ins for what nobody provides.</summary>
internal static class ComponentImports
{
    /// <summary>Finds it; what is left out is for the linker to find, or to miss.</summary>
    /// <param name="component">The component.</param>
    /// <param name="wasi">WASI of the guest, or null.</param>
    /// <param name="unknown">What becomes of functions that nobody defines.</param>
    /// <param name="interrupt">Ends what waits.</param>
    internal static List<HostItem> Find(
        CompiledComponent component, WasiPreview2? wasi, UnknownImports unknown, CancellationToken interrupt)
    {
        bool hasDefaults = unknown == UnknownImports.Default;
        var items = new List<HostItem>();
        var types = new ComponentResourceType[component.Resources.Length];
        foreach (ComponentImport import in component.Imports)
        {
            if (import.Plan is null)
            {
                ComponentResourceType? known = wasi?.FindResourceType(import.Path);
                types[import.Slot] = known ?? new ComponentResourceType(import.Path[^1]);
                if (known is not null || hasDefaults)
                {
                    items.Add(new HostItem(import.Path, null, types[import.Slot]));
                }
            }
            else if (wasi?.FindFunction(import, types) is { } function)
            {
                items.Add(new HostItem(import.Path, arguments => function.Invoke(arguments, interrupt), null));
            }
            else if (hasDefaults)
            {
                ValuePlan? result = import.Plan.Result;
                items.Add(new HostItem(import.Path, _ => result is null ? null : DefaultValue.Of(result, types), null));
            }
        }

        return items;
    }
}
