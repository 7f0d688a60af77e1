using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Vector instructions that are rows of x64-vectors.tsv: a few machine instructions each, of which the last writes the result.
internal sealed unsafe partial class MachineCompiler
{
    private const byte VectorPrefix = 0xfd;
    private const int StepByteLength = 6;

    // Operands of steps, as x64-vectors.tsv names them: r, x, y, z, a, b, c, and constants.
    private const int ResultOperand = 0;
    private const int ScratchOperand = 1;
    private const int FirstTemporaryOperand = 2;
    private const int FirstStackOperand = 4;
    private const int ConstantOperand = 7;

    private readonly int[] _stepRegisters = new int[ConstantOperand];
    private readonly Operand[] _stepOperands = new Operand[3];

    private void EmitSteps(Opcode opcode, uint steps)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        Operand[] operands = _stepOperands;
        int operandCount = signature.OperandCount;
        for (int i = operandCount - 1; i >= 0; i--)
        {
            operands[i] = Pop();
        }

        ReadOnlySpan<byte> code = VectorSteps.Steps.Slice(
            (int)(steps & 0xffff) * StepByteLength, (int)((steps >> 16) & 0xff) * StepByteLength);
        if ((int)steps < 0 && operands[1].IsInRegister && !operands[0].IsInRegister)
        {
            (operands[0], operands[1]) = (operands[1], operands[0]);
        }

        SlotType type = SlotTypes.OfCode(signature.Result);
        int inMemory = type == SlotType.V128 ? FindInMemory(code) : -1;
        int[] registers = _stepRegisters;
        registers[ScratchOperand] = ScratchVector;
        for (int i = 0; i < operandCount; i++)
        {
            if (i != inMemory)
            {
                registers[FirstStackOperand + i] = operands[i].IsInteger ? (int)ToGpr(ref operands[i]) : ToVector(ref operands[i]);
            }
        }

        uint temporaries = 0;
        for (int i = 0; i < 2; i++)
        {
            if ((steps & (1u << (24 + i))) != 0)
            {
                registers[FirstTemporaryOperand + i] = AllocateVector();
                temporaries |= 1u << registers[FirstTemporaryOperand + i];
            }
        }

        int last = code.Length - StepByteLength;
        for (int at = 0; at < last; at += StepByteLength)
        {
            EmitStep(code.Slice(at, StepByteLength), -1);
        }

        int register = ResultRegister(type, FindTemporary(operandCount), default);
        registers[ResultOperand] = register;
        EmitStep(code[last..], inMemory);
        _temporaries.ReleaseVectors(temporaries);
        for (int i = 0; i < operandCount; i++)
        {
            if (operands[i].IsInteger == IsInteger(type))
            {
                ReleaseUnless(operands[i], register);
            }
            else
            {
                Release(operands[i]);
            }
        }

        PushVector(type, register, OpcodeTable.NanLanes(opcode));
    }

    private void PushVector(SlotType type, int register, NanLanes lanes)
    {
        if (_canonicalizesNaNs && lanes != NanLanes.None)
        {
            Canonicalize(register, lanes);
        }

        PushRegister(type, register);
    }

    // The operand of a single step that can be read where it is, or -1.
    private int FindInMemory(ReadOnlySpan<byte> code)
    {
        int operand = (code[3] & 15) - FirstStackOperand;
        bool isOnly = code.Length == StepByteLength && operand is >= 0 and < 3
            && code[2] >> 4 != code[3] && ((code[3] & 0x80) == 0 || code[4] != (code[3] & 15));
        return isOnly && _stepOperands[operand].Type == SlotType.V128 && !_stepOperands[operand].IsInRegister ? operand : -1;
    }

    // An operand whose register the result may have.
    private Operand FindTemporary(int operandCount)
    {
        for (int i = 0; i < operandCount; i++)
        {
            if (_stepOperands[i].Kind == OperandKind.Temporary && !_stepOperands[i].IsInteger)
            {
                return _stepOperands[i];
            }
        }

        return default;
    }

    private void EmitStep(ReadOnlySpan<byte> step, int inMemory)
    {
        int[] registers = _stepRegisters;
        int prefix = step[0] & 3;
        int map = (step[0] >> 2) & 3;
        bool isWide = (step[0] & 0x10) != 0;
        bool hasImmediate = (step[0] & 0x80) != 0;
        int register = registers[step[2] & 15];
        int second = 0;
        switch ((step[0] >> 5) & 3)
        {
            case 0:
                second = registers[step[2] >> 4];
                break;
            case 2:
                second = register;
                register = step[2] >> 4;
                break;
        }

        int last = step[3] & 15;
        if (last == ConstantOperand)
        {
            _code.VexConstant(
                map, prefix, isWide, step[1], register, second,
                VectorSteps.Constant(2 * step[5]), VectorSteps.Constant((2 * step[5]) + 1), hasImmediate ? 1 : 0);
        }
        else if (last - FirstStackOperand == inMemory && inMemory >= 0)
        {
            Operand value = _stepOperands[inMemory];
            if (value.Kind == OperandKind.Constant)
            {
                _code.VexConstant(map, prefix, isWide, step[1], register, second, value.Bits, value.HighBits, hasImmediate ? 1 : 0);
            }
            else if (value.Kind == OperandKind.Memory)
            {
                // What traps here is the load.
                NoteOffset(_memoryOffset);
                _code.VexMemory(map, prefix, isWide, step[1], register, second, Gpr.R15, value.Gpr, value.Place);
                NoteOffset(Offset);
                Release(_memoryAddress);
            }
            else
            {
                _code.VexMemory(map, prefix, isWide, step[1], register, second, Gpr.Rbx, Gpr.None, SlotOffset(value.Place));
            }
        }
        else
        {
            _code.Vex(map, prefix, isWide, step[1], register, second, registers[last]);
        }

        if (hasImmediate)
        {
            _code.Byte((step[3] & 0x80) != 0 ? registers[step[4]] << 4 : step[4]);
        }
    }
}
