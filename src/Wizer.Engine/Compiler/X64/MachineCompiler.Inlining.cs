using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Calls of functions that are a few instructions, none of which can trap, call or branch: those instructions take the place of the call.
// What remains of it is a look whether the callee's frame would fit, so that recursion ends where it ends in the other tiers.
internal sealed unsafe partial class MachineCompiler
{
    private const int MaxInlinedByteLength = 40;
    private const int MaxInlinedParameterCount = 8;

    // How often each parameter is still to be read.
    private readonly int[] _reads = new int[MaxInlinedParameterCount];

    private bool TryInline(uint index, FuncType type)
    {
        ByteRange body = Module.BodyOf(index);
        if (body.Length > MaxInlinedByteLength || type.Parameters.Length > MaxInlinedParameterCount || type.Results.Length > 1)
        {
            return false;
        }

        var reader = new WasmReader(body.Of(Module.Bytes.Span), body.Offset);
        if (reader.ReadCount() != 0 || !TryMeasure(reader, type, out int slotCount))
        {
            return false;
        }

        CheckFits(_operands.SlotOf(type.Parameters.Length) + slotCount);
        EmitInlined(reader, _operands.Count - type.Parameters.Length, type);
        return true;
    }

    // Whether a body is of the kind, and how large its frame would be: as the translator has it.
    private bool TryMeasure(WasmReader reader, FuncType type, out int slotCount)
    {
        Array.Clear(_reads);
        slotCount = 0;
        int parameterSlots = 0;
        foreach (ValType parameter in type.Parameters)
        {
            if (parameter.IsVector)
            {
                return false;
            }

            parameterSlots++;
        }

        int height = 0;
        int highest = 0;
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            Opcode opcode = instruction.Opcode;
            switch (opcode)
            {
                case Opcode.End:
                    slotCount = Math.Max(parameterSlots + FrameHeader.SavedSlots + highest, type.Results.Length);
                    return true;
                case Opcode.Nop:
                    continue;
                case Opcode.LocalGet:
                    _reads[instruction.Index]++;
                    height++;
                    break;
                case Opcode.GlobalGet when !Module.Globals[instruction.Index].Type.Value.IsVector:
                    height++;
                    break;
                case Opcode.Drop:
                case Opcode.GlobalSet when !Module.Globals[instruction.Index].Type.Value.IsVector:
                    height--;
                    break;
                case Opcode.Select:
                    height -= 2;
                    break;
                default:
                    if (!IsInlined(opcode))
                    {
                        return false;
                    }

                    height += 1 - OpcodeTable.Signature(opcode).OperandCount;
                    break;
            }

            highest = Math.Max(highest, height);
        }
    }

    // Computes one number, and cannot trap.
    private static bool IsInlined(Opcode opcode) => opcode switch
    {
        Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const => true,
        Opcode.I32DivS or Opcode.I32DivU or Opcode.I32RemS or Opcode.I32RemU => false,
        Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU => false,
        Opcode.I32TruncF32S or Opcode.I32TruncF32U or Opcode.I32TruncF64S or Opcode.I32TruncF64U => false,
        Opcode.I64TruncF32S or Opcode.I64TruncF32U or Opcode.I64TruncF64S or Opcode.I64TruncF64U => false,
        >= Opcode.I32Eqz and <= Opcode.I64Extend32S => !MachineInstructions.MayCall(opcode),
        _ => false,
    };

    private void CheckFits(int slotCount)
    {
        if (slotCount <= _frameSlots)
        {
            return;
        }

        _code.Address(Gpr.Rax, Gpr.Rbx, Gpr.None, SlotOffset(slotCount), wide: true);
        _code.OperateAt(Alu.Cmp, Gpr.Rax, Gpr.R14, ContextOffsets.SlotLimit, wide: true);
        _code.JumpIf(Condition.Above, SiteLabel(SiteKind.Limit));
    }

    // The arguments stay on the stack meanwhile, as what the parameters are, and the operands are above them.
    private void EmitInlined(WasmReader reader, int first, FuncType type)
    {
        Opcode next = _nextOpcode;
        InstructionReader.Read(ref reader, out Instruction instruction);
        while (instruction.Opcode != Opcode.End)
        {
            Instruction current = instruction;
            InstructionReader.Read(ref reader, out instruction);
            _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * 2 * _operands.Count));

            // The result may become the local's that is set next, and that is all: a comparison must not outlive its operands' slots.
            bool isLast = instruction.Opcode == Opcode.End;
            _nextOpcode = isLast && next is Opcode.LocalSet or Opcode.LocalTee ? next : Opcode.Nop;
            _nextVector = Opcode.Nop;
            if (current.Opcode == Opcode.LocalGet)
            {
                ReadParameter(ref _operands[first + (int)current.Index], --_reads[current.Index] == 0);
            }
            else if (current.Opcode != Opcode.Nop)
            {
                Plain(ref current);
            }
        }

        if (type.Results.Length == 0 || _isTargetTaken)
        {
            ReleaseDownTo(first);
            return;
        }

        Operand result = Pop();
        if (result.Kind is OperandKind.Slot or OperandKind.LocalSlot && result.Place >= Locals.FirstOperandSlot)
        {
            // What is above the arguments is lost, and so are they.
            if (result.IsInteger)
            {
                ToGpr(ref result);
            }
            else
            {
                ToVector(ref result);
            }
        }

        ReleaseDownTo(first);
        Push(result);
    }

    private void ReleaseDownTo(int count)
    {
        while (_operands.Count > count)
        {
            Release(Pop());
        }
    }

    // Pushes what a parameter is. Read for the last time, it is nothing any more, so that nobody has to keep it.
    private void ReadParameter(ref Operand parameter, bool isLast)
    {
        Operand value = parameter;
        if (value.Kind == OperandKind.Temporary && !isLast)
        {
            // Whoever takes a register may have to take this one.
            int register = value.IsInteger ? (int)AllocateGpr() : AllocateVector();
            if (value.IsInteger)
            {
                MoveTo((Gpr)register, parameter);
            }
            else
            {
                MoveToVector(register, parameter);
            }

            value = new Operand { Kind = OperandKind.Temporary, Type = value.Type, Register = (sbyte)register };
        }
        else if (value.Kind == OperandKind.Slot)
        {
            value.Kind = OperandKind.LocalSlot;
        }

        if (isLast)
        {
            parameter = new Operand { Kind = OperandKind.Constant, Type = value.Type, Slot = parameter.Slot };
        }

        Push(value);
    }
}
