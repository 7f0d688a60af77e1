using System.Runtime.Intrinsics;
using Wizer.Binary;

namespace Wizer.Engine.Layout;

/// <summary>What the slots of a value hold; references are their 64-bit handles.</summary>
internal enum SlotType : byte
{
    I32,
    I64,
    F32,
    F64,
    V128,
}

/// <summary>The types of WebAssembly, of CIL, and of slots.</summary>
internal static class SlotTypes
{
    internal static SlotType Of(ValType type) => OfCode((byte)type.Code);

    /// <summary>Of a type code of the binary format; what is no number or vector is a reference.</summary>
    internal static SlotType OfCode(byte code) => (ValTypeCode)code switch
    {
        ValTypeCode.I32 or ValTypeCode.I16 or ValTypeCode.I8 => SlotType.I32,
        ValTypeCode.I64 => SlotType.I64,
        ValTypeCode.F32 => SlotType.F32,
        ValTypeCode.F64 => SlotType.F64,
        ValTypeCode.V128 => SlotType.V128,
        _ => SlotType.I64,
    };

    internal static SlotType[] Of(ReadOnlySpan<ValType> types)
    {
        if (types.Length == 0)
        {
            return [];
        }

        var result = new SlotType[types.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Of(types[i]);
        }

        return result;
    }

    internal static int SlotCount(SlotType type) => type == SlotType.V128 ? 2 : 1;

    internal static Type ClrType(SlotType type) => type switch
    {
        SlotType.I32 => typeof(int),
        SlotType.I64 => typeof(long),
        SlotType.F32 => typeof(float),
        SlotType.F64 => typeof(double),
        _ => typeof(Vector128<byte>),
    };
}
