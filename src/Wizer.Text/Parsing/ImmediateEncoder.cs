using System.Numerics;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Encodes opcodes and their immediates, by the kinds the instruction table gives them. Core 3.0, Text Format: Instructions.
/// </summary>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="valTypes">Takes types.</param>
/// <param name="types">Encodes the types of blocks and calls.</param>
/// <param name="labels">The labels around.</param>
/// <param name="names">All index spaces.</param>
/// <param name="sections">Learn that data segments have to be counted.</param>
internal sealed class ImmediateEncoder(
    Identifiers identifiers, ValTypeReader valTypes, TypeEncoder types, LabelScope labels, ModuleNames names, ModuleSections sections)
{
    /// <summary>Encodes the head of a block: opcode, type and, for <c>try_table</c>, clauses. The cursor is behind the label.</summary>
    internal void EncodeBlockHead(ref TokenCursor cursor, WasmWriter output, Opcode opcode)
    {
        output.WriteOpcode(opcode);
        types.EncodeBlockType(ref cursor, output);
        if (opcode == Opcode.TryTable)
        {
            EncodeCatches(ref cursor, output);
        }
    }

    private void EncodeCatches(ref TokenCursor cursor, WasmWriter output)
    {
        int start = cursor.Position;
        uint count = 0;
        while (AtCatch(ref cursor, out _))
        {
            cursor.SkipGroup();
            count++;
        }

        cursor.Position = start;
        output.WriteU32(count);
        while (AtCatch(ref cursor, out CatchKind kind))
        {
            cursor.Position += 2;
            output.WriteByte((byte)kind);
            if (kind is CatchKind.Catch or CatchKind.CatchRef)
            {
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Tags));
            }

            output.WriteU32(labels.TakeIndex(ref cursor));
            cursor.Close();
        }
    }

    private bool AtCatch(ref TokenCursor cursor, out CatchKind kind)
    {
        kind = cursor.AtGroup("catch_ref"u8) ? CatchKind.CatchRef
            : cursor.AtGroup("catch_all"u8) ? CatchKind.CatchAll
            : cursor.AtGroup("catch_all_ref"u8) ? CatchKind.CatchAllRef
            : CatchKind.Catch;
        return kind != CatchKind.Catch || cursor.AtGroup("catch"u8);
    }

    /// <summary>Encodes an instruction that is no block; the cursor is behind the mnemonic.</summary>
    internal void EncodePlain(ref TokenCursor cursor, WasmWriter output, Opcode opcode)
    {
        ImmediateKind kind = OpcodeTable.Immediates(opcode);
        if (opcode == Opcode.Select && cursor.AtGroup("result"u8))
        {
            opcode = Opcode.SelectTyped;
            kind = ImmediateKind.SelectTypes;
        }

        ValType castType = default;
        if (opcode is Opcode.RefTest or Opcode.RefCast)
        {
            // One mnemonic, two opcodes: the second of each pair is for nullable types.
            castType = valTypes.TakeRefType(ref cursor);
            if (castType.IsNullable)
            {
                opcode = opcode == Opcode.RefTest ? Opcode.RefTestNull : Opcode.RefCastNull;
            }
        }

        output.WriteOpcode(opcode);
        switch (kind)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Local:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Locals));
                break;
            case ImmediateKind.Global:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Globals));
                break;
            case ImmediateKind.Func:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Funcs));
                break;
            case ImmediateKind.Type:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                break;
            case ImmediateKind.Tag:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Tags));
                break;
            case ImmediateKind.Elem:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Elems));
                break;
            case ImmediateKind.Data:
                output.WriteU32(TakeDataIndex(ref cursor));
                break;
            case ImmediateKind.Label:
                output.WriteU32(labels.TakeIndex(ref cursor));
                break;
            case ImmediateKind.Table:
                output.WriteU32(identifiers.TakeOptionalIndex(ref cursor, names.Tables));
                break;
            case ImmediateKind.Memory:
                output.WriteU32(identifiers.TakeOptionalIndex(ref cursor, names.Memories));
                break;
            case ImmediateKind.I32:
                output.WriteS32((int)NumberTokens.TakeInteger(ref cursor, 32));
                break;
            case ImmediateKind.I64:
                output.WriteS64((long)NumberTokens.TakeInteger(ref cursor, 64));
                break;
            case ImmediateKind.F32:
                output.WriteFixed32((uint)NumberTokens.TakeFloat(ref cursor, 32));
                break;
            case ImmediateKind.F64:
                output.WriteFixed64(NumberTokens.TakeFloat(ref cursor, 64));
                break;
            case ImmediateKind.MemArg:
                EncodeMemArg(ref cursor, output, opcode, identifiers.TakeOptionalIndex(ref cursor, names.Memories));
                break;
            case ImmediateKind.HeapType:
                output.WriteHeapType(opcode == Opcode.RefNull ? valTypes.TakeHeapType(ref cursor) : castType.HeapType);
                break;
            default:
                EncodeRareImmediates(ref cursor, output, opcode, kind);
                break;
        }
    }

    private void EncodeRareImmediates(ref TokenCursor cursor, WasmWriter output, Opcode opcode, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.BrTable:
                EncodeLabels(ref cursor, output);
                break;
            case ImmediateKind.CallIndirect:
                uint table = identifiers.TakeOptionalIndex(ref cursor, names.Tables);
                output.WriteU32(types.TakeTypeUse(ref cursor));
                output.WriteU32(table);
                break;
            case ImmediateKind.SelectTypes:
                types.EncodeSelectTypes(ref cursor, output);
                break;
            case ImmediateKind.MemoryMemory:
                EncodePair(ref cursor, output, names.Memories);
                break;
            case ImmediateKind.TableTable:
                EncodePair(ref cursor, output, names.Tables);
                break;
            case ImmediateKind.DataMemory:
                uint memory = cursor.IsAnotherIndexNext ? identifiers.TakeIndex(ref cursor, names.Memories) : 0;
                output.WriteU32(TakeDataIndex(ref cursor));
                output.WriteU32(memory);
                break;
            case ImmediateKind.ElemTable:
                table = cursor.IsAnotherIndexNext ? identifiers.TakeIndex(ref cursor, names.Tables) : 0;
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Elems));
                output.WriteU32(table);
                break;
            case ImmediateKind.TypeField:
                uint typeIndex = identifiers.TakeIndex(ref cursor, names.Types);
                output.WriteU32(typeIndex);
                output.WriteU32(identifiers.TakeFieldIndex(ref cursor, typeIndex));
                break;
            case ImmediateKind.TypeCount:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                output.WriteU32(cursor.TakeU32());
                break;
            case ImmediateKind.TypeData:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                output.WriteU32(TakeDataIndex(ref cursor));
                break;
            case ImmediateKind.TypeElem:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Elems));
                break;
            case ImmediateKind.TypeType:
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
                break;
            case ImmediateKind.BrOnCast:
                uint label = labels.TakeIndex(ref cursor);
                ValType from = valTypes.TakeRefType(ref cursor);
                ValType to = valTypes.TakeRefType(ref cursor);
                output.WriteByte((byte)((from.IsNullable ? 1 : 0) | (to.IsNullable ? 2 : 0)));
                output.WriteU32(label);
                output.WriteHeapType(from.HeapType);
                output.WriteHeapType(to.HeapType);
                break;
            case ImmediateKind.V128:
                Span<byte> bytes = stackalloc byte[16];
                VectorLiteral.Take(ref cursor, bytes);
                output.WriteBytes(bytes);
                break;
            case ImmediateKind.Lane:
                output.WriteByte((byte)cursor.TakeUnsigned(8, "i8 constant out of range"));
                break;
            case ImmediateKind.MemArgLane:
                EncodeMemArg(
                    ref cursor, output, opcode, IsMemoryBeforeLane(ref cursor) ? identifiers.TakeIndex(ref cursor, names.Memories) : 0);
                output.WriteByte((byte)cursor.TakeUnsigned(8, "i8 constant out of range"));
                break;
            case ImmediateKind.Shuffle:
                EncodeShuffle(ref cursor, output);
                break;
            case ImmediateKind.Fence:
                output.WriteByte(0);
                break;
            default:
                throw new InvalidOperationException($"no encoder for immediates of kind {kind}");
        }
    }

    /// <summary>Whether what comes next is a memory and not yet the lane index that ends the immediates.</summary>
    private bool IsMemoryBeforeLane(ref TokenCursor cursor) =>
        cursor.Kind == TokenKind.Id || (cursor.Kind == TokenKind.Nat && cursor.Peek(1).Kind is TokenKind.Nat or TokenKind.Keyword
            && (cursor.Peek(1).Kind == TokenKind.Nat || IsMemArgKeyword(cursor.Peek(1).Of(cursor.Source))));

    private static bool IsMemArgKeyword(ReadOnlySpan<byte> word) => word.StartsWith("offset="u8) || word.StartsWith("align="u8);

    private uint TakeDataIndex(ref TokenCursor cursor)
    {
        sections.NeedsDataCount = true;
        return identifiers.TakeIndex(ref cursor, names.Datas);
    }

    private void EncodePair(ref TokenCursor cursor, WasmWriter output, IndexSpace space)
    {
        bool isGiven = cursor.AtIndex;
        output.WriteU32(isGiven ? identifiers.TakeIndex(ref cursor, space) : 0);
        output.WriteU32(isGiven ? identifiers.TakeIndex(ref cursor, space) : 0);
    }

    private void EncodeLabels(ref TokenCursor cursor, WasmWriter output)
    {
        int start = cursor.Position;
        int count = 0;
        for (; cursor.AtIndex; count++)
        {
            cursor.Take();
        }

        if (count == 0)
        {
            cursor.Unexpected();
        }

        cursor.Position = start;
        output.WriteU32((uint)count - 1);
        while (cursor.AtIndex)
        {
            output.WriteU32(labels.TakeIndex(ref cursor));
        }
    }

    private void EncodeShuffle(ref TokenCursor cursor, WasmWriter output)
    {
        for (int i = 0; i < 16; i++)
        {
            if (!VectorLiteral.IsFloat(cursor.Kind, cursor.Text))
            {
                cursor.Fail("invalid lane length: 16 lanes expected");
            }

            if (cursor.Kind != TokenKind.Nat)
            {
                cursor.Fail("i8 constant out of range");
            }

            output.WriteByte((byte)cursor.TakeUnsigned(8, "i8 constant out of range"));
        }

        if (cursor.Kind == TokenKind.Nat)
        {
            cursor.Fail("invalid lane length: 16 lanes expected");
        }
    }

    private void EncodeMemArg(ref TokenCursor cursor, WasmWriter output, Opcode opcode, uint memoryIndex)
    {
        const uint HasMemoryIndex = 0x40;
        NumberTokens.TryTakeArgument(ref cursor, "offset="u8, out ulong offset);
        int align = BitOperations.Log2((uint)OpcodeTable.Width(opcode));
        Token alignToken = cursor.Current;
        if (NumberTokens.TryTakeArgument(ref cursor, "align="u8, out ulong alignment))
        {
            if (!BitOperations.IsPow2(alignment))
            {
                cursor.Fail("alignment must be a power of two", alignToken);
            }

            align = BitOperations.Log2(alignment);
        }

        output.WriteU32((uint)align | (memoryIndex == 0 ? 0 : HasMemoryIndex));
        if (memoryIndex != 0)
        {
            output.WriteU32(memoryIndex);
        }

        output.WriteU64(offset);
    }
}
