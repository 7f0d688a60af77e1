using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>
/// Compares bodies and constant expressions: functions and types that they name are the same by what they are, not by index.
/// </summary>
/// <param name="before">The first module.</param>
/// <param name="after">The second module.</param>
/// <param name="funcs">Which functions are the same.</param>
/// <param name="types">Which types are the same.</param>
internal sealed class BodyComparison(ComparedModule before, ComparedModule after, FuncPairing funcs, TypeShapes types)
{
    // Then equal bytes mean the same.
    private readonly bool _haveSameIndices = funcs.IsIdentity && types.Before.AsSpan().SequenceEqual(types.After);

    /// <summary>Where two bodies differ first, in words; null when they do not.</summary>
    public string? FindDifference(ByteRange bodyBefore, ByteRange bodyAfter)
    {
        if (_haveSameIndices && AreSameBytes(bodyBefore, bodyAfter))
        {
            return null;
        }

        var left = new WasmReader(bodyBefore.Of(before.Info.Bytes.Span), bodyBefore.Offset);
        var right = new WasmReader(bodyAfter.Of(after.Info.Bytes.Span), bodyAfter.Offset);
        return HaveSameLocals(ref left, ref right) ? FindDifference(ref left, ref right) : "other locals";
    }

    /// <summary>Whether two expressions are the same.</summary>
    public bool AreEqual(ByteRange expressionBefore, ByteRange expressionAfter)
    {
        if (expressionBefore.Length == 0 || expressionAfter.Length == 0)
        {
            return expressionBefore.Length == expressionAfter.Length;
        }

        var left = new WasmReader(expressionBefore.Of(before.Info.Bytes.Span), expressionBefore.Offset);
        var right = new WasmReader(expressionAfter.Of(after.Info.Bytes.Span), expressionAfter.Offset);
        return (_haveSameIndices && AreSameBytes(expressionBefore, expressionAfter)) || FindDifference(ref left, ref right) is null;
    }

    /// <summary>Whether two indices are of the same function.</summary>
    public bool AreSameFunc(uint funcBefore, uint funcAfter) => funcs.AreEqual(funcBefore, funcAfter);

    private bool AreSameBytes(ByteRange left, ByteRange right) =>
        left.Of(before.Info.Bytes.Span).SequenceEqual(right.Of(after.Info.Bytes.Span));

    private static bool HaveSameLocals(ref WasmReader left, ref WasmReader right)
    {
        // Their types are told apart by their bytes; groups that are cut otherwise are other locals, too.
        int start = left.Position;
        int otherStart = right.Position;
        SkipLocals(ref left);
        SkipLocals(ref right);
        return left.Bytes[start..left.Position].SequenceEqual(right.Bytes[otherStart..right.Position]);
    }

    private static void SkipLocals(ref WasmReader reader)
    {
        for (uint groups = reader.ReadU32(); groups > 0; groups--)
        {
            reader.ReadU32();
            TypeReader.ReadValType(ref reader);
        }
    }

    private string? FindDifference(ref WasmReader left, ref WasmReader right)
    {
        while (!left.IsAtEnd && !right.IsAtEnd)
        {
            int at = left.Position;
            InstructionReader.Read(ref left, out Instruction first);
            InstructionReader.Read(ref right, out Instruction second);
            if (!AreEqual(first, second))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"0x{at:x} bytes into it, {InstructionText.Of(before, first)} -> {InstructionText.Of(after, second)}");
            }
        }

        return left.IsAtEnd && right.IsAtEnd ? null : "one goes on";
    }

    private bool AreEqual(in Instruction first, in Instruction second)
    {
        if (first.Opcode != second.Opcode)
        {
            return false;
        }

        switch (OpcodeTable.Immediates(first.Opcode))
        {
            case ImmediateKind.None or ImmediateKind.Fence:
                return true;
            case ImmediateKind.I32 or ImmediateKind.I64 or ImmediateKind.F32 or ImmediateKind.F64:
                return first.Value == second.Value;
            case ImmediateKind.V128 or ImmediateKind.Shuffle:
                return first.Value == second.Value && first.ValueHigh == second.ValueHigh;
            case ImmediateKind.Func:
                return funcs.AreEqual(first.Index, second.Index);
            case ImmediateKind.MemArg:
                return HaveSameAddress(first, second);
            case ImmediateKind.MemArgLane:
                return HaveSameAddress(first, second) && first.Index2 == second.Index2;
            case ImmediateKind.Type:
                return types.AreEqual(first.Index, second.Index);
            case ImmediateKind.CallIndirect or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData
                or ImmediateKind.TypeElem:
                return types.AreEqual(first.Index, second.Index) && first.Index2 == second.Index2;
            case ImmediateKind.TypeType:
                return types.AreEqual(first.Index, second.Index) && types.AreEqual(first.Index2, second.Index2);
            case ImmediateKind.BlockType:
                return AreEqual(first.BlockType, second.BlockType);
            case ImmediateKind.TryTable:
                return AreEqual(first.BlockType, second.BlockType) && first.Vector.SequenceEqual(second.Vector);
            case ImmediateKind.BrTable:
                return first.Index2 == second.Index2 && first.Vector.SequenceEqual(second.Vector);
            case ImmediateKind.SelectTypes:
                return first.Vector.SequenceEqual(second.Vector);
            case ImmediateKind.HeapType:
                return AreEqual(first.Type, second.Type);
            case ImmediateKind.BrOnCast:
                return first.Index == second.Index && AreEqual(first.Type, second.Type) && AreEqual(first.Type2, second.Type2);
            case ImmediateKind.MemoryMemory or ImmediateKind.DataMemory or ImmediateKind.ElemTable or ImmediateKind.TableTable:
                return first.Index == second.Index && first.Index2 == second.Index2;
            default:
                return first.Index == second.Index;
        }
    }

    private static bool HaveSameAddress(in Instruction first, in Instruction second) =>
        first.Index == second.Index && first.Value == second.Value && first.AlignLog2 == second.AlignLog2;

    private bool AreEqual(BlockType first, BlockType second) => first.IsTypeIndex && second.IsTypeIndex
        ? types.AreEqual(first.TypeIndex, second.TypeIndex)
        : first == second;

    private bool AreEqual(ValType first, ValType second) =>
        first.IsRef && second.IsRef && first.HeapType.IsConcrete && second.HeapType.IsConcrete
            ? first.IsNullable == second.IsNullable && types.AreEqual(first.HeapType.TypeIndex, second.HeapType.TypeIndex)
            : first == second;
}
