using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>
/// Reads instructions one at a time, checking only that they are well formed: whether an index exists or an alignment is
/// allowed is for the validator to say. Core 3.0, Binary Format: Instructions.
/// </summary>
public static class InstructionReader
{
    private const uint MaxMemArgFlags = 0x7f;
    private const uint MemoryIndexFlag = 0x40;

    /// <summary>Reads the instruction at the cursor.</summary>
    /// <param name="reader">Stands behind the instruction afterwards; after an error, somewhere within it.</param>
    /// <param name="instruction">Set as far as the instruction has immediates; see <see cref="Instruction"/>.</param>
    /// <exception cref="WasmFormatException">The opcode is not defined, an immediate is malformed, or the input ends.</exception>
    public static void Read(ref WasmReader reader, out Instruction instruction)
    {
        // Bodies have millions of instructions, most of them without immediates: write only what this one has. The methods below
        // do the same to the same variable; what was written before the call stays.
        Unsafe.SkipInit(out instruction);
        instruction.Offset = reader.Offset;
        uint code = ReadOpcodeByte(ref reader);
        var kind = (ImmediateKind)OpcodeTable.ImmediateKinds[(int)code];
        if (kind == ImmediateKind.Undefined)
        {
            code = ReadPrefixedCode(code, instruction.Offset, ref reader);
            kind = (ImmediateKind)OpcodeTable.ImmediateKinds[(int)code];
        }

        instruction.Opcode = (Opcode)code;
        switch (kind)
        {
            case ImmediateKind.None:
                break;

            case ImmediateKind.Local:
            case ImmediateKind.Global:
            case ImmediateKind.Label:
            case ImmediateKind.Func:
            case ImmediateKind.Memory:
            case ImmediateKind.Type:
            case ImmediateKind.Table:
            case ImmediateKind.Tag:
            case ImmediateKind.Data:
            case ImmediateKind.Elem:
                instruction.Index = reader.ReadU32();
                break;

            case ImmediateKind.CallIndirect:
            case ImmediateKind.MemoryMemory:
            case ImmediateKind.DataMemory:
            case ImmediateKind.ElemTable:
            case ImmediateKind.TableTable:
            case ImmediateKind.TypeField:
            case ImmediateKind.TypeCount:
            case ImmediateKind.TypeData:
            case ImmediateKind.TypeElem:
            case ImmediateKind.TypeType:
                instruction.Index = reader.ReadU32();
                instruction.Index2 = reader.ReadU32();
                break;

            case ImmediateKind.I32:
                instruction.Value = (uint)reader.ReadS32();
                break;

            case ImmediateKind.I64:
                instruction.Value = (ulong)reader.ReadS64();
                break;

            case ImmediateKind.F32:
                instruction.Value = reader.ReadFixed32();
                break;

            case ImmediateKind.F64:
                instruction.Value = reader.ReadFixed64();
                break;

            case ImmediateKind.MemArg:
                ReadMemArg(ref reader, out instruction);
                break;

            case ImmediateKind.BlockType:
                instruction.BlockType = BlockType.Read(ref reader);
                break;

            default:
                ReadRare(kind, (Opcode)code, ref reader, out instruction);
                break;
        }
    }

    /// <summary>Moves past the instruction at the cursor, with the same checks as reading it.</summary>
    /// <exception cref="WasmFormatException">The opcode is not defined, an immediate is malformed, or the input ends.</exception>
    public static Opcode Skip(ref WasmReader reader)
    {
        Read(ref reader, out Instruction instruction);
        return instruction.Opcode;
    }

    /// <summary>Moves past an expression: instructions up to and including the <c>end</c> that closes no block.</summary>
    /// <exception cref="WasmFormatException">An instruction is malformed, or the input ends first.</exception>
    public static void SkipExpression(ref WasmReader reader)
    {
        for (int depth = 1; depth != 0;)
        {
            switch (Skip(ref reader))
            {
                case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                    depth++;
                    break;
                case Opcode.End or Opcode.Delegate:
                    depth--;
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadOpcodeByte(ref WasmReader reader)
    {
        if (reader.IsAtEnd)
        {
            // A body ends with an opcode, so the input did not end within an instruction: the scripts' longer text.
            Throw.Malformed("unexpected end of section or function", reader.Offset);
        }

        return reader.ReadByte();
    }

    // Also the way to the error for a byte that is neither an opcode nor a prefix.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint ReadPrefixedCode(uint prefix, long offset, ref WasmReader reader)
    {
        (uint first, uint limit) = prefix switch
        {
            0xfb => (0x100u, 0x100u),
            0xfc => (0x200u, 0x100u),
            0xfd => (0x300u, 0x200u),
            0xfe => (0x500u, 0x100u),
            _ => (0u, 0u),
        };

        if (limit == 0)
        {
            Throw.Malformed($"illegal opcode {prefix:x2}", offset);
        }

        uint number = reader.ReadU32();
        if (number >= limit || !OpcodeTable.IsDefined((Opcode)(first + number)))
        {
            Throw.Malformed($"illegal opcode {prefix:x2} {number:x2}", offset);
        }

        return first + number;
    }

    private static void ReadMemArg(ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        long at = reader.Offset;
        uint flags = reader.ReadU32();
        uint memoryIndex = 0;
        if (flags >= MemoryIndexFlag)
        {
            if (flags > MaxMemArgFlags)
            {
                Throw.Malformed("malformed memop flags", at);
            }

            memoryIndex = reader.ReadU32();
        }

        instruction.AlignLog2 = (byte)(flags & ~MemoryIndexFlag);
        instruction.Index = memoryIndex;
        instruction.Value = reader.ReadU64();
    }

    private static void ReadRare(ImmediateKind kind, Opcode opcode, ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        switch (kind)
        {
            case ImmediateKind.BrTable:
                ReadBrTable(ref reader, out instruction);
                break;

            case ImmediateKind.SelectTypes:
                ReadSelectTypes(ref reader, out instruction);
                break;

            case ImmediateKind.TryTable:
                ReadTryTable(ref reader, out instruction);
                break;

            case ImmediateKind.HeapType:
                bool isNullable = opcode is Opcode.RefNull or Opcode.RefTestNull or Opcode.RefCastNull;
                instruction.Type = ValType.Ref(TypeReader.ReadHeapType(ref reader), isNullable);
                break;

            case ImmediateKind.BrOnCast:
                ReadBrOnCast(ref reader, out instruction);
                break;

            case ImmediateKind.V128:
            case ImmediateKind.Shuffle:
                instruction.Value = reader.ReadFixed64();
                instruction.ValueHigh = reader.ReadFixed64();
                break;

            case ImmediateKind.Lane:
                instruction.Index = reader.ReadByte();
                break;

            case ImmediateKind.MemArgLane:
                ReadMemArg(ref reader, out instruction);
                instruction.Index2 = reader.ReadByte();
                break;

            case ImmediateKind.Fence:
                if (reader.ReadByte() != 0)
                {
                    Throw.Malformed("zero byte expected", reader.Offset - 1);
                }

                break;

            default:
                throw new InvalidOperationException($"no reader for immediates of kind {kind}");
        }
    }

    // A count is not checked before its items are read: nothing is reserved for them, and they run out with the input.
    private static void ReadBrTable(ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        uint count = reader.ReadU32();
        int start = reader.Position;
        for (uint i = 0; i < count; i++)
        {
            reader.ReadU32();
        }

        instruction.Index = count;
        instruction.Vector = reader.Bytes[start..reader.Position];
        instruction.Index2 = reader.ReadU32();
    }

    private static void ReadSelectTypes(ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        uint count = reader.ReadU32();
        int start = reader.Position;
        for (uint i = 0; i < count; i++)
        {
            ValType type = TypeReader.ReadValType(ref reader);
            if (i == 0)
            {
                instruction.Type = type;
            }
        }

        instruction.Index = count;
        instruction.Vector = reader.Bytes[start..reader.Position];
    }

    private static void ReadTryTable(ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        instruction.BlockType = BlockType.Read(ref reader);
        uint count = reader.ReadU32();
        int start = reader.Position;
        for (uint i = 0; i < count; i++)
        {
            CatchClause.Read(ref reader);
        }

        instruction.Index = count;
        instruction.Vector = reader.Bytes[start..reader.Position];
    }

    private static void ReadBrOnCast(ref WasmReader reader, out Instruction instruction)
    {
        Unsafe.SkipInit(out instruction);
        long at = reader.Offset;
        byte flags = reader.ReadByte();
        if (flags > 3)
        {
            Throw.Malformed($"malformed br_on_cast flags 0x{flags:x2}", at);
        }

        instruction.Index = reader.ReadU32();
        instruction.Type = ValType.Ref(TypeReader.ReadHeapType(ref reader), (flags & 1) != 0);
        instruction.Type2 = ValType.Ref(TypeReader.ReadHeapType(ref reader), (flags & 2) != 0);
    }
}
