using Wizer.Binary;
using Wizer.Pipeline;
using Mutability = Wasmtime.Mutability;
using TableKind = Wasmtime.TableKind;

namespace Wizer.Wasmtime;

/// <summary>
/// What a module gets for a memory, a table or a global that it still imports when it is initialized: a new one of its type.
/// </summary>
internal static class FreshImport
{
    /// <summary>Makes it; null for what is no state.</summary>
    internal static object? Create(WasmtimeStore store, ModuleInfo module, in ImportInfo import) => import.Kind switch
    {
        ExternKind.Memory => CreateMemory(store, module.Memories[import.Index].Type.Limits),
        ExternKind.Table => CreateTable(store, module.Tables[import.Index].Type),
        ExternKind.Global => CreateGlobal(store, module.Globals[import.Index].Type),
        _ => null,
    };

    private static WasmtimeMemory CreateMemory(WasmtimeStore store, Limits limits) =>
        new(store, (long)limits.Minimum, (long?)limits.Maximum, limits.Is64);

    private static WasmtimeTable CreateTable(WasmtimeStore store, TableType type)
    {
        bool isFunc = type.Element == ValType.FuncRef;
        return new WasmtimeTable(
            store,
            isFunc ? TableKind.FuncRef : TableKind.ExternRef,
            isFunc ? WasmtimeFunction.Null : null,
            (uint)type.Limits.Minimum,
            (uint)(type.Limits.Maximum ?? uint.MaxValue));
    }

    // Of references, there are none that a run on this engine could leave.
    private static WasmtimeGlobal CreateGlobal(WasmtimeStore store, GlobalType type) => new(
        store,
        HostImport.KindsOf([type.Value])[0],
        type.Value.Code switch
        {
            ValTypeCode.I32 => 0,
            ValTypeCode.I64 => 0L,
            ValTypeCode.F32 => 0F,
            ValTypeCode.F64 => 0D,
            _ => default(WasmtimeV128),
        },
        Mutability.Mutable);
}
