using System.Globalization;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>A function that shows a part of a component's state.</summary>
/// <param name="Module">The core module, among <see cref="ComponentContext.Modules"/>.</param>
/// <param name="Kind">A global or a memory.</param>
/// <param name="Index">Its index in the core module.</param>
/// <param name="Name">What the function is called in <see cref="InstrumentedComponent.AccessInstance"/>.</param>
internal readonly record struct ComponentAccessor(ModuleContext Module, ExternKind Kind, int Index, string Name)
{
    /// <summary>What the instrumented core module exports it as.</summary>
    internal string CoreName => Kind == ExternKind.Global ? ModuleContext.GlobalExportName(Index) : ModuleContext.MemoryExportName(Index);
}

/// <summary>
/// The state of a component as the original shows it: for each core module in the order of the file, its mutable globals, then its
/// memories, with one count for both.
/// </summary>
internal static class ComponentAccessors
{
    internal static ComponentAccessor[] Of(ComponentContext context)
    {
        var accessors = new List<ComponentAccessor>();
        foreach (Definition definition in context.Component.Definitions)
        {
            if (definition is CoreModuleDefinition { Module: { } module }
                && Array.Find(context.Modules, candidate => candidate.Module == module) is { } instantiated)
            {
                Add(instantiated, accessors);
            }
        }

        return [.. accessors];
    }

    private static void Add(ModuleContext module, List<ComponentAccessor> accessors)
    {
        foreach (int index in module.MutableGlobals)
        {
            accessors.Add(new ComponentAccessor(module, ExternKind.Global, index, NameOf("global", accessors.Count)));
        }

        for (int i = module.Module.ImportedMemoryCount; i < module.Module.Memories.Length; i++)
        {
            accessors.Add(new ComponentAccessor(module, ExternKind.Memory, i, NameOf("memory", accessors.Count)));
        }
    }

    private static string NameOf(string kind, int number) => kind + number.ToString(CultureInfo.InvariantCulture);
}
