using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Vectors: in slots they take two, in registers one. A result is one of the interpreter's, bit for bit.
internal sealed unsafe partial class MachineCompiler
{
    /// <summary>A vector that is in no register.</summary>
    private void LoadVector(int register, Operand value)
    {
        if (value.Kind != OperandKind.Constant)
        {
            _code.LoadVector(register, Gpr.Rbx, Gpr.None, SlotOffset(value.Place));
        }
        else if ((value.Bits | value.HighBits) == 0)
        {
            _code.OperateBits(BitsXor, register, register, register);
        }
        else
        {
            _code.VexConstant(1, Assembler.PrefixNone, false, 0x10, register, 0, value.Bits, value.HighBits);
        }
    }

    // Entries may move down onto half of themselves: they are read as a whole before.
    private void StoreVectorTo(int slot, Operand value)
    {
        if (value.Kind == OperandKind.Constant || value.Place != slot)
        {
            LoadVector(ScratchVector, value);
            _code.StoreVector(ScratchVector, Gpr.Rbx, Gpr.None, SlotOffset(slot));
        }
    }

    private void LoadVectorOrFloat(SlotType type, int register, Gpr at, int displacement)
    {
        if (type == SlotType.V128)
        {
            _code.LoadVector(register, at, Gpr.None, displacement);
        }
        else
        {
            _code.LoadFloat(register, at, Gpr.None, displacement, type == SlotType.F64);
        }
    }

    /// <summary>The top entry, in a slot, with the positive canonical NaN in the place of any other.</summary>
    private void CanonicalizeTop(NanLanes lanes)
    {
        if (lanes is NanLanes.F32x4 or NanLanes.F64x2)
        {
            Operand value = Pop();
            Canonicalize(ToVector(ref value), lanes);
            Push(value);
        }
    }

    // Only of temporary registers, and those of locals that are written now.
    private void Canonicalize(int register, NanLanes lanes)
    {
        const int CompareLanes = 0xc2;
        const int Unordered = 3;
        bool isDouble = lanes == NanLanes.F64x2;
        _code.Vex(1, isDouble ? Assembler.Prefix66 : Assembler.PrefixNone, false, CompareLanes, ScratchVector, register, register);
        _code.Byte(Unordered);
        ulong nan = isDouble ? 0x7ff8_0000_0000_0000UL : 0x7fc0_0000_7fc0_0000UL;
        _code.VexConstant(3, Assembler.Prefix66, false, isDouble ? 0x4b : 0x4a, register, register, nan, nan, immediateByteLength: 1);
        _code.Byte(ScratchVector << 4);
    }

    // Not all bits are zero.
    private void AnyTrue() => PushComparison(Test.Vector, Condition.NotEqual, Pop(), default);

    // None of the lanes is equal to zero.
    private void AllTrue(VexCode equal)
    {
        Operand a = Pop();
        int from = ToVector(ref a);
        int register = a.Kind == OperandKind.Temporary ? from : AllocateVector();
        _code.VexConstant(equal.Map, equal.Prefix, equal.IsWide, equal.Opcode, register, from, 0, 0);
        var zeros = new Operand { Kind = OperandKind.Temporary, Type = SlotType.V128, Register = (sbyte)register };
        PushComparison(Test.Vector, Condition.Equal, zeros, default);
    }

    private void TestVector(ref Operand a)
    {
        int register = ToVector(ref a);
        _code.Vex(2, Assembler.Prefix66, false, 0x17, register, 0, register);
    }
}
