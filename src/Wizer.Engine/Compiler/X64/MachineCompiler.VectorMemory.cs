using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Loads and stores of vectors and of lanes, where MachineCompiler.Memory.cs has those of everything else.
internal sealed unsafe partial class MachineCompiler
{
    private void LoadVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isLane = OpcodeTable.Immediates(opcode) == ImmediateKind.MemArgLane;
        Operand vector = isLane ? Pop() : default;
        Operand address = Pop();
        if (isLane)
        {
            ToVector(ref vector);
        }

        Place at = ToPlace(ref instruction, ref address);
        if (opcode == Opcode.V128Load && at.Base == Gpr.R15 && ReadsMemory(_nextVector))
        {
            _memoryAddress = address;
            _memoryOffset = Offset;
            Push(new Operand { Kind = OperandKind.Memory, Type = SlotType.V128, Register = (sbyte)at.Index, Place = at.Displacement });
            return;
        }

        int register = ResultRegister(SlotType.V128, vector, default);
        EmitAccess(opcode, Reach(at, register, isLane ? vector.Register : 0), (int)instruction.Index2);
        if (isLane)
        {
            ReleaseUnless(vector, register);
        }

        Release(address);
        PushRegister(SlotType.V128, register);
    }

    private void StoreVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        Operand vector = Pop();
        Operand address = Pop();
        ToVector(ref vector);
        Place at = ToPlace(ref instruction, ref address);
        EmitAccess(opcode, Reach(at, vector.Register), (int)instruction.Index2);
        Release(vector);
        Release(address);
    }

    // Whether an instruction is one step, which takes all 16 bytes of the top entry from memory.
    private bool ReadsMemory(Opcode opcode)
    {
        uint steps = opcode == Opcode.Nop ? 0 : VectorSteps.Of(opcode, host.IsRelaxedSimdDeterministic);
        if (((steps >> 16) & 0xff) != 1 || OpcodeTable.Signature(opcode).OperandCount != 2)
        {
            return false;
        }

        ReadOnlySpan<byte> step = VectorSteps.Steps.Slice((int)(steps & 0xffff) * StepByteLength, StepByteLength);
        return ((step[0] >> 5) & 3) == 0 && (step[3] & 15) == FirstStackOperand + 1 && step[2] >> 4 == FirstStackOperand;
    }

    private void MoveVector(Place at, VexCode code) => _code.VexMemory(
        code.Map, code.Prefix, code.IsWide, code.Opcode, at.Register, at.Second, at.Base, at.Index, at.Displacement);

    private void MoveLane(Place at, int lane, VexCode code)
    {
        MoveVector(at, code);
        _code.Byte(lane);
    }

    // The lowest lane is a float, whatever it is.
    private void MoveLaneOrLowest(Place at, int lane, VexCode code, VexCode lowest)
    {
        if (lane == 0)
        {
            MoveVector(at, lowest);
        }
        else
        {
            MoveLane(at, lane, code);
        }
    }
}
