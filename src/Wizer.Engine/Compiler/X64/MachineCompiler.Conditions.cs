using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Comparisons: what the next instruction branches or selects by stays in the flags.
internal sealed unsafe partial class MachineCompiler
{
    /// <summary>Whether the next instruction uses up a comparison.</summary>
    private bool IsFused => _nextOpcode is Opcode.BrIf or Opcode.If or Opcode.Select or Opcode.I32Eqz;

    /// <summary>Compares popped integers.</summary>
    private void Compare(Condition condition, Operand a, Operand b)
    {
        if (a.Kind == OperandKind.Constant && b.Kind != OperandKind.Constant)
        {
            (a, b) = (b, a);
            condition = condition switch
            {
                Condition.Below => Condition.Above,
                Condition.Above => Condition.Below,
                Condition.BelowOrEqual => Condition.AboveOrEqual,
                Condition.AboveOrEqual => Condition.BelowOrEqual,
                Condition.Less => Condition.Greater,
                Condition.Greater => Condition.Less,
                Condition.LessOrEqual => Condition.GreaterOrEqual,
                Condition.GreaterOrEqual => Condition.LessOrEqual,
                _ => condition,
            };
        }

        PushComparison(Test.Integers, condition, a, b);
    }

    private void PushComparison(Test test, Condition condition, Operand a, Operand b)
    {
        _compareA = a;
        _compareB = b;
        var comparison = new Operand { Kind = OperandKind.Comparison, Type = SlotType.I32, Test = test, Condition = condition };
        if (IsFused)
        {
            Push(comparison);
        }
        else
        {
            Push(ToFlag(comparison));
            TakeFlag();
        }
    }

    // A flag that was computed into the register of the local that is set next is no entry.
    private void TakeFlag()
    {
        if (_target != NoTarget && _operands[_operands.Count - 1].Register == _target)
        {
            Pop();
            _isTargetTaken = true;
        }
    }

    /// <summary>The opposite of a comparison, or of a popped integer.</summary>
    private void Negate(Operand value)
    {
        if (value.Kind == OperandKind.Comparison)
        {
            PushComparison(
                value.Test switch { Test.FloatsEqual => Test.FloatsDiffer, Test.FloatsDiffer => Test.FloatsEqual, _ => value.Test },
                Opposite(value.Condition), _compareA, _compareB);
            return;
        }

        Compare(Condition.Equal, value, Constant(SlotType.I32, 0));
    }

    private void JumpUnless(Operand condition, int label) => JumpWhen(condition, label, sense: false);

    /// <summary>Jumps when a popped value is not zero, or a popped comparison holds.</summary>
    private void JumpWhen(Operand condition, int label, bool sense = true)
    {
        if (condition.Kind == OperandKind.Constant)
        {
            if (((uint)condition.Bits != 0) == sense)
            {
                _code.Jump(label);
            }

            return;
        }

        JumpByFlags(condition, CompareFlags(condition), label, sense);
    }

    private void JumpByFlags(Operand condition, Condition flags, int label, bool sense)
    {
        Test test = condition.Kind == OperandKind.Comparison ? condition.Test : Test.Integers;
        if (test is Test.FloatsEqual or Test.FloatsDiffer)
        {
            if ((test == Test.FloatsEqual) == sense)
            {
                int isOther = _code.ShortJumpIf(Condition.Parity);
                _code.JumpIf(Condition.Equal, label);
                _code.BindShort(isOther);
            }
            else
            {
                _code.JumpIf(Condition.Parity, label);
                _code.JumpIf(Condition.NotEqual, label);
            }

            return;
        }

        _code.JumpIf(sense ? flags : Opposite(flags), label);
    }

    /// <summary>Sets the flags by a popped value or comparison, whose operands are released.</summary>
    private Condition CompareFlags(Operand value)
    {
        if (value.Kind != OperandKind.Comparison)
        {
            TestZero(value);
            Release(value);
            return Condition.NotEqual;
        }

        Operand a = _compareA;
        Operand b = _compareB;
        switch (value.Test)
        {
            case Test.Integers:
                CompareIntegers(ref a, b);
                break;
            case Test.Bits:
                TestBits(ref a, ref b);
                break;
            case Test.Vector:
                TestVector(ref a);
                break;
            default:
                int left = ToVector(ref a);
                int right = ToVector(ref b);
                _code.CompareFloats(left, right, a.IsWide);
                break;
        }

        Release(a);
        Release(b);
        return value.Condition;
    }

    private void TestZero(Operand value)
    {
        if (value.IsInRegister)
        {
            _code.Test(value.Gpr, value.Gpr, value.IsWide);
        }
        else if (value.Kind == OperandKind.Constant)
        {
            MoveTo(Gpr.Rax, value);
            _code.Test(Gpr.Rax, Gpr.Rax, value.IsWide);
        }
        else
        {
            _code.OperateConstantAt(Alu.Cmp, Gpr.Rbx, SlotOffset(value.Place), 0, value.IsWide);
        }
    }

    private void CompareIntegers(ref Operand a, Operand b)
    {
        bool isWide = a.IsWide;
        if (b.Kind == OperandKind.Constant && TryImmediate(b, out int immediate))
        {
            if (immediate == 0)
            {
                if (a.IsInRegister)
                {
                    _code.Test(a.Gpr, a.Gpr, isWide);
                    return;
                }
            }

            if (a.Kind is OperandKind.Slot or OperandKind.LocalSlot)
            {
                _code.OperateConstantAt(Alu.Cmp, Gpr.Rbx, SlotOffset(a.Place), immediate, isWide);
            }
            else
            {
                _code.OperateConstant(Alu.Cmp, ToGpr(ref a), immediate, isWide);
            }

            return;
        }

        if (a.Kind is OperandKind.Slot or OperandKind.LocalSlot && b.IsInRegister)
        {
            _code.OperateOn(Alu.Cmp, Gpr.Rbx, SlotOffset(a.Place), b.Gpr, isWide);
            return;
        }

        Operate(Alu.Cmp, ToGpr(ref a), b);
    }

    private void TestBits(ref Operand a, ref Operand b)
    {
        if (b.Kind == OperandKind.Constant && TryImmediate(b, out int immediate))
        {
            _code.TestConstant(ToGpr(ref a), immediate, a.IsWide);
            return;
        }

        if (b.IsInRegister)
        {
            (a, b) = (b, a);
        }

        Gpr left = ToGpr(ref a);
        if (b.IsInRegister)
        {
            _code.Test(left, b.Gpr, a.IsWide);
        }
        else if (b.Kind == OperandKind.Constant)
        {
            MoveTo(Gpr.Rax, b);
            _code.Test(left, Gpr.Rax, a.IsWide);
        }
        else
        {
            _code.TestAt(left, Gpr.Rbx, SlotOffset(b.Place), a.IsWide);
        }
    }

    private static bool TryImmediate(Operand value, out int immediate)
    {
        immediate = (int)value.Bits;
        return value.Type == SlotType.I32 || (long)value.Bits == immediate;
    }

    /// <summary>A popped comparison as 0 or 1, in a register of its own or that of the local that is set next.</summary>
    private Operand ToFlag(Operand comparison, bool mayBeTarget = true)
    {
        Test test = comparison.Test;
        Condition flags = CompareFlags(comparison);

        // Its operands have been read: it may be in the place of any.
        Gpr register = mayBeTarget ? (Gpr)ResultRegister(SlotType.I32, default, default) : AllocateGpr();
        _code.SetIf(test switch { Test.FloatsEqual => Condition.Equal, Test.FloatsDiffer => Condition.NotEqual, _ => flags }, register);
        if (test is Test.FloatsEqual or Test.FloatsDiffer)
        {
            _code.SetIf(test == Test.FloatsEqual ? Condition.NotParity : Condition.Parity, Gpr.Rax);
            _code.OperateBytes(test == Test.FloatsEqual ? Alu.And : Alu.Or, register, Gpr.Rax);
        }

        _code.ZeroExtend8(register, register);
        return new Operand { Kind = OperandKind.Temporary, Type = SlotType.I32, Register = (sbyte)register };
    }
}
