using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Shifts of all lanes by one count, modulo their width. The processor has none of bytes, and none that are signed of 64 bits.
internal sealed unsafe partial class MachineCompiler
{
    private void ShiftVector(Shift shift, int width)
    {
        Operand b = Pop();
        Operand a = Pop();
        int from = ToVector(ref a);
        int count = -1;
        if (b.Kind == OperandKind.Constant)
        {
            count = (int)b.Bits & (width - 1);
        }
        else
        {
            MoveTo(Gpr.Rax, b);
            _code.OperateConstant(Alu.And, Gpr.Rax, width - 1, wide: false);
            _code.MoveToVector(ScratchVector, Gpr.Rax, wide: false);
            Release(b);
        }

        bool needsMore = width == 8 || (width == 64 && shift == Shift.RightSigned);
        int other = needsMore ? AllocateVector() : 0;
        int another = needsMore ? AllocateVector() : 0;
        int register = ResultRegister(SlotType.V128, a, default);
        if (width == 8)
        {
            ShiftBytes(shift, register, from, count, other, another);
        }
        else if (needsMore)
        {
            // What was the sign is a bit further down now, and to be copied into those above: x ^ bit - bit.
            LoadShifted(other, 0x8000_0000_0000_0000, count);
            ShiftLanes(Shift.RightUnsigned, 64, ScratchVector, from, count);
            SpreadSign(register, other, 64);
        }
        else
        {
            ShiftLanes(shift, width, register, from, count);
        }

        if (needsMore)
        {
            _temporaries.ReleaseVectors((1u << other) | (1u << another));
        }

        ReleaseUnless(a, register);
        PushRegister(SlotType.V128, register);
    }

    // As words; what crosses from one byte to the other is masked out: before a shift to the left, and after one to the right.
    private void ShiftBytes(Shift shift, int register, int from, int count, int mask, int sign)
    {
        LoadShiftedBytes(mask, 0xff, count);
        if (shift == Shift.Left)
        {
            And(mask, mask, from);
            ShiftLanes(shift, 16, register, mask, count);
            return;
        }

        if (shift == Shift.RightUnsigned)
        {
            ShiftLanes(shift, 16, ScratchVector, from, count);
            And(register, ScratchVector, mask);
            return;
        }

        LoadShiftedBytes(sign, 0x80, count);
        ShiftLanes(Shift.RightUnsigned, 16, ScratchVector, from, count);
        And(ScratchVector, ScratchVector, mask);
        SpreadSign(register, sign, 8);
    }

    // The same in each lane, shifted to the right by a constant, or else by xmm0.
    private void LoadShifted(int register, ulong lane, int count)
    {
        LoadLanes(register, count >= 0 ? lane >> count : lane);
        if (count < 0)
        {
            ShiftLanes(Shift.RightUnsigned, 64, register, register, count);
        }
    }

    private void LoadShiftedBytes(int register, ulong value, int count)
    {
        if (count >= 0)
        {
            LoadLanes(register, (value >> count) * 0x0101_0101_0101_0101);
            return;
        }

        LoadLanes(register, value * 0x0001_0001_0001_0001);
        ShiftLanes(Shift.RightUnsigned, 16, register, register, count);
        _code.Vex(1, Assembler.Prefix66, false, 0x67, register, register, register);
    }

    private void LoadLanes(int register, ulong lanes) =>
        _code.VexConstant(1, Assembler.PrefixNone, false, 0x10, register, 0, lanes, lanes);

    // By a constant, or else by xmm0.
    private void ShiftLanes(Shift shift, int width, int register, int from, int count)
    {
        int lane = width switch { 16 => 1, 32 => 2, _ => 3 };
        if (count >= 0)
        {
            int digit = shift switch { Shift.Left => 6, Shift.RightUnsigned => 2, _ => 4 };
            _code.Vex(1, Assembler.Prefix66, false, 0x70 | lane, digit, register, from);
            _code.Byte(count);
        }
        else
        {
            int opcode = shift switch { Shift.Left => 0xf0, Shift.RightUnsigned => 0xd0, _ => 0xe0 };
            _code.Vex(1, Assembler.Prefix66, false, opcode | lane, register, from, ScratchVector);
        }
    }

    // Of xmm0, with a bit for each lane.
    private void SpreadSign(int register, int sign, int width)
    {
        _code.Vex(1, Assembler.Prefix66, false, 0xef, ScratchVector, ScratchVector, sign);
        _code.Vex(1, Assembler.Prefix66, false, width == 8 ? 0xf8 : 0xfb, register, ScratchVector, sign);
    }

    private void And(int register, int a, int b) => _code.Vex(1, Assembler.Prefix66, false, 0xdb, register, a, b);
}
