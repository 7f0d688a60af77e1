using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Tells the imports apart that are state: memories, tables and globals.</summary>
internal static class ImportedState
{
    /// <summary>
    /// Whether a global is a reference of the host's that never changes and that the guest cannot look into: it can be told apart from
    /// every other, and the new module has it by its import.
    /// </summary>
    internal static bool IsSymbol(ModuleInfo module, GlobalType type)
    {
        if (type.IsMutable || !type.Value.IsRef)
        {
            return false;
        }

        HeapType heap = type.Value.HeapType;
        return heap.IsConcrete
            ? module.Types[heap.TypeIndex].Composite is FuncType
            : heap == HeapType.Extern || heap == HeapType.Func;
    }

    /// <summary>Both names of an import, with a dot between them.</summary>
    internal static string NameOf(ModuleInfo module, in ImportInfo import) =>
        $"{module.NameAt(import.Module)}.{module.NameAt(import.Name)}";
}
