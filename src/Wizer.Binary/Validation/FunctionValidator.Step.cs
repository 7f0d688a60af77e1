namespace Wizer.Binary;

/// <summary>One instruction after the other, by the rules of the specification. Core 3.0, Validation: Instructions.</summary>
internal sealed partial class FunctionValidator
{
    /// <summary>Checks one instruction and applies it to the stacks. All errors come from here.</summary>
    internal void Step(ref Instruction instruction)
    {
        if (Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(Cancellation);
        }

        Opcode opcode = instruction.Opcode;
        uint index = instruction.Index;
        _at = instruction.Offset;
        ResetCounts();
        if (_firstUses[(int)opcode] == 0)
        {
            NoteFirstUse(opcode, _at);
        }

        switch (opcode)
        {
            case Opcode.Unreachable:
                SetUnreachable();
                break;

            case Opcode.Nop:
                break;

            case Opcode.Block:
                PushFrame(FrameKind.Block, instruction.BlockType);
                break;

            case Opcode.Loop:
                PushFrame(FrameKind.Loop, instruction.BlockType);
                break;

            case Opcode.If:
                CheckBlockType(instruction.BlockType);
                Pop(ValType.I32);
                PushFrame(FrameKind.If, instruction.BlockType);
                break;

            case Opcode.Else:
                StepElse();
                break;

            case Opcode.End:
                StepEnd();
                break;

            case Opcode.Br:
                Pop(LabelTypes(index));
                SetUnreachable();
                break;

            case Opcode.BrIf:
                StepBrIf(index);
                break;

            case Opcode.BrTable:
                StepBrTable(instruction);
                break;

            case Opcode.Return:
                StepReturn();
                break;

            case Opcode.Call:
                StepCall(CalleeOf(index));
                break;

            case Opcode.CallIndirect:
                StepCall(PopIndirectCallee(new TypeIndex(index), new TableIndex(instruction.Index2)));
                break;

            case Opcode.CallRef:
                StepCall(PopCalleeRef(index));
                break;

            case Opcode.ReturnCall:
                StepReturnCall(CalleeOf(index));
                break;

            case Opcode.ReturnCallIndirect:
                StepReturnCall(PopIndirectCallee(new TypeIndex(index), new TableIndex(instruction.Index2)));
                break;

            case Opcode.ReturnCallRef:
                StepReturnCall(PopCalleeRef(index));
                break;

            case Opcode.TryTable:
                StepTryTable(instruction);
                break;

            case Opcode.Throw:
                Pop(TagParameters(index));
                SetUnreachable();
                break;

            case Opcode.ThrowRef:
                Pop(ValType.Ref(HeapType.Exn, nullable: true));
                SetUnreachable();
                break;

            case Opcode.Try:
                PushFrame(FrameKind.Try, instruction.BlockType);
                break;

            case Opcode.Catch:
                StepCatch(FrameKind.Catch, TagParameters(index));
                break;

            case Opcode.CatchAll:
                StepCatch(FrameKind.CatchAll, default);
                break;

            case Opcode.Delegate:
                StepDelegate(index);
                break;

            case Opcode.Rethrow:
                StepRethrow(index);
                break;

            case Opcode.Drop:
                Pop();
                break;

            case Opcode.Select:
                StepSelect();
                break;

            case Opcode.SelectTyped:
                if (index != 1)
                {
                    Throw.Invalid($"invalid result arity: select of {index} types", _at);
                }

                _context.CheckType(instruction.Type, _at);
                Pop(instruction.Type, instruction.Type, ValType.I32);
                Push(instruction.Type);
                break;

            case Opcode.LocalGet:
                ValType got = LocalAt(index);
                CheckIsSet(index, got);
                Push(got);
                break;

            case Opcode.LocalSet:
                ValType set = LocalAt(index);
                Pop(set);
                NoteSet(index, set);
                break;

            case Opcode.LocalTee:
                ValType tee = LocalAt(index);
                Pop(tee);
                NoteSet(index, tee);
                Push(tee);
                break;

            case Opcode.GlobalGet:
                Push(GlobalAt(index).Value);
                break;

            case Opcode.GlobalSet:
                GlobalType global = GlobalAt(index);
                if (!global.IsMutable)
                {
                    Throw.Invalid($"immutable global {index}", _at);
                }

                Pop(global.Value);
                break;

            case Opcode.TableGet:
                TableType table = TableAt(index);
                Pop(table.Limits.AddressType);
                Push(table.Element);
                break;

            case Opcode.TableSet:
                table = TableAt(index);
                Pop(table.Limits.AddressType, table.Element);
                break;

            case Opcode.TableGrow:
                table = TableAt(index);
                Pop(table.Element, table.Limits.AddressType);
                Push(table.Limits.AddressType);
                break;

            case Opcode.TableFill:
                table = TableAt(index);
                Pop(table.Limits.AddressType, table.Element, table.Limits.AddressType);
                break;

            case Opcode.TableCopy:
                table = TableAt(index);
                TableType sourceTable = TableAt(instruction.Index2);
                CheckElementsMatch(sourceTable.Element, table.Element);
                PopCopyOperands(table.Limits, sourceTable.Limits);
                break;

            case Opcode.TableInit:
                table = TableAt(instruction.Index2);
                CheckElementsMatch(ElementsAt(index).Type, table.Element);
                Pop(table.Limits.AddressType, ValType.I32, ValType.I32);
                break;

            case Opcode.MemoryCopy:
                PopCopyOperands(MemoryAt(index).Limits, MemoryAt(instruction.Index2).Limits);
                break;

            case Opcode.I64Add128:
            case Opcode.I64Sub128:
                Pop(ValType.I64, ValType.I64, ValType.I64, ValType.I64);
                Push(Sequence(2, ValType.I64, ValType.I64));
                break;

            case Opcode.I64MulWideS:
            case Opcode.I64MulWideU:
                Pop(ValType.I64, ValType.I64);
                Push(Sequence(2, ValType.I64, ValType.I64));
                break;

            default:
                StepByFamily(instruction);
                break;
        }

        CheckRow(opcode);
    }

    private void StepByFamily(in Instruction instruction)
    {
        switch (OpcodeTable.Family(instruction.Opcode))
        {
            case OpcodeFamily.Reference:
                StepReference(instruction);
                break;

            case OpcodeFamily.Aggregate:
                StepAggregate(instruction);
                break;

            default:
                StepRegular(instruction);
                break;
        }
    }

    /// <summary>The instructions whose types stand in the table: only their immediates are left to check.</summary>
    private void StepRegular(in Instruction instruction)
    {
        ValType address = CheckImmediates(instruction);
        OpcodeSignature signature = OpcodeTable.Signature(instruction.Opcode);
        Pop(Sequence(
            signature.OperandCount,
            TypeOf(signature.Operand0, address),
            TypeOf(signature.Operand1, address),
            TypeOf(signature.Operand2, address)));
        if (signature.Result != OpcodeSignature.Nothing)
        {
            Push(TypeOf(signature.Result, address));
        }
    }

    private static ValType TypeOf(byte code, ValType address) =>
        code == OpcodeSignature.Address ? address : ValType.FromCode(code);

    /// <returns>The type of addresses, for instructions that take one.</returns>
    private ValType CheckImmediates(in Instruction instruction)
    {
        switch (OpcodeTable.Immediates(instruction.Opcode))
        {
            case ImmediateKind.MemArg:
                return CheckMemArg(instruction);

            case ImmediateKind.MemArgLane:
                ValType address = CheckMemArg(instruction);
                CheckLane(instruction.Index2, 16 / OpcodeTable.Width(instruction.Opcode));
                return address;

            case ImmediateKind.Lane:
                CheckLane(instruction.Index, 16 / OpcodeTable.Width(instruction.Opcode));
                return default;

            case ImmediateKind.Shuffle:
                for (int i = 0; i < 16; i++)
                {
                    CheckLane(instruction.Byte(i), 32);
                }

                return default;

            case ImmediateKind.Memory:
                return MemoryAt(instruction.Index).Limits.AddressType;

            case ImmediateKind.DataMemory:
                address = MemoryAt(instruction.Index2).Limits.AddressType;
                CheckData(instruction.Index);
                return address;

            case ImmediateKind.Data:
                CheckData(instruction.Index);
                return default;

            case ImmediateKind.Elem:
                ElementsAt(instruction.Index);
                return default;

            case ImmediateKind.Table:
                return TableAt(instruction.Index).Limits.AddressType;

            default:
                return default;
        }
    }

    private ValType CheckMemArg(in Instruction instruction)
    {
        Limits limits = MemoryAt(instruction.Index).Limits;
        int width = OpcodeTable.Width(instruction.Opcode);
        bool isAtomic = OpcodeTable.Proposal(instruction.Opcode) == Proposal.Threads;
        if (instruction.AlignLog2 > 4 || 1 << instruction.AlignLog2 > width)
        {
            Throw.Invalid($"alignment must not be larger than natural: 2^{instruction.AlignLog2} for {width} bytes", _at);
        }

        if (isAtomic && 1 << instruction.AlignLog2 != width)
        {
            Throw.Invalid($"atomic alignment must be natural: 2^{instruction.AlignLog2} for {width} bytes", _at);
        }

        if (!limits.Is64 && instruction.Value > uint.MaxValue)
        {
            Throw.Invalid($"offset out of range: {instruction.Value} in a memory with 32-bit addresses", _at);
        }

        return limits.AddressType;
    }

    private void CheckLane(uint lane, int count)
    {
        if (lane >= (uint)count)
        {
            Throw.Invalid($"invalid lane index {lane}: there are {count}", _at);
        }
    }

    private void StepSelect()
    {
        Pop(ValType.I32);
        ValType second = Pop();
        ValType first = Pop();
        if (first.IsRef || second.IsRef || (first != second && !first.IsBottom && !second.IsBottom))
        {
            Throw.Invalid(
                $"type mismatch: select without a type requires two equal numbers or vectors but stack has [{first} {second}]", _at);
        }

        Push(first.IsBottom ? second : first);
    }

    private GlobalType GlobalAt(uint index)
    {
        if (index >= (uint)_module.Globals.Length)
        {
            Throw.Unknown("global", index, _module.Globals.Length, _at);
        }

        return _module.Globals[index].Type;
    }

    private TableType TableAt(uint index)
    {
        if (index >= (uint)_module.Tables.Length)
        {
            Throw.Unknown("table", index, _module.Tables.Length, _at);
        }

        return _module.Tables[index].Type;
    }

    private MemoryType MemoryAt(uint index)
    {
        if (index >= (uint)_module.Memories.Length)
        {
            Throw.Unknown("memory", index, _module.Memories.Length, _at);
        }

        return _module.Memories[index].Type;
    }

    private ElementSegmentInfo ElementsAt(uint index)
    {
        if (index >= (uint)_module.ElementSegments.Length)
        {
            Throw.Unknown("elem segment", index, _module.ElementSegments.Length, _at);
        }

        NamedElementCount = Math.Max(NamedElementCount, index + 1);
        return _module.ElementSegments[index];
    }

    // The data section comes after the code, so code may only refer to segments whose number was announced.
    private void CheckData(uint index)
    {
        if (_module.DataCount is not uint count)
        {
            Throw.Malformed("data count section required", _at);
            return;
        }

        if (index >= count)
        {
            Throw.Unknown("data segment", index, (int)count, _at);
        }

        NamedDataCount = Math.Max(NamedDataCount, index + 1);
    }

    private void CheckElementsMatch(ValType from, ValType to)
    {
        if (!_types.IsSubtype(from, to))
        {
            Throw.Invalid($"type mismatch: elements of type {from} for a table of {to}", _at);
        }
    }

    // The count has the smaller of the two address types.
    private void PopCopyOperands(Limits target, Limits source) =>
        Pop(target.AddressType, source.AddressType, target.Is64 && source.Is64 ? ValType.I64 : ValType.I32);
}
