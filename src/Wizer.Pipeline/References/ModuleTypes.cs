using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>The types of an instance's module, as its store knows them: which index an object's type has, and which types match.</summary>
internal sealed class ModuleTypes
{
    private readonly TypeRegistry _registry;
    private readonly uint[] _ids;

    // Made when an object is met: many are asked about types only.
    private Dictionary<uint, uint>? _indices;

    internal ModuleTypes(Instance instance)
    {
        Module = instance.Module;
        _registry = instance.Store.Types;
        _ids = instance.TypeIds;
    }

    internal ModuleInfo Module { get; }

    /// <summary>Finds a type of the store in the module; there is none for what only another module declares.</summary>
    internal bool TryFind(uint typeId, out uint typeIndex) => (_indices ??= FindIndices()).TryGetValue(typeId, out typeIndex);

    /// <summary>Whether values of one type are also values of the other. Core 3.0, Validation: Matching.</summary>
    internal bool Matches(ValType sub, ValType super) =>
        sub == super || _registry.Matches(TypeRegistry.Canonical(sub, _ids), TypeRegistry.Canonical(super, _ids));

    /// <summary>The type of references to a function.</summary>
    internal ValType TypeOfFunc(uint funcIndex) =>
        ValType.Ref(new HeapType((int)Module.FuncTypeIndices[funcIndex]), nullable: false);

    /// <summary>The top of the hierarchy that a reference type belongs to.</summary>
    internal HeapType TopOf(ValType type)
    {
        HeapType heap = type.HeapType;
        if (heap.IsConcrete)
        {
            return Module.Types[heap.TypeIndex].Composite is FuncType ? HeapType.Func : HeapType.Any;
        }

        if (heap == HeapType.Func || heap == HeapType.NoFunc)
        {
            return HeapType.Func;
        }

        if (heap == HeapType.Extern || heap == HeapType.NoExtern)
        {
            return HeapType.Extern;
        }

        return heap == HeapType.Exn || heap == HeapType.NoExn ? HeapType.Exn : HeapType.Any;
    }

    private Dictionary<uint, uint> FindIndices()
    {
        var indices = new Dictionary<uint, uint>();
        for (uint i = 0; i < _ids.Length; i++)
        {
            // Of equal types the first one counts.
            indices.TryAdd(_ids[i], i);
        }

        return indices;
    }
}
