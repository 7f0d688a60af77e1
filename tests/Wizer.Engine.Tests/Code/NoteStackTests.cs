using Wizer.Engine.Code;
using Xunit;

namespace Wizer.Engine.Tests.Code;

public sealed class NoteStackTests
{
    private static readonly LocalLayout s_locals = LocalsOf("(module (func (param i32 v128)))");

    [Fact]
    public void Entries_LieAboveTheLocals_OneBehindTheOther()
    {
        NoteStack stack = Begin();
        int first = s_locals.FirstOperandSlot;
        stack.Push(NoteKind.Settled, 0, 2);
        stack.Push(NoteKind.Constant, 7, 1);
        Assert.Equal([first, first + 2], new[] { stack[0].Slot, stack[1].Slot });
        Assert.Equal([first + 3, first + 2, first], Enumerable.Range(0, 3).Select(stack.SlotOf));

        Assert.Equal(7UL, stack.Pop().Bits);
        Assert.Equal((1, first + 2, first + 3), (stack.Count, stack.Top, stack.MaxTop));
        stack.Need(first + 9);
        stack.Need(first + 8);
        Assert.Equal(first + 9, stack.MaxTop);
    }

    [Fact]
    public void NotesOfALocal_AreCounted_UntilTheyAreMadeGoodOrPopped()
    {
        NoteStack stack = Begin();
        stack.Push(NoteKind.Local, 0, 1);
        stack.Push(NoteKind.Local, 1, 2);
        stack.Push(NoteKind.Local, 0, 1);
        stack.Settle(0);
        Assert.True(stack.HasNoteOf(0));
        stack.Pop();
        Assert.False(stack.HasNoteOf(0));
        Assert.True(stack.HasNoteOf(1));
        Assert.True(stack.HasNoteOf());
        stack.Settle(1);
        Assert.False(stack.HasNoteOf());
        Assert.Equal(NoteKind.Settled, stack[1].Kind);
    }

    [Fact]
    public void AFunctionsNotes_AreNoOtherFunctions()
    {
        NoteStack stack = Begin();
        stack.Push(NoteKind.Local, 1, 2);
        stack.Reset(s_locals);
        Assert.False(stack.HasNoteOf(1));
        Assert.Equal(0, stack.Count);
    }

    private static NoteStack Begin()
    {
        var stack = new NoteStack();
        stack.Reset(s_locals);
        return stack;
    }

    private static LocalLayout LocalsOf(string wat)
    {
        var walker = new RecordingWalker(wat);
        walker.Start();
        return walker.Layout;
    }
}
