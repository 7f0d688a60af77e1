using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>How far the compilers have come with a function.</summary>
internal enum HotState
{
    /// <summary>Machine code of ours is to be tried first.</summary>
    Untried,

    /// <summary>That is being tried on another thread.</summary>
    Compiling,

    /// <summary>It has machine code of ours, and nothing more is compiled.</summary>
    MachineCode,

    /// <summary>It is interpreted, except for loops that RyuJIT was given.</summary>
    Interpreted,

    /// <summary>RyuJIT has compiled it, or will.</summary>
    Requested,

    /// <summary>No compiler takes it.</summary>
    Refused,
}

/// <summary>A function that is worth compiling, and what became of it.</summary>
internal sealed unsafe class HotFunction(FuncData* func, ModuleInfo module)
{
    // In the order of the body.
    private List<HotLoop> _loops = [];

    internal FuncData* Func { get; } = func;

    /// <summary>The module that it belongs to.</summary>
    internal ModuleInfo Module { get; } = module;

    /// <summary>What became of it so far.</summary>
    internal HotState State { get; set; }

    /// <summary>Whether RyuJIT would not optimize it, or it has what is only interpreted.</summary>
    internal bool IsBeyondRyuJit { get; init; }

    /// <summary>
    /// How hot it has to be before anything more of it is compiled. It doubles each time: a function with many loops would
    /// otherwise be compiled once for each of them, all at once.
    /// </summary>
    internal long NextHeat { get; set; }

    /// <summary>Whether it was seen at its start, or compiled code of it has returned.</summary>
    internal bool IsCalledOften { get; set; }

    /// <summary>Takes what <see cref="Translator.LoopsOf"/> found.</summary>
    internal void SetLoops(List<HotLoop> loops) => _loops = loops;

    /// <summary>What is not compiled by now may be requested again: nobody is working on it.</summary>
    internal void ForgetRequests()
    {
        if (State == HotState.Requested && !Func->IsCompiled)
        {
            State = HotState.Interpreted;
        }

        foreach (HotLoop loop in _loops)
        {
            loop.IsRequested = loop.Entry != 0;
        }
    }

    /// <summary>The loop that starts at a unit of the interpreter's code, or null.</summary>
    internal HotLoop? FindLoop(int unit) => Find(unit, isUnit: true);

    /// <summary>The loop at an offset of the module, or null.</summary>
    internal HotLoop? FindLoopAt(long offset) => Find(offset, isUnit: false);

    // A function may have a hundred thousand.
    private HotLoop? Find(long value, bool isUnit)
    {
        int low = 0;
        int high = _loops.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            long found = isUnit ? _loops[middle].Unit : _loops[middle].Offset;
            if (found == value)
            {
                return _loops[middle];
            }

            if (found < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return null;
    }
}

/// <summary>A loop in which compiled code may take over.</summary>
/// <param name="unit">Where it starts in the interpreter's code.</param>
/// <param name="offset">Where its instruction is in the module.</param>
internal sealed unsafe class HotLoop(int unit, long offset)
{
    private List<Constant>? _constants;

    /// <summary>
    /// Loops in functions with deeper operand stacks are not noted: each has its own list of constants, and no compiler takes such
    /// functions.
    /// </summary>
    internal const int MaxStackCount = 500;

    /// <summary>The offset of no loop, for a function that starts at its start.</summary>
    internal const long None = -1;

    internal int Unit { get; } = unit;

    internal long Offset { get; } = offset;

    /// <summary>Whether it is compiled, or will be.</summary>
    internal bool IsRequested { get; set; }

    /// <summary>Notes a constant on the stack below the loop, which interpreted code has not put into its slot.</summary>
    internal void AddConstant(int slot, ulong bits) => (_constants ??= []).Add(new Constant(slot, bits));

    /// <summary>Puts them there.</summary>
    internal void StoreConstants(ulong* fp)
    {
        if (_constants != null)
        {
            foreach (Constant constant in _constants)
            {
                fp[constant.Slot] = constant.Bits;
            }
        }
    }

    /// <summary>The code of the function that starts here, or 0.</summary>
    internal nint Entry { get; set; }

    /// <summary>Where the function's machine code is entered here, or 0.</summary>
    internal nint MachineEntry { get; set; }

    private sealed class Constant(int slot, ulong bits)
    {
        internal int Slot { get; } = slot;

        internal ulong Bits { get; } = bits;
    }
}
