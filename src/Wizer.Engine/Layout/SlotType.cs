using System.Runtime.Intrinsics;
using Wizer.Binary;

namespace Wizer.Engine;

/// <summary>What a value is in compiled code; references are their 64-bit handles.</summary>
internal enum CilType : byte
{
    I32,
    I64,
    F32,
    F64,
    V128,
}

/// <summary>The types of WebAssembly, of CIL, and of slots.</summary>
internal static class CilTypes
{
    internal static CilType Of(ValType type) => OfCode(type.Kind);

    /// <summary>Of a type code of the binary format; what is no number or vector is a reference.</summary>
    internal static CilType OfCode(byte code) => code switch
    {
        0x7f or 0x77 or 0x78 => CilType.I32,
        0x7e => CilType.I64,
        0x7d => CilType.F32,
        0x7c => CilType.F64,
        0x7b => CilType.V128,
        _ => CilType.I64,
    };

    internal static CilType[] Of(ReadOnlySpan<ValType> types)
    {
        if (types.Length == 0)
        {
            return [];
        }

        var result = new CilType[types.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Of(types[i]);
        }

        return result;
    }

    internal static int SlotCount(CilType type) => type == CilType.V128 ? 2 : 1;

    internal static Type ClrType(CilType type) => type switch
    {
        CilType.I32 => typeof(int),
        CilType.I64 => typeof(long),
        CilType.F32 => typeof(float),
        CilType.F64 => typeof(double),
        _ => typeof(Vector128<byte>),
    };
}
