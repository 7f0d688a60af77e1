using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>The core modules in a component and in those nested in it, as people count them.</summary>
internal static class CoreModules
{
    /// <summary>All of them, in the order of the file.</summary>
    internal static List<ModuleInfo> Find(ComponentInfo component)
    {
        var modules = new List<ModuleInfo>();
        Add(component, modules);
        return modules;
    }

    // Components are nested as deep as the reader allows.
    private static void Add(ComponentInfo component, List<ModuleInfo> modules)
    {
        foreach (Definition definition in component.Definitions)
        {
            switch (definition)
            {
                case CoreModuleDefinition module:
                    modules.Add(module.Module);
                    break;
                case ComponentDefinition nested:
                    Add(nested.Component, modules);
                    break;
            }
        }
    }

    /// <summary>What messages call one: by its number in the file, and by its name where it has one.</summary>
    internal static Place PlaceOf(ComponentInfo component, ModuleInfo module) =>
        Place.CoreModule((ulong)Find(component).IndexOf(module), NameSection.Read(module).Module);
}
