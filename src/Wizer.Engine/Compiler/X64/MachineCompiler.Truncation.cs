using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Floats as integers: what the processor says for those that are in range, and the rest out of the way.
internal sealed unsafe partial class MachineCompiler
{
    // The bits of 2^63 as a float, and the sign's place in them.
    private const ulong DoubleOfSign = 0x43e0_0000_0000_0000;
    private const ulong SingleOfSign = 0x5f00_0000;
    private const ulong SmallestInt64 = 1UL << 63;

    private void Truncate(SlotType type, bool isSigned, bool isSaturating = false)
    {
        Operand a = Pop();
        int from = ToVector(ref a);
        int isDone = _code.NewLabel();
        int label = SiteLabel(SiteKind.Convert, register: from);
        Site site = _sites[^1];
        site.Return = isDone;
        site.Conversion = new Conversion(a.Type, type, isSigned, isSaturating);
        _code.ConvertToInteger(Gpr.Rax, from, wide: true, a.IsWide);
        if (type == SlotType.I64)
        {
            // The smallest integer is what the processor says when there is none; of unsigned ones, the larger half looks negative.
            if (isSigned)
            {
                _code.OperateConstant(Alu.Cmp, Gpr.Rax, 1, wide: true);
            }
            else
            {
                _code.Test(Gpr.Rax, Gpr.Rax, wide: true);
            }

            _code.JumpIf(isSigned ? Condition.Overflow : Condition.Sign, label);
        }
        else
        {
            // As i64, which has room for all that is right and more.
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
            ReleaseGpr(check);
            _code.JumpIf(Condition.NotEqual, label);
        }

        _code.Bind(isDone);
        Release(a);
        Finish(type, Gpr.Rax);
    }

    // A float that may be out of range: the integer in rax after all, or a trap.
    private void EmitConversionSite(Site site)
    {
        Conversion conversion = site.Conversion;
        bool isDouble = conversion.From == SlotType.F64;
        int from = site.Register;
        int isOutOfRange = _code.NewLabel();
        if (conversion.To == SlotType.I64 && !conversion.IsSigned)
        {
            // Less 2^63, if that is an integer that is not negative.
            LoadFloatConstant(isDouble ? DoubleOfSign : SingleOfSign, isDouble);
            _code.OperateFloats(0x5c, ScratchVector, from, ScratchVector, isDouble);
            _code.ConvertToInteger(Gpr.Rax, ScratchVector, wide: true, isDouble);
            _code.Test(Gpr.Rax, Gpr.Rax, wide: true);
            _code.JumpIf(Condition.Sign, isOutOfRange);
            _code.ComplementSign(Gpr.Rax);
            _code.Jump(site.Return);
        }
        else if (conversion.To == SlotType.I64)
        {
            // It may be the smallest integer.
            LoadFloatConstant(isDouble ? DoubleOfSign | SmallestInt64 : SingleOfSign | (1UL << 31), isDouble);
            _code.CompareFloats(from, ScratchVector, isDouble);
            _code.JumpIf(Condition.Parity, isOutOfRange);
            _code.JumpIf(Condition.NotEqual, isOutOfRange);
            _code.MoveConstant(Gpr.Rax, SmallestInt64);
            _code.Jump(site.Return);
        }

        _code.Bind(isOutOfRange);
        if (conversion.IsSaturating)
        {
            int width = conversion.To == SlotType.I64 ? 64 : 32;
            ulong largest = ulong.MaxValue >> (64 - width + (conversion.IsSigned ? 1 : 0));
            _code.OperateBits(BitsXor, ScratchVector, ScratchVector, ScratchVector);
            _code.CompareFloats(from, ScratchVector, isDouble);
            _code.MoveConstant(Gpr.Rax, largest);
            _code.JumpIf(Condition.Above, site.Return);
            _code.MoveConstant(Gpr.Rax, 0);
            _code.JumpIf(Condition.Parity, site.Return);
            _code.MoveConstant(Gpr.Rax, conversion.IsSigned ? largest + 1 : 0);
            _code.Jump(site.Return);
            return;
        }

        _code.CompareFloats(from, from, isDouble);
        _code.MoveConstant(Gpr.Rdi, (ulong)TrapKind.InvalidConversion);
        _code.MoveConstant(Gpr.Rax, (ulong)TrapKind.IntegerOverflow);
        _code.MoveIf(Condition.NotParity, Gpr.Rdi, Gpr.Rax, wide: false);
        CallRaise();
    }

    // In xmm0.
    private void LoadFloatConstant(ulong bits, bool isDouble)
    {
        _code.MoveConstant(Gpr.Rax, bits);
        _code.MoveToVector(ScratchVector, Gpr.Rax, isDouble);
    }

    // The processor knows signed integers. A larger one is halved, with what is lost of it kept in the lowest bit, and doubled.
    private void UnsignedToFloat(SlotType type)
    {
        Operand a = Pop();
        Gpr from = ToGpr(ref a);
        bool isDouble = type == SlotType.F64;
        Gpr half = AllocateGpr();
        int register = ResultRegister(type, default, default);
        _code.Move(Gpr.Rax, from, wide: true);
        _code.Test(Gpr.Rax, Gpr.Rax, wide: true);
        int isLarge = _code.ShortJumpIf(Condition.Sign);
        _code.ConvertToFloat(register, Gpr.Rax, wide: true, isDouble);
        int isDone = _code.ShortJump();
        _code.BindShort(isLarge);
        _code.Move(half, Gpr.Rax, wide: true);
        _code.ShiftConstant(Shift.RightUnsigned, half, 1, wide: true);
        _code.OperateConstant(Alu.And, Gpr.Rax, 1, wide: false);
        _code.Operate(Alu.Or, half, Gpr.Rax, wide: true);
        _code.ConvertToFloat(register, half, wide: true, isDouble);
        _code.OperateFloats(0x58, register, register, register, isDouble);
        _code.BindShort(isDone);
        ReleaseGpr(half);
        Release(a);
        PushRegister(type, register);
    }

    /// <summary>From which float to which integer.</summary>
    private readonly record struct Conversion(SlotType From, SlotType To, bool IsSigned, bool IsSaturating);
}
