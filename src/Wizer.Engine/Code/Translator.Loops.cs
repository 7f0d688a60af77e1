using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// For compiled code: where a function's loops are.
internal sealed unsafe partial class Translator
{
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
        if (_stack.Count > HotLoop.MaxStackCount)
        {
            return;
        }

        var loop = new HotLoop(_length, Offset);
        for (int i = 0; i < _stack.Count; i++)
        {
            if (_stack[i].Kind != NoteKind.Constant)
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
}
