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

/// <summary>A function of a core module that has it forget what it keeps of WASI; see <see cref="WasiReset"/>.</summary>
/// <param name="Module">The core module, among <see cref="ComponentContext.Modules"/>.</param>
/// <param name="CoreName">What that exports it as.</param>
/// <param name="Name">What it is called in <see cref="InstrumentedComponent.AccessInstance"/>.</param>
internal readonly record struct ResetAccessor(ModuleContext Module, string CoreName, string Name)
{
    /// <summary>All of a component, in the order in which they are called.</summary>
    internal static ResetAccessor[] Of(ComponentContext context)
    {
        var found = new List<ResetAccessor>();
        foreach (string name in WasiReset.Functions)
        {
            foreach (ModuleContext module in context.Modules)
            {
                if (IsDefined(module.Module, name))
                {
                    found.Add(new ResetAccessor(module, name, "reset" + found.Count.ToString(CultureInfo.InvariantCulture)));
                }
            }
        }

        return [.. found];
    }

    // One that is imported is another module's, which has it, too.
    private static bool IsDefined(ModuleInfo module, string name)
    {
        int export = module.FindExport(name);
        return export >= 0 && module.Exports[export] is { Kind: ExternKind.Func } found && found.Index >= module.ImportedFuncCount
            && module.FuncTypeOf(found.Index) is { ParameterSlotCount: 0, ResultSlotCount: 0 };
    }
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
