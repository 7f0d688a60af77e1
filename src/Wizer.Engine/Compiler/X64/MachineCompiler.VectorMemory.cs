using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Loads and stores of vectors and of lanes, where Access has those of everything else.
internal sealed unsafe partial class MachineCompiler
{
    private void AccessVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isLane = opcode is >= Opcode.V128Load8Lane and <= Opcode.V128Store64Lane;
        bool isStore = opcode is Opcode.V128Store or (>= Opcode.V128Store8Lane and <= Opcode.V128Store64Lane);
        if (_memory == null)
        {
            Decline();
            return;
        }

        Value vector = isStore || isLane ? Pop() : default;
        Value address = Pop();
        if (isStore || isLane)
        {
            ToVector(ref vector);
        }

        Gpr index = ToIndex(ref address, instruction.Value, (ulong)OpcodeTable.Width(opcode), out int displacement);
        if (isStore)
        {
            StoreVector(opcode, vector.Register, (int)instruction.Index2, index, displacement);
            Release(vector);
            Release(address);
            return;
        }

        if (opcode == Opcode.V128Load && ReadsMemory(_nextVector))
        {
            _memoryAddress = address;
            _memoryOffset = Offset;
            Push(new Value { Kind = ValueKind.Memory, Type = SlotType.V128, Register = (sbyte)index, Place = displacement });
            return;
        }

        int register = ResultRegister(SlotType.V128, vector, default);
        LoadVector(opcode, register, vector.Register, index, displacement);
        if (isLane)
        {
            _code.Byte((int)instruction.Index2);
            ReleaseUnless(vector, register);
        }

        Release(address);
        PushRegister(SlotType.V128, register);
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

    // One instruction each; of a lane, its number is still to follow.
    private void LoadVector(Opcode opcode, int register, int vector, Gpr index, int displacement)
    {
        // The map, the prefix as Vex numbers it, and the opcode.
        int encoding = opcode switch
        {
            Opcode.V128Load => 0x1010,
            Opcode.V128Load8x8S => 0x2120,
            Opcode.V128Load8x8U => 0x2130,
            Opcode.V128Load16x4S => 0x2123,
            Opcode.V128Load16x4U => 0x2133,
            Opcode.V128Load32x2S => 0x2125,
            Opcode.V128Load32x2U => 0x2135,
            Opcode.V128Load8Splat => 0x2178,
            Opcode.V128Load16Splat => 0x2179,
            Opcode.V128Load32Splat => 0x2118,
            Opcode.V128Load64Splat => 0x1312,
            Opcode.V128Load32Zero => 0x1210,
            Opcode.V128Load64Zero => 0x1310,
            Opcode.V128Load8Lane => 0x3120,
            Opcode.V128Load16Lane => 0x11c4,
            _ => 0x3122,
        };
        int second = opcode is >= Opcode.V128Load8Lane and <= Opcode.V128Load64Lane ? vector : 0;
        _code.VexMemory(
            encoding >> 12, (encoding >> 8) & 15, opcode == Opcode.V128Load64Lane, encoding & 0xff, register, second, Gpr.R15, index, displacement);
    }

    private void StoreVector(Opcode opcode, int vector, int lane, Gpr index, int displacement)
    {
        switch (opcode)
        {
            case Opcode.V128Store:
                _code.StoreVector(vector, Gpr.R15, index, displacement);
                return;
            case Opcode.V128Store32Lane or Opcode.V128Store64Lane when lane == 0:
                _code.StoreFloat(vector, Gpr.R15, index, displacement, opcode == Opcode.V128Store64Lane);
                return;
            case Opcode.V128Store8Lane:
                _code.VexMemory(3, Assembler.Prefix66, false, 0x14, vector, 0, Gpr.R15, index, displacement);
                break;
            case Opcode.V128Store16Lane:
                _code.VexMemory(3, Assembler.Prefix66, false, 0x15, vector, 0, Gpr.R15, index, displacement);
                break;
            default:
                _code.VexMemory(3, Assembler.Prefix66, opcode == Opcode.V128Store64Lane, 0x16, vector, 0, Gpr.R15, index, displacement);
                break;
        }

        _code.Byte(lane);
    }
}
