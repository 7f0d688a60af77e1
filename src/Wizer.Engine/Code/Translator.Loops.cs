using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// For compiled code: where a function's loops are.
internal sealed unsafe partial class Translator
{
    private static readonly int[] s_none = [];

    // While they are looked for.
    private List<HotLoop>? _loops;

    // For each loop of the function that was translated last, its unit and its offset.
    private int[] _loopPlaces = new int[32];
    private int _loopPlaceCount;
    private bool _hasLoopConstants;

    /// <summary>
    /// The loops of a function, where compiled code can take over: all entries of the stack are in their slots there, but
    /// for constants, which code knows.
    /// </summary>
    /// <param name="func">It has been translated.</param>
    /// <param name="places">What its <see cref="CodeArena.Piece.LoopPlaces"/> say.</param>
    internal List<HotLoop> LoopsOf(FuncData* func, int[]? places)
    {
        if (places == null)
        {
            return FindLoops(func);
        }

        List<HotLoop> loops = [];
        for (int i = 0; i < places.Length; i += 2)
        {
            loops.Add(new HotLoop(places[i], places[i + 1]));
        }

        return loops;
    }

    /// <summary>How often a function was translated a second time for its loops.</summary>
    internal int LoopTranslationCount { get; private set; }

    // Where the loops are that were just passed; null when some have constants below them. Those are rare, and can be many for each
    // of many loops: they are looked for when the function turns out to be busy.
    private int[]? TakeLoopPlaces()
    {
        if (_hasLoopConstants)
        {
            return null;
        }

        if (_loopPlaceCount == 0)
        {
            return s_none;
        }

        var places = new int[_loopPlaceCount];
        Array.Copy(_loopPlaces, places, places.Length);
        return places;
    }

    private List<HotLoop> FindLoops(FuncData* func)
    {
        LoopTranslationCount++;
        _offsetsOf = null;
        _loops = [];
        TranslateBody(func, _host.ModuleOf(func->Instance));
        List<HotLoop> loops = _loops;
        _loops = null;
        return loops;
    }

    private void NoteLoop()
    {
        // Each loop has its own list of constants, and no compiler takes functions with deeper stacks.
        if (_stack.Count > HotLoop.MaxStackCount)
        {
            return;
        }

        if (_loops == null)
        {
            NotePlace();
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

    private void NotePlace()
    {
        for (int i = 0; i < _stack.Count && !_hasLoopConstants; i++)
        {
            _hasLoopConstants = _stack[i].Kind == NoteKind.Constant;
        }

        if (_hasLoopConstants)
        {
            return;
        }

        if (_loopPlaceCount == _loopPlaces.Length)
        {
            Array.Resize(ref _loopPlaces, 2 * _loopPlaces.Length);
        }

        _loopPlaces[_loopPlaceCount++] = _length;
        _loopPlaces[_loopPlaceCount++] = (int)Offset;
    }
}
