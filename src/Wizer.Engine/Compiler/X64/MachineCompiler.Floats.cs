using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Arithmetic of floats, as the processor does it: of two NaNs, the first one is quieted and handed on.
internal sealed unsafe partial class MachineCompiler
{
    private const int MoveFloat = 0x10;
    private const int BitsAnd = 0x54;
    private const int BitsAndNot = 0x55;
    private const int BitsOr = 0x56;
    private const int BitsXor = 0x57;

    private void PushFloat(SlotType type, int register)
    {
        if (_canonicalizesNaNs)
        {
            _code.CompareFloats(register, register, type == SlotType.F64);
            int isNumber = _code.ShortJumpIf(Condition.NotParity);
            _code.MoveConstant(Gpr.Rax, type == SlotType.F64 ? 0x7ff8_0000_0000_0000 : 0x7fc0_0000UL);
            _code.MoveToVector(register, Gpr.Rax, type == SlotType.F64);
            _code.BindShort(isNumber);
        }

        PushRegister(type, register);
    }

    private void SquareRoot(bool isDouble)
    {
        Operand a = Pop();
        int from = ToVector(ref a);
        int root = ResultRegister(a.Type, a, default);
        _code.OperateFloats(0x51, root, from, from, isDouble);
        ReleaseUnless(a, root);
        PushFloat(a.Type, root);
    }

    private void FloatBinary(int operation, bool isDouble)
    {
        Operand b = Pop();
        Operand a = Pop();
        int left = ToVector(ref a);

        // Three operands: the result may be in the place of either.
        int register = ResultRegister(a.Type, a, default);
        if (b.IsInRegister)
        {
            _code.OperateFloats(operation, register, left, b.Register, isDouble);
        }
        else if (b.Kind == OperandKind.Constant)
        {
            _code.OperateFloatsConstant(operation, register, left, b.Bits, isDouble);
        }
        else if (b.Kind == OperandKind.Memory)
        {
            // What traps here is the load.
            NoteOffset(_memoryOffset);
            _code.OperateFloatsAt(operation, register, left, Gpr.R15, b.Gpr, b.Place, isDouble);
            NoteOffset(Offset);
            Release(_memoryAddress);
        }
        else
        {
            _code.OperateFloatsAt(operation, register, left, Gpr.Rbx, Gpr.None, SlotOffset(b.Place), isDouble);
        }

        ReleaseUnless(a, register);
        ReleaseUnless(b, register);
        PushFloat(a.Type, register);
    }

    private void RoundTop(int mode, bool isDouble)
    {
        Operand a = Pop();
        int from = ToVector(ref a);
        int register = ResultRegister(a.Type, a, default);
        _code.Round(register, from, mode, isDouble);
        ReleaseUnless(a, register);
        PushFloat(a.Type, register);
    }

    // With the sign alone, in xmm0.
    private void LoadSignMask(bool isDouble)
    {
        _code.MoveConstant(Gpr.Rax, isDouble ? 1UL << 63 : 1UL << 31);
        _code.MoveToVector(ScratchVector, Gpr.Rax, isDouble);
    }

    private void ApplyMask(int operation, bool isDouble)
    {
        Operand a = Pop();
        int from = ToVector(ref a);
        int register = ResultRegister(a.Type, a, default);
        LoadSignMask(isDouble);
        _code.OperateBits(operation, register, ScratchVector, from);
        ReleaseUnless(a, register);
        PushRegister(a.Type, register);
    }

    private void CopySign(bool isDouble)
    {
        Operand b = Pop();
        Operand a = Pop();
        int sign = ToVector(ref b);
        int magnitude = ToVector(ref a);
        int scratch = AllocateVector();
        LoadSignMask(isDouble);
        _code.OperateBits(BitsAnd, scratch, ScratchVector, sign);
        _code.OperateBits(BitsAndNot, ScratchVector, ScratchVector, magnitude);
        Release(b);
        int register = ResultRegister(a.Type, a, default);
        _code.OperateBits(BitsOr, register, ScratchVector, scratch);
        _temporaries.ReleaseVector(scratch);
        ReleaseUnless(a, register);
        PushRegister(a.Type, register);
    }

    // Zeros that differ in their signs and NaNs are not what minsd and maxsd say.
    private void MinMax(bool isMin, bool isDouble)
    {
        Operand b = Pop();
        Operand a = Pop();
        int right = ToVector(ref b);
        int left = ToVector(ref a);
        _code.CompareFloats(left, right, isDouble);
        int isUnordered = _code.ShortJumpIf(Condition.Parity);
        int differ = _code.ShortJumpIf(Condition.NotEqual);
        _code.OperateBits(isMin ? BitsOr : BitsAnd, ScratchVector, left, right);
        int equalDone = _code.ShortJump();
        _code.BindShort(isUnordered);
        _code.OperateFloats(0x58, ScratchVector, left, right, isDouble);
        int unorderedDone = _code.ShortJump();
        _code.BindShort(differ);
        _code.OperateFloats(isMin ? 0x5d : 0x5f, ScratchVector, left, right, isDouble);
        _code.BindShort(equalDone);
        _code.BindShort(unorderedDone);
        int register = ResultRegister(a.Type, a, default);
        _code.MoveVector(register, ScratchVector);
        ReleaseUnless(a, register);
        ReleaseUnless(b, register);
        PushFloat(a.Type, register);
    }
}
