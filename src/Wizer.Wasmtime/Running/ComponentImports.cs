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
    /// <param name="demandsAll">Whether nobody else provides anything, so that what is not found is missing.</param>
    /// <param name="interrupt">Ends what waits.</param>
    /// <exception cref="WasmLinkException">Something is missing.</exception>
    internal static List<HostItem> Find(
        CompiledComponent component, WasiPreview2? wasi, UnknownImports unknown, bool demandsAll, CancellationToken interrupt)
    {
        var linker = new ComponentLinker { UnknownImportsReturnDefaults = unknown == UnknownImports.Default };
        wasi?.DefineIn(linker, interrupt);
        var items = new List<HostItem>();
        var types = new ComponentResourceType[component.Resources.Length];
        List<ComponentLinker.FoundImport> imports = [.. linker.Find(component, types)];
        if (demandsAll)
        {
            ComponentLinker.DemandDefined(imports);
        }

        foreach (ComponentLinker.FoundImport found in imports)
        {
            ComponentImport import = found.Import;
            if (import.Plan is null && (found.IsDefined || linker.UnknownImportsReturnDefaults))
            {
                items.Add(new HostItem(import.Path, null, types[import.Slot]));
            }
            else if (found.Body is { } body)
            {
                // None of these functions asks for the instance that calls, which is not one of ours.
                items.Add(new HostItem(import.Path, arguments => body(null!, arguments), null));
            }
        }

        return items;
    }
}
