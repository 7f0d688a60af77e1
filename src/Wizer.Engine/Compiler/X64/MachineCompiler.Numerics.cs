using System.Numerics;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Numeric instructions, as x64.tsv calls what is here.
internal sealed unsafe partial class MachineCompiler
{
    private const int LeadingZeros = 0x0fbd;
    private const int TrailingZeros = 0x0fbc;
    private const int PopulationCount = 0x0fb8;

    private void CompareTop(Condition condition)
    {
        Operand b = Pop();
        Operand a = Pop();
        Compare(condition, a, b);
    }

    private void CompareFloats(Test test, Condition condition, bool swaps = false)
    {
        Operand b = Pop();
        Operand a = Pop();
        PushComparison(test, condition, swaps ? b : a, swaps ? a : b);
    }

    private void AndTop()
    {
        if (IsFused)
        {
            TestTop();
        }
        else
        {
            Binary(Alu.And);
        }
    }

    // All that is asked next is whether it is zero; so it is an i32.
    private void TestTop()
    {
        Operand b = Pop();
        Operand a = Pop();
        if (a.Kind == OperandKind.Constant)
        {
            (a, b) = (b, a);
        }

        _compareA = a;
        _compareB = b;
        Push(new Operand { Kind = OperandKind.Comparison, Type = SlotType.I32, Test = Test.Bits, Condition = Condition.NotEqual });
    }

    private void Count(int instruction)
    {
        Operand a = Pop();
        Gpr from = ToGpr(ref a);
        var register = (Gpr)ResultRegister(a.Type, a, default);
        _code.Count(instruction, register, from, a.IsWide);
        ReleaseUnless(a, (int)register);
        PushGpr(a.Type, register);
    }

    private void Binary(Alu operation)
    {
        Operand b = Pop();
        Operand a = Pop();
        bool isWide = a.IsWide;
        SlotType type = a.Type;
        if (operation == Alu.Sub && b.Kind == OperandKind.Constant && TryImmediate(b, out int less) && less != int.MinValue)
        {
            // An addition may go to another register.
            operation = Alu.Add;
            b.Bits = (ulong)-(long)less;
        }

        bool commutes = operation != Alu.Sub;
        if (commutes && (a.Kind == OperandKind.Constant || (b.Kind == OperandKind.Temporary && a.Kind != OperandKind.Temporary)))
        {
            (a, b) = (b, a);
        }

        if (b.Kind == OperandKind.Constant && !TryImmediate(b, out _))
        {
            ToGpr(ref b);
        }

        // a - b into b's place would read b too late; a + b may take either.
        if (commutes && IsTarget(b))
        {
            (a, b) = (b, a);
        }

        var register = (Gpr)LeafRegister(type, a, b);
        if (operation == Alu.Add && a.IsInRegister && a.Gpr != register && (b.IsInRegister || b.Kind == OperandKind.Constant))
        {
            if (b.IsInRegister)
            {
                _code.Address(register, a.Gpr, b.Gpr, 0, isWide);
            }
            else
            {
                _code.Address(register, a.Gpr, Gpr.None, (int)b.Bits, isWide);
            }
        }
        else
        {
            MoveTo(register, a);
            Operate(operation, register, b);
        }

        ReleaseUnless(a, (int)register);
        ReleaseUnless(b, (int)register);
        PushGpr(type, register);
    }

    // Whether a value is the local that the next instruction sets.
    private bool IsTarget(Operand value) =>
        value.Kind == OperandKind.Local && _nextOpcode is Opcode.LocalSet or Opcode.LocalTee
            && _analysis.Locations[_accessIndex] == value.Register && Locals.TypeOf(_nextLocal) == value.Type;

    private void Operate(Alu operation, Gpr register, Operand b)
    {
        if (b.IsInRegister)
        {
            _code.Operate(operation, register, b.Gpr, b.IsWide);
        }
        else if (b.Kind != OperandKind.Constant)
        {
            _code.OperateAt(operation, register, Gpr.Rbx, SlotOffset(b.Place), b.IsWide);
        }
        else if (TryImmediate(b, out int immediate))
        {
            _code.OperateConstant(operation, register, immediate, b.IsWide);
        }
        else
        {
            _code.MoveConstant(Gpr.Rax, b.Bits);
            _code.Operate(operation, register, Gpr.Rax, b.IsWide);
        }
    }

    private void Multiply()
    {
        Operand b = Pop();
        Operand a = Pop();
        SlotType type = a.Type;
        if (a.Kind == OperandKind.Constant || (b.Kind == OperandKind.Temporary && a.Kind != OperandKind.Temporary) || IsTarget(b))
        {
            (a, b) = (b, a);
        }

        if (b.Kind == OperandKind.Constant && TryImmediate(b, out int immediate))
        {
            Gpr from = ToGpr(ref a);
            var result = (Gpr)ResultRegister(type, a, default);
            _code.MultiplyConstant(result, from, immediate, a.IsWide);
            ReleaseUnless(a, (int)result);
            PushGpr(type, result);
            return;
        }

        if (b.Kind == OperandKind.Constant)
        {
            ToGpr(ref b);
        }

        var register = (Gpr)ResultRegister(type, a, b);
        MoveTo(register, a);
        if (b.IsInRegister)
        {
            _code.Multiply(register, b.Gpr, b.IsWide);
        }
        else
        {
            _code.MultiplyAt(register, Gpr.Rbx, SlotOffset(b.Place), b.IsWide);
        }

        ReleaseUnless(a, (int)register);
        ReleaseUnless(b, (int)register);
        PushGpr(type, register);
    }

    private void Divide(bool isSigned, bool isRemainder, bool isWide)
    {
        Operand b = Pop();
        Operand a = Pop();
        if (b.Kind == OperandKind.Constant && TryDivideByConstant(a, b, isSigned, isRemainder, isWide))
        {
            return;
        }

        SlotType type = a.Type;
        bool isKnown = b.Kind == OperandKind.Constant && !(isWide ? (long)b.Bits is 0 or -1 : (int)b.Bits is 0 or -1);
        Gpr divisor = ToGpr(ref b);
        MoveTo(Gpr.Rax, a);
        Release(a);
        if (divisor == Gpr.Rdx)
        {
            divisor = AllocateGpr();
            _code.Move(divisor, Gpr.Rdx, wide: true);
            Release(b);
            b.Register = (sbyte)divisor;
        }

        Claim(Gpr.Rdx);
        int done = -1;
        if (!isKnown)
        {
            _code.Test(divisor, divisor, isWide);
            _code.JumpIf(Condition.Equal, TrapLabel(TrapKind.IntegerDivideByZero));
            if (isSigned)
            {
                // The quotient of the smallest integer is too large, and its remainder is zero, which the processor does not see.
                _code.OperateConstant(Alu.Cmp, divisor, -1, isWide);
                int isOther = _code.ShortJumpIf(Condition.NotEqual);
                if (isRemainder)
                {
                    _code.MoveConstant(Gpr.Rdx, 0);
                    done = _code.NewLabel();
                    _code.Jump(done);
                }
                else
                {
                    // Only of the smallest integer, the subtraction of one overflows.
                    _code.OperateConstant(Alu.Cmp, Gpr.Rax, 1, isWide);
                    _code.JumpIf(Condition.Overflow, TrapLabel(TrapKind.IntegerOverflow));
                }

                _code.BindShort(isOther);
            }
        }

        if (isSigned)
        {
            _code.ExtendSign(isWide);
        }
        else
        {
            _code.Operate(Alu.Xor, Gpr.Rdx, Gpr.Rdx, wide: false);
        }

        _code.Divide(divisor, isSigned, isWide);
        if (done >= 0)
        {
            _code.Bind(done);
        }

        Release(b);
        if (isRemainder)
        {
            Finish(type, Gpr.Rdx);
        }
        else
        {
            ReleaseGpr(Gpr.Rdx);
            Finish(type, Gpr.Rax);
        }
    }

    // A result that the processor leaves in a register of its choice, to a register that may be kept.
    private void Finish(SlotType type, Gpr from)
    {
        Operand value = InTemporary(type, from);
        var register = (Gpr)ResultRegister(type, value, default);
        MoveTo(register, value);
        ReleaseUnless(value, (int)register);
        PushGpr(type, register);
    }

    // By powers of two, and unsigned 32-bit integers by anything: a multiplication by the inverse.
    private bool TryDivideByConstant(Operand a, Operand b, bool isSigned, bool isRemainder, bool isWide)
    {
        ulong divisor = isWide ? b.Bits : (uint)b.Bits;
        if (isSigned || divisor == 0)
        {
            return false;
        }

        SlotType type = a.Type;
        int log2 = BitOperations.Log2(divisor);
        if (BitOperations.IsPow2(divisor))
        {
            Push(a);
            if (isRemainder)
            {
                PushConstant(type, divisor - 1);
                Binary(Alu.And);
            }
            else
            {
                PushConstant(type, (ulong)log2);
                ShiftTop(Shift.RightUnsigned);
            }

            return true;
        }

        // With m = 2^(32+l) / d rounded up, x * m >> (32+l) is the quotient whenever m fits in 32 bits and its error is small enough.
        if (isWide)
        {
            return false;
        }

        ulong power = 1UL << (32 + log2);
        ulong multiplier = (power / divisor) + 1;
        ulong error = (multiplier * divisor) - power;
        if (error > 1UL << log2)
        {
            return false;
        }

        Gpr from = ToGpr(ref a);
        _code.MoveConstant(Gpr.Rax, multiplier);
        _code.Multiply(Gpr.Rax, from, wide: true);
        _code.ShiftConstant(Shift.RightUnsigned, Gpr.Rax, 32 + log2, wide: true);
        if (!isRemainder)
        {
            Release(a);
            Finish(type, Gpr.Rax);
            return true;
        }

        _code.MultiplyConstant(Gpr.Rax, Gpr.Rax, (int)divisor, wide: false);
        var register = (Gpr)ResultRegister(type, a, default);
        MoveTo(register, a);
        _code.Operate(Alu.Sub, register, Gpr.Rax, wide: false);
        ReleaseUnless(a, (int)register);
        PushGpr(type, register);
        return true;
    }

    private void ShiftTop(Shift shift)
    {
        Operand b = Pop();
        Operand a = Pop();
        SlotType type = a.Type;
        bool isWide = a.IsWide;
        if (b.Kind == OperandKind.Constant)
        {
            int count = (int)b.Bits & (isWide ? 63 : 31);
            var register = (Gpr)LeafRegister(type, a, default);
            if (!TryRotateTo(register, shift, a, count))
            {
                MoveTo(register, a);
                if (count != 0)
                {
                    _code.ShiftConstant(shift, register, count, isWide);
                }
            }

            ReleaseUnless(a, (int)register);
            PushGpr(type, register);
            return;
        }

        if (shift is Shift.RotateLeft or Shift.RotateRight)
        {
            Rotate(shift, a, b);
            return;
        }

        Gpr by = ToGpr(ref b);
        Gpr from = ToGpr(ref a);
        var result = (Gpr)ResultRegister(type, a, default);
        _code.ShiftBy(shift, result, from, by, isWide);
        ReleaseUnless(a, (int)result);
        ReleaseUnless(b, (int)result);
        PushGpr(type, result);
    }

    // By a constant, from one place to another: one instruction in the place of two.
    private bool TryRotateTo(Gpr register, Shift shift, Operand a, int count)
    {
        if (shift is not (Shift.RotateLeft or Shift.RotateRight) || a.Kind == OperandKind.Constant || (a.IsInRegister && a.Gpr == register))
        {
            return false;
        }

        int right = shift == Shift.RotateRight ? count : -count & (a.IsWide ? 63 : 31);
        if (a.IsInRegister)
        {
            _code.RotateRightTo(register, a.Gpr, right, a.IsWide);
        }
        else
        {
            _code.RotateRightAt(register, Gpr.Rbx, SlotOffset(a.Place), right, a.IsWide);
        }

        return true;
    }

    // By cl only. What is rotated goes to rax meanwhile.
    private void Rotate(Shift shift, Operand a, Operand b)
    {
        SlotType type = a.Type;
        MoveTo(Gpr.Rax, a);
        Release(a);
        if (!(b.Kind == OperandKind.Temporary && b.Gpr == Gpr.Rcx))
        {
            Claim(Gpr.Rcx);
            MoveTo(Gpr.Rcx, b);
        }

        _code.ShiftByCl(shift, Gpr.Rax, type == SlotType.I64);
        Release(b);
        ReleaseGpr(Gpr.Rcx);
        Finish(type, Gpr.Rax);
    }

    private void Extend(int width)
    {
        Operand a = Pop();
        Gpr from = ToGpr(ref a);
        var register = (Gpr)ResultRegister(a.Type, a, default);
        switch (width)
        {
            case 8:
                _code.SignExtend8(register, from, a.IsWide);
                break;
            case 16:
                _code.SignExtend16(register, from, a.IsWide);
                break;
            default:
                _code.SignExtend32(register, from);
                break;
        }

        ReleaseUnless(a, (int)register);
        PushGpr(a.Type, register);
    }

    private void ConvertFloat(SlotType to)
    {
        Operand a = Pop();
        int source = ToVector(ref a);
        int converted = ResultRegister(to, a, default);
        _code.OperateFloats(0x5a, converted, source, source, isDouble: a.IsWide);
        ReleaseUnless(a, converted);
        PushFloat(to, converted);
    }

    private void FloatToBits(SlotType to)
    {
        Operand a = Pop();
        int bits = ToVector(ref a);
        Release(a);
        var whole = (Gpr)ResultRegister(to, default, default);
        _code.MoveFromVector(whole, bits, a.IsWide);
        PushGpr(to, whole);
    }

    private void BitsToFloat(SlotType to)
    {
        Operand a = Pop();
        Gpr pattern = ToGpr(ref a);
        Release(a);
        int vector = ResultRegister(to, default, default);
        _code.MoveToVector(vector, pattern, a.IsWide);
        PushRegister(to, vector);
    }

    private void Widen(Operand a, SlotType to, bool isSigned)
    {
        Operand result = a;
        result.Type = to;
        if (a.Kind == OperandKind.Constant)
        {
            PushConstant(to, isSigned ? (ulong)(int)a.Bits : (uint)a.Bits);
            return;
        }

        // An i32 is zero-extended wherever it is, which the lower half of an i64 in its own slot is not; that of a local comes first.
        if (!isSigned && (to == SlotType.I64 ? a.IsInRegister : a.Kind == OperandKind.LocalSlot))
        {
            Push(result);
            return;
        }

        Gpr from = a.IsInRegister ? a.Gpr : Gpr.None;
        var register = (Gpr)ResultRegister(to, a, default);
        if (from == Gpr.None)
        {
            if (isSigned)
            {
                _code.Memory(0x63, (int)register, Gpr.Rbx, Gpr.None, SlotOffset(a.Place), wide: true);
            }
            else
            {
                _code.Load(register, Gpr.Rbx, SlotOffset(a.Place), wide: false);
            }
        }
        else if (isSigned)
        {
            _code.SignExtend32(register, from);
        }
        else
        {
            _code.Move(register, from, wide: false);
        }

        ReleaseUnless(a, (int)register);
        PushGpr(to, register);
    }

    private void ToFloat(bool isWide, SlotType type)
    {
        Operand a = Pop();
        Gpr from = ToGpr(ref a);
        Release(a);
        int register = ResultRegister(type, default, default);
        _code.ConvertToFloat(register, from, isWide, type == SlotType.F64);
        PushRegister(type, register);
    }
}
