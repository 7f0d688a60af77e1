using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// What a module gets for the memories, tables and globals that it still imports when it is initialized: new ones of their types, and
/// references that nothing else refers to in the place of those that never change.
/// </summary>
/// <param name="store">Where it is instantiated.</param>
/// <param name="module">The module.</param>
internal sealed class FreshImports(Store store, ModuleInfo module)
{
    private readonly uint[] _typeIds = store.Types.Register(module);

    /// <summary>Defines them in the place of whatever is there.</summary>
    internal void DefineIn(Linker linker)
    {
        foreach (ImportInfo import in module.Imports)
        {
            Extern? item = import.Kind switch
            {
                ExternKind.Memory => new LinearMemory(store, module.Memories[import.Index].Type),
                ExternKind.Table => new Table(store, Canonical(module.Tables[import.Index].Type)),
                ExternKind.Global => CreateGlobal(import),
                _ => null,
            };
            if (item is not null)
            {
                linker.Define(module.NameAt(import.Module), module.NameAt(import.Name), item);
            }
        }
    }

    private Global CreateGlobal(in ImportInfo import)
    {
        GlobalType type = module.Globals[import.Index].Type;
        ulong value = ImportedState.IsSymbol(module, type) ? CreateReference(import, type.Value.HeapType) : 0;
        return new Global(store, type with { Value = TypeRegistry.Canonical(type.Value, _typeIds) }, value);
    }

    private ulong CreateReference(ImportInfo import, HeapType heap)
    {
        string name = QuotedName.Of(ImportedState.NameOf(module, import));
        if (heap == HeapType.Extern)
        {
            return store.CreateExternRef(name);
        }

        FuncType type = heap.IsConcrete ? store.Types.FuncTypeOf(_typeIds[heap.TypeIndex]) : new FuncType([], []);
        return new Function(
            store, type, (_, _) => throw new WasmTrapException($"the function that the global {name} refers to is not there yet")).Handle;
    }

    private TableType Canonical(TableType type) => type with { Element = TypeRegistry.Canonical(type.Element, _typeIds) };
}
