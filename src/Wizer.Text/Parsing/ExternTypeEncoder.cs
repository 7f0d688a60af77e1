using System.Numerics;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Encodes the types of what modules import and export. Core 3.0, Text Format: Types, External Types.</summary>
/// <param name="valTypes">Takes what they consist of.</param>
/// <param name="types">Encodes the types of functions and tags.</param>
/// <param name="features">Which sizes memories and tables may have.</param>
internal sealed class ExternTypeEncoder(ValTypeReader valTypes, TypeEncoder types, WasmFeatures features)
{
    /// <summary>Takes a type from behind its keyword and identifier, and writes it behind the byte for its kind.</summary>
    internal void Encode(ref TokenCursor cursor, WasmWriter output, FieldKind kind)
    {
        switch (kind)
        {
            case FieldKind.Func:
                output.WriteByte((byte)ExternKind.Func);
                output.WriteU32(types.TakeTypeUse(ref cursor, bind: true));
                break;
            case FieldKind.Table:
                output.WriteByte((byte)ExternKind.Table);
                Limits limits = TakeLimits(ref cursor, TakeAddressType(ref cursor));
                output.WriteTableType(new TableType(valTypes.TakeRefType(ref cursor), limits));
                break;
            case FieldKind.Memory:
                output.WriteByte((byte)ExternKind.Memory);
                limits = TakeLimits(ref cursor, TakeAddressType(ref cursor));
                output.WriteMemoryType(new MemoryType(limits, TakePageSize(ref cursor)));
                break;
            case FieldKind.Global:
                output.WriteByte((byte)ExternKind.Global);
                output.WriteGlobalType(TakeGlobalType(ref cursor));
                break;
            default:
                output.WriteByte((byte)ExternKind.Tag);
                output.WriteByte(0);
                output.WriteU32(types.TakeTypeUse(ref cursor));
                break;
        }
    }

    /// <summary>Takes the optional <c>i32</c> or <c>i64</c> of a memory or table.</summary>
    internal static bool TakeAddressType(ref TokenCursor cursor)
    {
        if (cursor.TryTakeKeyword("i64"u8))
        {
            return true;
        }

        cursor.TryTakeKeyword("i32"u8);
        return false;
    }

    internal Limits TakeLimits(ref TokenCursor cursor, bool is64)
    {
        // Sizes too large for their address type are for validation to refuse.
        ulong minimum = TakeSize(ref cursor);
        ulong? maximum = cursor.Kind == TokenKind.Nat ? TakeSize(ref cursor) : null;
        bool isShared = cursor.TryTakeKeyword("shared"u8);
        if (!isShared)
        {
            cursor.TryTakeKeyword("unshared"u8);
        }

        return new Limits(minimum, maximum, is64, isShared);
    }

    private ulong TakeSize(ref TokenCursor cursor) => (features & WasmFeatures.Memory64) != 0
        ? cursor.TakeUnsigned(64, "i64 constant out of range")
        : cursor.TakeUnsigned(32, "i32 constant out of range");

    /// <summary>Takes an optional <c>(pagesize n)</c>.</summary>
    internal static byte TakePageSize(ref TokenCursor cursor)
    {
        if (!cursor.TryOpen("pagesize"u8))
        {
            return 16;
        }

        Token token = cursor.Current;
        ulong size = cursor.TakeUnsigned(64, "i64 constant out of range");
        if (!BitOperations.IsPow2(size))
        {
            cursor.Fail("invalid custom page size", token);
        }

        cursor.Close();
        return (byte)BitOperations.Log2(size);
    }

    internal GlobalType TakeGlobalType(ref TokenCursor cursor)
    {
        if (!cursor.TryOpen("mut"u8))
        {
            return new GlobalType(valTypes.TakeValType(ref cursor), IsMutable: false);
        }

        var type = new GlobalType(valTypes.TakeValType(ref cursor), IsMutable: true);
        cursor.Close();
        return type;
    }
}
