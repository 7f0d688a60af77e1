namespace Wizer.Binary;

/// <summary>
/// What every function body is checked against: the specification's context C, filled in section by section and only read
/// once bodies are checked, by several threads. Core 3.0, Validation: Conventions, Contexts.
/// </summary>
internal sealed class ValidationContext
{
    private ulong[] _declaredFuncs = ItemList<ulong>.Empty;

    internal ValidationContext(ModuleInfo module, WasmFeatures features)
    {
        Module = module;
        Features = features;
        Types = new TypeSpace(module.Types, module.RecGroupStarts);
        FuncTypes = new FuncType?[module.Types.Length];
        for (int i = 0; i < FuncTypes.Length; i++)
        {
            FuncTypes[i] = module.Types[i].Composite as FuncType;
        }
    }

    internal ModuleInfo Module { get; }

    internal WasmFeatures Features { get; }

    internal TypeSpace Types { get; }

    /// <summary>The type index space; null where a type is no function type.</summary>
    internal FuncType?[] FuncTypes { get; }

    /// <summary>The type of each function, imports first; complete once the function section has been checked.</summary>
    internal FuncType[] Funcs { get; set; } = [];

    internal bool IsEnabled(WasmFeatures feature) => (Features & feature) != 0;

    /// <summary>Notes that something outside of function bodies refers to a function, so that they may too.</summary>
    internal void DeclareFunc(uint funcIndex)
    {
        if (_declaredFuncs.Length == 0)
        {
            _declaredFuncs = new ulong[(Module.FuncTypeIndices.Length + 63) / 64];
        }

        _declaredFuncs[funcIndex >> 6] |= 1UL << (int)(funcIndex & 63);
    }

    /// <summary>Whether function bodies may refer to a function with <c>ref.func</c>.</summary>
    internal bool IsDeclaredFunc(uint funcIndex) =>
        _declaredFuncs.Length != 0 && (_declaredFuncs[funcIndex >> 6] & (1UL << (int)(funcIndex & 63))) != 0;

    /// <summary>Checks that a value type refers only to known types. Core 3.0, Validation: Types, Value Types.</summary>
    internal void CheckType(ValType type, long offset)
    {
        if (type.IsRef)
        {
            CheckRefType(type, offset);
            if (!IsEnabled(WasmFeatures.ReferenceTypes))
            {
                FeatureGate.NotEnabled("reference types", offset);
            }
        }
        else if (type.IsVector && !IsEnabled(WasmFeatures.Simd))
        {
            FeatureGate.NotEnabled("SIMD", offset);
        }
    }

    /// <summary>The same for the elements of a table, which were references before there were reference types.</summary>
    internal void CheckRefType(ValType type, long offset)
    {
        HeapType heap = type.HeapType;
        CheckType(heap, offset);
        if (type == ValType.FuncRef)
        {
            return;
        }

        if (!IsEnabled(WasmFeatures.ReferenceTypes))
        {
            FeatureGate.NotEnabled("reference types", offset);
        }

        if (type == ValType.ExternRef || heap == HeapType.Exn || heap == HeapType.NoExn)
        {
            return;
        }

        if (!IsEnabled(WasmFeatures.FunctionReferences | WasmFeatures.Gc))
        {
            FeatureGate.NotEnabled("function references", offset);
        }

        if (!IsEnabled(WasmFeatures.Gc) && !heap.IsConcrete && heap != HeapType.Func && heap != HeapType.Extern)
        {
            FeatureGate.NotEnabled("gc", offset);
        }
    }

    /// <summary>Checks that a heap type is abstract or a known type. Core 3.0, Validation: Types, Heap Types.</summary>
    internal void CheckType(HeapType type, long offset)
    {
        if (type.IsConcrete && type.TypeIndex >= (uint)Types.Count)
        {
            Throw.UnknownType(type.TypeIndex, Module.Types.Length, offset);
        }
    }

    /// <summary>The function type of an index.</summary>
    internal FuncType FuncTypeAt(uint typeIndex, long offset)
    {
        if (typeIndex >= (uint)FuncTypes.Length)
        {
            Throw.UnknownType(typeIndex, FuncTypes.Length, offset);
        }

        FuncType? type = FuncTypes[typeIndex];
        if (type is null)
        {
            Throw.Invalid($"type mismatch: type {typeIndex} is not a function type", offset);
        }

        return type;
    }
}
