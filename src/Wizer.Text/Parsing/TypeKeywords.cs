using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The keywords of types. Core 3.0, Text Format: Types.</summary>
internal static class TypeKeywords
{
    /// <summary>Parses the keyword of a value type.</summary>
    internal static bool TryParseValType(ReadOnlySpan<byte> keyword, out ValType type)
    {
        type = keyword.SequenceEqual("i32"u8) ? ValType.I32
            : keyword.SequenceEqual("i64"u8) ? ValType.I64
            : keyword.SequenceEqual("f32"u8) ? ValType.F32
            : keyword.SequenceEqual("f64"u8) ? ValType.F64
            : keyword.SequenceEqual("v128"u8) ? ValType.V128
            : keyword.SequenceEqual("nullref"u8) ? ValType.Ref(HeapType.None, nullable: true)
            : keyword.SequenceEqual("nullfuncref"u8) ? ValType.Ref(HeapType.NoFunc, nullable: true)
            : keyword.SequenceEqual("nullexternref"u8) ? ValType.Ref(HeapType.NoExtern, nullable: true)
            : keyword.SequenceEqual("nullexnref"u8) ? ValType.Ref(HeapType.NoExn, nullable: true)
            : keyword.EndsWith("ref"u8) && TryParseHeapType(keyword[..^3], out HeapType heapType) && !IsBottom(heapType)
                ? ValType.Ref(heapType, nullable: true)
                : ValType.Bottom;
        return !type.IsBottom;
    }

    /// <summary>Parses the keyword of an abstract heap type.</summary>
    internal static bool TryParseHeapType(ReadOnlySpan<byte> keyword, out HeapType type)
    {
        type = keyword.SequenceEqual("func"u8) ? HeapType.Func
            : keyword.SequenceEqual("extern"u8) ? HeapType.Extern
            : keyword.SequenceEqual("any"u8) ? HeapType.Any
            : keyword.SequenceEqual("eq"u8) ? HeapType.Eq
            : keyword.SequenceEqual("i31"u8) ? HeapType.I31
            : keyword.SequenceEqual("struct"u8) ? HeapType.Struct
            : keyword.SequenceEqual("array"u8) ? HeapType.Array
            : keyword.SequenceEqual("exn"u8) ? HeapType.Exn
            : keyword.SequenceEqual("none"u8) ? HeapType.None
            : keyword.SequenceEqual("nofunc"u8) ? HeapType.NoFunc
            : keyword.SequenceEqual("noextern"u8) ? HeapType.NoExtern
            : keyword.SequenceEqual("noexn"u8) ? HeapType.NoExn
            : HeapType.Bottom;
        return type != HeapType.Bottom;
    }

    private static bool IsBottom(HeapType type) =>
        type == HeapType.None || type == HeapType.NoFunc || type == HeapType.NoExtern || type == HeapType.NoExn;
}
