using System.Runtime.InteropServices;

namespace Wizer.Wasmtime;

/// <summary>A length and what is there: <c>wasm_name_t</c> and the vectors of values, fields and names.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeVector
{
    internal nuint Count;
    internal void* Items;

    internal readonly ReadOnlySpan<T> As<T>()
        where T : unmanaged => new(Items, checked((int)Count));
}

/// <summary>A value as the C library has it: <c>wasmtime_component_val_t</c>. Which of the rest counts depends on the kind.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)]
    internal WasmtimeComponentValueKind Kind;

    /// <summary>A number in its lowest bits; whether a result is <c>ok</c> in the lowest byte.</summary>
    [FieldOffset(8)]
    internal ulong Bits;

    /// <summary>The text of a string or case, the items of a list or tuple, the fields of a record, the names of flags.</summary>
    [FieldOffset(8)]
    internal NativeVector Vector;

    /// <summary>What an option carries; null for none.</summary>
    [FieldOffset(8)]
    internal NativeValue* Some;

    /// <summary>A <c>wasmtime_component_resource_any_t</c>.</summary>
    [FieldOffset(8)]
    internal nint Resource;

    /// <summary>What a result carries, or null.</summary>
    [FieldOffset(16)]
    internal NativeValue* ResultPayload;

    /// <summary>What the case of a variant carries, or null.</summary>
    [FieldOffset(24)]
    internal NativeValue* VariantPayload;
}

/// <summary>A field of a record: <c>wasmtime_component_valrecord_entry_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeField
{
    internal NativeVector Name;
    internal NativeValue Value;
}
