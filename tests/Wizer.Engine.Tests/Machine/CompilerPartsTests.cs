using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>The parts of the compiler for x64, each by itself.</summary>
public sealed class CompilerPartsTests
{
    [Fact]
    public void Entries_LieOneBehindTheOther_AVectorInTwoSlots()
    {
        var stack = new OperandStack();
        stack.Reset(10);
        stack.Push(new Operand { Type = SlotType.I32 });
        stack.Push(new Operand { Type = SlotType.V128 });
        stack.Push(new Operand { Type = SlotType.F64 });
        Assert.Equal([10, 11, 13], new[] { stack[0].Slot, stack[1].Slot, stack[2].Slot });
        Assert.Equal([14, 13, 11, 10], Enumerable.Range(0, 4).Select(stack.SlotOf));

        stack.Drop(2);
        Assert.Equal((1, 11), (stack.Count, stack.Top));
        stack.Pop();
        Assert.Equal((0, 10), (stack.Count, stack.Top));
    }

    [Fact]
    public void TheDeepestTemporary_IsOfItsKind()
    {
        var stack = new OperandStack();
        stack.Reset(0);
        stack.Push(new Operand { Kind = OperandKind.Temporary, Type = SlotType.F32, Register = 1 });
        stack.Push(new Operand { Kind = OperandKind.Local, Type = SlotType.I32, Register = 2 });
        stack.Push(new Operand { Kind = OperandKind.Temporary, Type = SlotType.I64, Register = 1 });
        stack.Push(new Operand { Kind = OperandKind.Temporary, Type = SlotType.I32, Register = 2 });
        Assert.Equal(2, stack.DeepestTemporary(isInteger: true));
        Assert.Equal(0, stack.DeepestTemporary(isInteger: false));
        Assert.Equal(3, stack.HeldBy(isInteger: true, 2));
        Assert.Equal(-1, stack.HeldBy(isInteger: false, 2));
    }

    [Fact]
    public void ARegister_IsFreeUntilItIsTaken_AndALocalsNeverIs()
    {
        var registers = new TemporaryRegisters();
        registers.Reset(0);
        Gpr first = registers.TakeGpr();
        Assert.False(registers.IsFree(first));
        registers.Take(Gpr.Rdi);
        registers.Release(first);
        Assert.True(registers.IsFree(first));
        Assert.False(registers.IsFree(Gpr.Rdi));

        registers.Release(Gpr.R12);
        Assert.False(registers.IsFree(Gpr.R12));

        registers.Reset(1u << (int)Gpr.Rdi);
        registers.Release(Gpr.Rdi);
        Assert.False(registers.IsFree(Gpr.Rdi));

        while (registers.HasFree(isInteger: false))
        {
            registers.TakeVector();
        }

        registers.ReleaseVector(3);
        Assert.Equal(3, registers.TakeVector());
    }

    // What traps is known by the place behind it, which may be where the next instruction starts.
    [Theory]
    [InlineData(1, 100)]
    [InlineData(10, 100)]
    [InlineData(11, 101)]
    [InlineData(20, 101)]
    [InlineData(21, 103)]
    [InlineData(1000, 103)]
    public void APlaceInTheCode_BelongsToTheInstructionBeforeIt(int behind, int expected)
    {
        var map = new OffsetMap();
        map.Add(0, 100);
        map.Add(10, 101);
        map.Add(20, 102);
        map.Add(20, 103);
        Assert.Equal(expected, map.Find(behind));
    }

    [Fact]
    public void TheMap_Grows()
    {
        var map = new OffsetMap();
        for (int i = 0; i < 1000; i++)
        {
            map.Add(2 * i, i);
        }

        Assert.Equal(999, map.Find(2000));
        map.Clear();
        map.Add(0, 7);
        Assert.Equal(7, map.Find(1));
    }
}
