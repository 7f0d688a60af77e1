using System.Numerics;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Numeric instructions. A helper has the rest: conversions to integers that are rarely hot, and what saturates.
internal sealed unsafe partial class MachineCompiler
{
    private const int LeadingZeros = 0x0fbd;
    private const int TrailingZeros = 0x0fbc;
    private const int PopulationCount = 0x0fb8;

    /// <summary>Whether a numeric instruction calls nothing.</summary>
    private static bool IsInline(Opcode opcode) => opcode is not (Opcode.I64TruncF32U or Opcode.I64TruncF64U
        or Opcode.I64TruncF32S or Opcode.I64TruncF64S or Opcode.F32ConvertI64U or Opcode.F64ConvertI64U);

    private void EmitNumeric(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Eqz:
                Negate(Pop());
                break;
            case Opcode.I64Eqz:
                Compare(Condition.Equal, Pop(), Constant(SlotType.I64, 0));
                break;
            case >= Opcode.I32Eq and <= Opcode.I32GeU:
                CompareTop(ConditionOf(opcode - Opcode.I32Eq));
                break;
            case >= Opcode.I64Eq and <= Opcode.I64GeU:
                CompareTop(ConditionOf(opcode - Opcode.I64Eq));
                break;
            case >= Opcode.F32Eq and <= Opcode.F32Ge:
                CompareFloats(opcode - Opcode.F32Eq);
                break;
            case >= Opcode.F64Eq and <= Opcode.F64Ge:
                CompareFloats(opcode - Opcode.F64Eq);
                break;
            case >= Opcode.I32Clz and <= Opcode.I32Rotr:
                Integer((Opcode)(opcode - Opcode.I32Clz + (int)Opcode.I64Clz), isWide: false);
                break;
            case >= Opcode.I64Clz and <= Opcode.I64Rotr:
                Integer(opcode, isWide: true);
                break;
            case >= Opcode.F32Abs and <= Opcode.F32Copysign:
                Float((Opcode)(opcode - Opcode.F32Abs + (int)Opcode.F64Abs), isDouble: false);
                break;
            case >= Opcode.F64Abs and <= Opcode.F64Copysign:
                Float(opcode, isDouble: true);
                break;
            case >= Opcode.I32Extend8S and <= Opcode.I64Extend32S:
                Extend(opcode);
                break;
            default:
                Convert(opcode);
                break;
        }
    }

    // Comparisons of both widths are in the same order: eq, ne, lt_s, lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u.
    private static Condition ConditionOf(int comparison) => comparison switch
    {
        0 => Condition.Equal,
        1 => Condition.NotEqual,
        2 => Condition.Less,
        3 => Condition.Below,
        4 => Condition.Greater,
        5 => Condition.Above,
        6 => Condition.LessOrEqual,
        7 => Condition.BelowOrEqual,
        8 => Condition.GreaterOrEqual,
        _ => Condition.AboveOrEqual,
    };

    private void CompareTop(Condition condition)
    {
        Value b = Pop();
        Value a = Pop();
        Compare(condition, a, b);
    }

    // eq, ne, lt, gt, le, ge. Of an unordered pair, the flags say below: so "less" is asked the other way round.
    private void CompareFloats(int comparison)
    {
        Value b = Pop();
        Value a = Pop();
        switch (comparison)
        {
            case 0:
                PushComparison(Test.FloatsEqual, Condition.Equal, a, b);
                break;
            case 1:
                PushComparison(Test.FloatsDiffer, Condition.NotEqual, a, b);
                break;
            case 2:
                PushComparison(Test.Floats, Condition.Above, b, a);
                break;
            case 3:
                PushComparison(Test.Floats, Condition.Above, a, b);
                break;
            case 4:
                PushComparison(Test.Floats, Condition.AboveOrEqual, b, a);
                break;
            default:
                PushComparison(Test.Floats, Condition.AboveOrEqual, a, b);
                break;
        }
    }

    // By the names for 64 bits.
    private void Integer(Opcode opcode, bool isWide)
    {
        switch (opcode)
        {
            case Opcode.I64Clz:
                Count(LeadingZeros);
                break;
            case Opcode.I64Ctz:
                Count(TrailingZeros);
                break;
            case Opcode.I64Popcnt:
                Count(PopulationCount);
                break;
            case Opcode.I64Add:
                Binary(Alu.Add);
                break;
            case Opcode.I64Sub:
                Binary(Alu.Sub);
                break;
            case Opcode.I64And when IsFused:
                TestTop();
                break;
            case Opcode.I64And:
                Binary(Alu.And);
                break;
            case Opcode.I64Or:
                Binary(Alu.Or);
                break;
            case Opcode.I64Xor:
                Binary(Alu.Xor);
                break;
            case Opcode.I64Mul:
                Multiply();
                break;
            case Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU:
                Divide(opcode is Opcode.I64DivS or Opcode.I64RemS, opcode is Opcode.I64RemS or Opcode.I64RemU, isWide);
                break;
            case Opcode.I64Shl:
                ShiftTop(Shift.Left);
                break;
            case Opcode.I64ShrS:
                ShiftTop(Shift.RightSigned);
                break;
            case Opcode.I64ShrU:
                ShiftTop(Shift.RightUnsigned);
                break;
            case Opcode.I64Rotl:
                ShiftTop(Shift.RotateLeft);
                break;
            default:
                ShiftTop(Shift.RotateRight);
                break;
        }
    }

    // All that is asked next is whether it is zero; so it is an i32.
    private void TestTop()
    {
        Value b = Pop();
        Value a = Pop();
        if (a.Kind == ValueKind.Constant)
        {
            (a, b) = (b, a);
        }

        _compareA = a;
        _compareB = b;
        Push(new Value { Kind = ValueKind.Comparison, Type = SlotType.I32, Test = Test.Bits, Condition = Condition.NotEqual });
    }

    private void Count(int instruction)
    {
        Value a = Pop();
        Gpr from = ToGpr(ref a);
        var register = (Gpr)ResultRegister(a.Type, a, default);
        _code.Count(instruction, register, from, a.IsWide);
        ReleaseUnless(a, (int)register);
        PushGpr(a.Type, register);
    }

    private void Binary(Alu operation)
    {
        Value b = Pop();
        Value a = Pop();
        bool isWide = a.IsWide;
        SlotType type = a.Type;
        bool commutes = operation != Alu.Sub;
        if (commutes && (a.Kind == ValueKind.Constant || (b.Kind == ValueKind.Temporary && a.Kind != ValueKind.Temporary)))
        {
            (a, b) = (b, a);
        }

        if (b.Kind == ValueKind.Constant && !TryImmediate(b, out _))
        {
            ToGpr(ref b);
        }

        // a - b into b's place would read b too late; a + b may take either.
        if (commutes && IsTarget(b))
        {
            (a, b) = (b, a);
        }

        var register = (Gpr)ResultRegister(type, a, b);
        if (operation == Alu.Add && a.IsInRegister && a.Gpr != register && (b.IsInRegister || b.Kind == ValueKind.Constant))
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
    private bool IsTarget(Value value) =>
        value.Kind == ValueKind.Local && _nextOpcode is Opcode.LocalSet or Opcode.LocalTee
            && _analysis.Locations[_accessIndex] == value.Register && Locals.TypeOf(_nextLocal) == value.Type;

    private void Operate(Alu operation, Gpr register, Value b)
    {
        if (b.IsInRegister)
        {
            _code.Operate(operation, register, b.Gpr, b.IsWide);
        }
        else if (b.Kind != ValueKind.Constant)
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
        Value b = Pop();
        Value a = Pop();
        SlotType type = a.Type;
        if (a.Kind == ValueKind.Constant || (b.Kind == ValueKind.Temporary && a.Kind != ValueKind.Temporary) || IsTarget(b))
        {
            (a, b) = (b, a);
        }

        if (b.Kind == ValueKind.Constant && TryImmediate(b, out int immediate))
        {
            Gpr from = ToGpr(ref a);
            var result = (Gpr)ResultRegister(type, a, default);
            _code.MultiplyConstant(result, from, immediate, a.IsWide);
            ReleaseUnless(a, (int)result);
            PushGpr(type, result);
            return;
        }

        if (b.Kind == ValueKind.Constant)
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
        Value b = Pop();
        Value a = Pop();
        if (b.Kind == ValueKind.Constant && TryDivideByConstant(a, b, isSigned, isRemainder, isWide))
        {
            return;
        }

        SlotType type = a.Type;
        bool isKnown = b.Kind == ValueKind.Constant && !(isWide ? (long)b.Bits is 0 or -1 : (int)b.Bits is 0 or -1);
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
        Value value = from == Gpr.Rax ? default : new Value { Kind = ValueKind.Temporary, Type = type, Register = (sbyte)from };
        var register = (Gpr)ResultRegister(type, value, default);
        if (register != from)
        {
            _code.Move(register, from, type == SlotType.I64);
            ReleaseUnless(value, (int)register);
        }

        PushGpr(type, register);
    }

    // By powers of two, and unsigned 32-bit integers by anything: a multiplication by the inverse.
    private bool TryDivideByConstant(Value a, Value b, bool isSigned, bool isRemainder, bool isWide)
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
        Value b = Pop();
        Value a = Pop();
        SlotType type = a.Type;
        bool isWide = a.IsWide;
        if (b.Kind == ValueKind.Constant)
        {
            int count = (int)b.Bits & (isWide ? 63 : 31);
            var register = (Gpr)ResultRegister(type, a, default);
            MoveTo(register, a);
            if (count != 0)
            {
                _code.ShiftConstant(shift, register, count, isWide);
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

    // By cl only. What is rotated goes to rax meanwhile.
    private void Rotate(Shift shift, Value a, Value b)
    {
        SlotType type = a.Type;
        MoveTo(Gpr.Rax, a);
        Release(a);
        if (!(b.Kind == ValueKind.Temporary && b.Gpr == Gpr.Rcx))
        {
            Claim(Gpr.Rcx);
            MoveTo(Gpr.Rcx, b);
        }

        _code.ShiftByCl(shift, Gpr.Rax, type == SlotType.I64);
        Release(b);
        ReleaseGpr(Gpr.Rcx);
        Finish(type, Gpr.Rax);
    }

    private void Extend(Opcode opcode)
    {
        Value a = Pop();
        Gpr from = ToGpr(ref a);
        var register = (Gpr)ResultRegister(a.Type, a, default);
        switch (opcode)
        {
            case Opcode.I32Extend8S or Opcode.I64Extend8S:
                _code.SignExtend8(register, from, a.IsWide);
                break;
            case Opcode.I32Extend16S or Opcode.I64Extend16S:
                _code.SignExtend16(register, from, a.IsWide);
                break;
            default:
                _code.SignExtend32(register, from);
                break;
        }

        ReleaseUnless(a, (int)register);
        PushGpr(a.Type, register);
    }

    private void Convert(Opcode opcode)
    {
        Value a = Pop();
        switch (opcode)
        {
            case Opcode.I32WrapI64:
                Widen(a, SlotType.I32, isSigned: false);
                break;
            case Opcode.I64ExtendI32S:
                Widen(a, SlotType.I64, isSigned: true);
                break;
            case Opcode.I64ExtendI32U:
                Widen(a, SlotType.I64, isSigned: false);
                break;

            case Opcode.F32ConvertI32S or Opcode.F64ConvertI32S:
                ToFloat(a, isWide: false, opcode == Opcode.F64ConvertI32S);
                break;
            case Opcode.F32ConvertI32U or Opcode.F64ConvertI32U:
                // Zero-extended, it is a positive i64.
                ToFloat(a, isWide: true, opcode == Opcode.F64ConvertI32U);
                break;
            case Opcode.F32ConvertI64S or Opcode.F64ConvertI64S:
                ToFloat(a, isWide: true, opcode == Opcode.F64ConvertI64S);
                break;

            case Opcode.F64PromoteF32 or Opcode.F32DemoteF64:
                int source = ToVector(ref a);
                SlotType to = opcode == Opcode.F64PromoteF32 ? SlotType.F64 : SlotType.F32;
                int converted = ResultRegister(to, a, default);
                _code.OperateFloats(0x5a, converted, source, source, isDouble: a.IsWide);
                ReleaseUnless(a, converted);
                PushFloat(to, converted);
                break;

            case Opcode.I32ReinterpretF32 or Opcode.I64ReinterpretF64:
                SlotType integer = opcode == Opcode.I32ReinterpretF32 ? SlotType.I32 : SlotType.I64;
                int bits = ToVector(ref a);
                Release(a);
                var whole = (Gpr)ResultRegister(integer, default, default);
                _code.MoveFromVector(whole, bits, a.IsWide);
                PushGpr(integer, whole);
                break;
            case Opcode.F32ReinterpretI32 or Opcode.F64ReinterpretI64:
                SlotType floating = opcode == Opcode.F32ReinterpretI32 ? SlotType.F32 : SlotType.F64;
                Gpr pattern = ToGpr(ref a);
                Release(a);
                int vector = ResultRegister(floating, default, default);
                _code.MoveToVector(vector, pattern, a.IsWide);
                PushRegister(floating, vector);
                break;

            case >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U:
                Truncate(a, opcode is Opcode.I32TruncF32S or Opcode.I32TruncF64S);
                break;
            default:
                Decline();
                break;
        }
    }

    private void Widen(Value a, SlotType to, bool isSigned)
    {
        Value result = a;
        result.Type = to;
        if (a.Kind == ValueKind.Constant)
        {
            PushConstant(to, isSigned ? (ulong)(int)a.Bits : (uint)a.Bits);
            return;
        }

        // An i32 is zero-extended wherever it is, which the lower half of an i64 in its own slot is not; that of a local comes first.
        if (!isSigned && (to == SlotType.I64 ? a.IsInRegister : a.Kind == ValueKind.LocalSlot))
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

    private void ToFloat(Value a, bool isWide, bool isDouble)
    {
        Gpr from = ToGpr(ref a);
        SlotType type = isDouble ? SlotType.F64 : SlotType.F32;
        Release(a);
        int register = ResultRegister(type, default, default);
        _code.ConvertToFloat(register, from, isWide, isDouble);
        PushRegister(type, register);
    }

    // As i64, which has room for all that is right and more.
    private void Truncate(Value a, bool isSigned)
    {
        int from = ToVector(ref a);
        int label = SiteLabel(a.IsWide ? SiteKind.ConvertF64 : SiteKind.ConvertF32, register: from);
        _code.ConvertToInteger(Gpr.Rax, from, wide: true, a.IsWide);
        Gpr check = AllocateGpr();
        if (isSigned)
        {
            _code.SignExtend32(check, Gpr.Rax);
        }
        else
        {
            _code.Move(check, Gpr.Rax, wide: false);
        }

        _code.Operate(Alu.Cmp, check, Gpr.Rax, wide: true);
        _code.JumpIf(Condition.NotEqual, label);
        Release(a);
        if (isSigned)
        {
            _code.Move(check, check, wide: false);
        }

        Finish(SlotType.I32, check);
    }
}
