using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Opcodes and their immediates, by the kinds the instruction table gives them. Core 3.0, Text Format: Instructions.</summary>
internal ref partial struct ModuleParser
{
    /// <summary>Encodes the head of a block: opcode, type and, for <c>try_table</c>, clauses. The cursor is behind the label.</summary>
    private void EncodeBlockHead(WasmWriter output, Opcode opcode)
    {
        output.WriteOpcode(opcode);
        _typeEncoder.EncodeBlockType(ref _cursor, output);
        if (opcode == Opcode.TryTable)
        {
            EncodeCatches(output);
        }
    }

    private void EncodeCatches(WasmWriter output)
    {
        int start = _cursor.Position;
        uint count = 0;
        while (AtCatch(out _))
        {
            _cursor.SkipGroup();
            count++;
        }

        _cursor.Position = start;
        output.WriteU32(count);
        while (AtCatch(out CatchKind kind))
        {
            _cursor.Position += 2;
            output.WriteByte((byte)kind);
            if (kind is CatchKind.Catch or CatchKind.CatchRef)
            {
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Tags));
            }

            output.WriteU32(_labels.TakeIndex(ref _cursor));
            _cursor.Close();
        }
    }

    private readonly bool AtCatch(out CatchKind kind)
    {
        kind = _cursor.AtGroup("catch_ref"u8) ? CatchKind.CatchRef
            : _cursor.AtGroup("catch_all"u8) ? CatchKind.CatchAll
            : _cursor.AtGroup("catch_all_ref"u8) ? CatchKind.CatchAllRef
            : CatchKind.Catch;
        return kind != CatchKind.Catch || _cursor.AtGroup("catch"u8);
    }

    /// <summary>Encodes an instruction that is no block; the cursor is behind the mnemonic.</summary>
    private void EncodePlain(WasmWriter output, Opcode opcode)
    {
        ImmediateKind kind = OpcodeTable.Immediates(opcode);
        if (opcode == Opcode.Select && _cursor.AtGroup("result"u8))
        {
            opcode = Opcode.SelectTyped;
            kind = ImmediateKind.SelectTypes;
        }

        ValType castType = default;
        if (opcode is Opcode.RefTest or Opcode.RefCast)
        {
            // One mnemonic, two opcodes: the second of each pair is for nullable types.
            castType = _valTypes.TakeRefType(ref _cursor);
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
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Locals));
                break;
            case ImmediateKind.Global:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Globals));
                break;
            case ImmediateKind.Func:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Funcs));
                break;
            case ImmediateKind.Type:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                break;
            case ImmediateKind.Tag:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Tags));
                break;
            case ImmediateKind.Elem:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Elems));
                break;
            case ImmediateKind.Data:
                output.WriteU32(TakeDataIndex());
                break;
            case ImmediateKind.Label:
                output.WriteU32(_labels.TakeIndex(ref _cursor));
                break;
            case ImmediateKind.Table:
                output.WriteU32(_identifiers.TakeOptionalIndex(ref _cursor, _names.Tables));
                break;
            case ImmediateKind.Memory:
                output.WriteU32(_identifiers.TakeOptionalIndex(ref _cursor, _names.Memories));
                break;
            case ImmediateKind.I32:
                output.WriteS32((int)TakeInteger(32));
                break;
            case ImmediateKind.I64:
                output.WriteS64((long)TakeInteger(64));
                break;
            case ImmediateKind.F32:
                output.WriteFixed32((uint)TakeFloat(32));
                break;
            case ImmediateKind.F64:
                output.WriteFixed64(TakeFloat(64));
                break;
            case ImmediateKind.MemArg:
                EncodeMemArg(output, opcode, _identifiers.TakeOptionalIndex(ref _cursor, _names.Memories));
                break;
            case ImmediateKind.HeapType:
                output.WriteHeapType(opcode == Opcode.RefNull ? _valTypes.TakeHeapType(ref _cursor) : castType.HeapType);
                break;
            default:
                EncodeRareImmediates(output, opcode, kind);
                break;
        }
    }

    private void EncodeRareImmediates(WasmWriter output, Opcode opcode, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.BrTable:
                EncodeLabels(output);
                break;
            case ImmediateKind.CallIndirect:
                uint table = _identifiers.TakeOptionalIndex(ref _cursor, _names.Tables);
                output.WriteU32(_typeEncoder.TakeTypeUse(ref _cursor));
                output.WriteU32(table);
                break;
            case ImmediateKind.SelectTypes:
                _typeEncoder.EncodeSelectTypes(ref _cursor, output);
                break;
            case ImmediateKind.MemoryMemory:
                EncodePair(output, _names.Memories);
                break;
            case ImmediateKind.TableTable:
                EncodePair(output, _names.Tables);
                break;
            case ImmediateKind.DataMemory:
                uint memory = _cursor.IsAnotherIndexNext ? _identifiers.TakeIndex(ref _cursor, _names.Memories) : 0;
                output.WriteU32(TakeDataIndex());
                output.WriteU32(memory);
                break;
            case ImmediateKind.ElemTable:
                table = _cursor.IsAnotherIndexNext ? _identifiers.TakeIndex(ref _cursor, _names.Tables) : 0;
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Elems));
                output.WriteU32(table);
                break;
            case ImmediateKind.TypeField:
                uint typeIndex = _identifiers.TakeIndex(ref _cursor, _names.Types);
                output.WriteU32(typeIndex);
                output.WriteU32(_identifiers.TakeFieldIndex(ref _cursor, typeIndex));
                break;
            case ImmediateKind.TypeCount:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                output.WriteU32(_cursor.TakeU32());
                break;
            case ImmediateKind.TypeData:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                output.WriteU32(TakeDataIndex());
                break;
            case ImmediateKind.TypeElem:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Elems));
                break;
            case ImmediateKind.TypeType:
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
                break;
            case ImmediateKind.BrOnCast:
                uint label = _labels.TakeIndex(ref _cursor);
                ValType from = _valTypes.TakeRefType(ref _cursor);
                ValType to = _valTypes.TakeRefType(ref _cursor);
                output.WriteByte((byte)((from.IsNullable ? 1 : 0) | (to.IsNullable ? 2 : 0)));
                output.WriteU32(label);
                output.WriteHeapType(from.HeapType);
                output.WriteHeapType(to.HeapType);
                break;
            case ImmediateKind.V128:
                Span<byte> bytes = stackalloc byte[16];
                VectorLiteral.Take(ref _cursor, bytes);
                output.WriteBytes(bytes);
                break;
            case ImmediateKind.Lane:
                output.WriteByte((byte)_cursor.TakeUnsigned(8, "i8 constant out of range"));
                break;
            case ImmediateKind.MemArgLane:
                EncodeMemArg(output, opcode, IsMemoryBeforeLane ? _identifiers.TakeIndex(ref _cursor, _names.Memories) : 0);
                output.WriteByte((byte)_cursor.TakeUnsigned(8, "i8 constant out of range"));
                break;
            case ImmediateKind.Shuffle:
                EncodeShuffle(output);
                break;
            case ImmediateKind.Fence:
                output.WriteByte(0);
                break;
            default:
                throw new InvalidOperationException($"no encoder for immediates of kind {kind}");
        }
    }

    /// <summary>Whether what comes next is a memory and not yet the lane index that ends the immediates.</summary>
    private readonly bool IsMemoryBeforeLane =>
        _cursor.Kind == TokenKind.Id || (_cursor.Kind == TokenKind.Nat && _cursor.Peek(1).Kind is TokenKind.Nat or TokenKind.Keyword
            && (_cursor.Peek(1).Kind == TokenKind.Nat || IsMemArgKeyword(_cursor.Peek(1).Of(_cursor.Source))));

    private static bool IsMemArgKeyword(ReadOnlySpan<byte> word) => word.StartsWith("offset="u8) || word.StartsWith("align="u8);

    private uint TakeDataIndex()
    {
        _sections.NeedsDataCount = true;
        return _identifiers.TakeIndex(ref _cursor, _names.Datas);
    }

    private void EncodePair(WasmWriter output, IndexSpace space)
    {
        bool isGiven = _cursor.AtIndex;
        output.WriteU32(isGiven ? _identifiers.TakeIndex(ref _cursor, space) : 0);
        output.WriteU32(isGiven ? _identifiers.TakeIndex(ref _cursor, space) : 0);
    }

    private void EncodeLabels(WasmWriter output)
    {
        int start = _cursor.Position;
        int count = 0;
        for (; _cursor.AtIndex; count++)
        {
            _cursor.Take();
        }

        if (count == 0)
        {
            _cursor.Unexpected();
        }

        _cursor.Position = start;
        output.WriteU32((uint)count - 1);
        while (_cursor.AtIndex)
        {
            output.WriteU32(_labels.TakeIndex(ref _cursor));
        }
    }

    private void EncodeShuffle(WasmWriter output)
    {
        for (int i = 0; i < 16; i++)
        {
            if (!VectorLiteral.IsFloat(_cursor.Kind, _cursor.Text))
            {
                _cursor.Fail("invalid lane length: 16 lanes expected");
            }

            if (_cursor.Kind != TokenKind.Nat)
            {
                _cursor.Fail("i8 constant out of range");
            }

            output.WriteByte((byte)_cursor.TakeUnsigned(8, "i8 constant out of range"));
        }

        if (_cursor.Kind == TokenKind.Nat)
        {
            _cursor.Fail("invalid lane length: 16 lanes expected");
        }
    }

    private void EncodeMemArg(WasmWriter output, Opcode opcode, uint memoryIndex)
    {
        const uint HasMemoryIndex = 0x40;
        TryTakeArgument("offset="u8, out ulong offset);
        int align = BitOperations.Log2((uint)OpcodeTable.Width(opcode));
        Token alignToken = _cursor.Current;
        if (TryTakeArgument("align="u8, out ulong alignment))
        {
            if (!BitOperations.IsPow2(alignment))
            {
                _cursor.Fail("alignment must be a power of two", alignToken);
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

    private bool TryTakeArgument(ReadOnlySpan<byte> prefix, out ulong value)
    {
        value = 0;
        if (_cursor.Kind != TokenKind.Keyword || !_cursor.Text.StartsWith(prefix))
        {
            return false;
        }

        Token token = _cursor.Take();
        ReadOnlySpan<byte> number = token.Of(_cursor.Source)[prefix.Length..];
        if (NumberSyntax.Classify(number.IsEmpty ? "x"u8 : number) != TokenKind.Nat)
        {
            _cursor.Unexpected(token);
        }

        if (!IntegerLiteral.TryParseUnsigned(number, 64, out value))
        {
            _cursor.Fail("i64 constant out of range", token);
        }

        return true;
    }

    private ulong TakeInteger(int bits)
    {
        if (_cursor.Kind is not (TokenKind.Nat or TokenKind.Int))
        {
            _cursor.Unexpected();
        }

        Token token = _cursor.Take();
        if (!IntegerLiteral.TryParse(token.Of(_cursor.Source), bits, out ulong value))
        {
            FailOutOfRange(token);
        }

        return value;
    }

    private ulong TakeFloat(int bits)
    {
        Token token = _cursor.Take();
        if (!VectorLiteral.IsFloat(token.Kind, token.Of(_cursor.Source)))
        {
            _cursor.Unexpected(token);
        }

        ReadOnlySpan<byte> text = token.Of(_cursor.Source);
        ulong value;
        bool fits;
        if (bits == 32)
        {
            fits = FloatLiteral.TryParseF32(text, out uint single);
            value = single;
        }
        else
        {
            fits = FloatLiteral.TryParseF64(text, out value);
        }

        if (!fits)
        {
            FailOutOfRange(token);
        }

        return value;
    }

    [DoesNotReturn]
    private readonly void FailOutOfRange(Token token) =>
        _cursor.Fail($"constant out of range: {TokenCursor.Quote(token.Of(_cursor.Source))}", token);
}
