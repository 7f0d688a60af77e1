using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// For compiled code: single instructions as the operations that helpers execute, and where a function's loops are.
internal sealed unsafe partial class Translator
{
    private bool _isSingle;

    // While they are looked for.
    private List<HotLoop>? _loops;

    /// <summary>
    /// Finds the loops of a function, where compiled code can take over: all entries of the stack are in their slots there, but
    /// for constants, which code knows.
    /// </summary>
    internal List<HotLoop> FindLoops(FuncData* func)
    {
        _offsetsOf = null;
        _loops = [];
        TranslateBody(func);
        List<HotLoop> loops = _loops;
        _loops = null;
        return loops;
    }

    private void NoteLoop()
    {
        if (_loops == null)
        {
            return;
        }

        // Each loop has its own list of constants, and no compiler takes functions with deeper stacks.
        if (_stackCount > HotLoop.MaxStackCount)
        {
            return;
        }

        var loop = new HotLoop(_length, Offset);
        for (int i = 0; i < _stackCount; i++)
        {
            if (_stack[i].Kind != ValueKind.Const)
            {
                continue;
            }

            if (_stack[i].SlotCount != 1)
            {
                return;
            }

            loop.AddConstant(_stack[i].Slot, _stack[i].Bits);
        }

        _loops.Add(loop);
    }

    /// <summary>From here on this object translates nothing but single instructions of a function, until it is told another.</summary>
    internal void BeginSingles(FuncData* func)
    {
        _isSingle = true;
        Begin(func, _host.ModuleOf(func->Instance));
        _localSlots = func->Translated[FrameHeader.SavedAt];
        EndSingle();
    }

    /// <summary>Pushes an entry of the operand stack of the next instruction, the deepest first.</summary>
    internal void PushSingle(int slotCount) => PushTemp(slotCount);

    /// <summary>Translates an instruction whose operands are in their slots.</summary>
    /// <param name="instruction">None with control, and none that only the loop knows.</param>
    /// <param name="remaining">How many entries are on the stack afterwards, its results included.</param>
    /// <returns>One operation, valid until the next call; <see cref="Op.None"/> when there is none.</returns>
    internal ReadOnlySpan<ushort> TranslateSingle(ref Instruction instruction, out int remaining)
    {
        TranslateRegular(ref instruction);
        remaining = _stackCount;
        if (_history.Count != 1)
        {
            _length = 0;
            _code[_length++] = (ushort)Op.None;
        }

        int length = _length;
        EndSingle();
        return new ReadOnlySpan<ushort>(_code, 0, length);
    }

    private void EndSingle()
    {
        _length = 0;
        _helper = -1;
        StartRun();
        _stackCount = 0;
        _top = _maxTop = FirstOperandSlot;
    }
}
