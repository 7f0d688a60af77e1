using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Compiler.X64;

/// <summary>Machine code of one function: where it is, and what a walk over its frames needs.</summary>
internal sealed unsafe class MachineFunction(
    FuncData* func, nint start, int length, int checkedEntry, int frameByteLength, MachineGuards? guards)
{
    internal FuncData* Func { get; } = func;

    internal nint Start { get; } = start;

    internal int Length { get; } = length;

    /// <summary>Where it is called on a stack that may be too small.</summary>
    internal nint CheckedEntry { get; } = start + checkedEntry;

    /// <summary>What it has on the native stack, but for the return address.</summary>
    internal int FrameByteLength { get; } = frameByteLength;

    /// <summary>Whether it runs: it may lie here before it has been translated.</summary>
    internal bool IsLinked { get; set; }

    /// <summary>The handlers in it; null when there are none.</summary>
    internal MachineGuards? Guards { get; } = guards;
}

/// <summary>
/// The machine code of a store. What may be run cannot be written by any instruction: the system writes it (<see cref="CodeWriter"/>), or,
/// where it does not, a page can be either, and changes while nothing runs on it but the compiler.
/// </summary>
internal sealed unsafe class MachineArena(InterpreterHost host) : IMachineCode
{
    private const int PageByteLength = 4096;

    // What a processor fetches at once: where the loops of a function lie in it must not depend on what was compiled before.
    private const int LineByteLength = 64;

    // A processor guesses where an indirect call goes by the branches before it, and of where those lie, some know two bits: 4 and 8.
    private const int ReturnSpacing = 4;
    private const int ReturnPlaceCount = 4;

    private readonly List<Blocks> _blocks = [];

    // By address.
    private readonly List<MachineFunction> _functions = [];
    private readonly OperationList _operations = new();
    private readonly MachineResult[] _single = new MachineResult[1];
    private MachineCompiler? _compiler;
    private byte* _next;
    private byte* _end;

    // Up to the end of the blocks.
    private bool _isExecutable;
    private bool _hasNativeRoom;

    internal int FunctionCount => _functions.Count;

    /// <summary>What its functions take of the native stack, each, at most.</summary>
    internal int MaxFrameByteLength { get; private set; }

    /// <summary>Compiles a function that has been translated, and has it run from now on.</summary>
    /// <returns>False when it is not for this compiler.</returns>
    internal bool TryCompile(HotFunction hot)
    {
        using MachineResult result = MachineResult.Compile(_compiler ??= new MachineCompiler(host), hot.Func, hot.Module);
        _single[0] = result;
        Add(_single);
        return result.TryLink(hot, this);
    }

    /// <summary>
    /// Puts what was made of functions where it can run. What there is no room for stays as it is. Where pages have to be made writable
    /// and executable again, it is once for as many as lie one behind the other.
    /// </summary>
    internal void Add(IReadOnlyList<MachineResult> results)
    {
        int first = 0;
        while (first < results.Count)
        {
            byte* end = _next;
            int behind = first;
            int count = _functions.Count;
            while (behind < results.Count)
            {
                MachineResult result = results[behind];
                byte* start = StartOf(result, end, count);
                if (_end - start < result.Length)
                {
                    break;
                }

                end = start + result.Length;
                count += result.IsCompiled ? 1 : 0;
                behind++;
            }

            if (behind != first)
            {
                Place(results, first, behind, end);
            }
            else if (!TryTakeBlocks(results[first].Length))
            {
                behind++;
            }

            first = behind;
        }
    }

    /// <summary>Has a function, which has been translated, run its code from now on.</summary>
    internal void Link(MachineFunction function)
    {
        function.IsLinked = true;
        function.Func->Entry = &MachineCalls.Enter;
        function.Func->LoopEntry = host.Sampler is null ? &MachineCalls.EnterFromLoop : &MachineCalls.EnterFromSampledLoop;
        SetEntry(function);
    }

    /// <summary>The function that a place in machine code belongs to, or null.</summary>
    /// <param name="at">Behind an instruction of it.</param>
    internal MachineFunction? Find(nint at)
    {
        int index = FindBehind(at) - 1;
        return index >= 0 && at <= _functions[index].Start + _functions[index].Length ? _functions[index] : null;
    }

    // The first function that does not begin before an address.
    private int FindBehind(nint at)
    {
        int low = 0;
        int high = _functions.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_functions[middle].Start < at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <inheritdoc/>
    public void UseNativeStack(bool hasRoom)
    {
        _hasNativeRoom = hasRoom;
        foreach (MachineFunction function in _functions)
        {
            if (function.IsLinked)
            {
                SetEntry(function);
            }
        }
    }

    private void SetEntry(MachineFunction function)
    {
        FuncData* func = function.Func;
        func->MachineEntry = _hasNativeRoom ? function.Start : function.CheckedEntry;
        if (func->IndirectEntry != MachineCode.AnyInstanceEntry)
        {
            func->IndirectEntry = func->MachineEntry;
        }
    }

    /// <summary>Compiles a function that has machine code once more, for <see cref="FindOffset"/>.</summary>
    public void CompileForOffsets(FuncData* func)
    {
        // Nothing of it is kept: compiling is quick, and gives the same code again.
        _compiler ??= new MachineCompiler(host);
        if (!_compiler.TryCompile(func, host.ModuleOf(func->Instance), isKept: false))
        {
            Environment.FailFast("a function was compiled and cannot be compiled again");
        }

        _compiler.Operations.Free();
        OffsetCompilationCount++;
    }

    /// <summary>How often that was done.</summary>
    internal int OffsetCompilationCount { get; private set; }

    /// <summary>The module offset of the instruction that a place in the code of <see cref="CompileForOffsets"/> belongs to.</summary>
    /// <param name="at">Behind the machine instruction, counted from the start.</param>
    public long FindOffset(int at) => _compiler!.FindOffset(at);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Blocks blocks in _blocks)
        {
            MachineCode.Return((byte*)blocks.Start, blocks.Count);
        }

        _operations.Free();
        _compiler?.Dispose();
        _blocks.Clear();
        _functions.Clear();
    }

    private sealed class Blocks(nint start, int count)
    {
        internal nint Start { get; } = start;

        internal int Count { get; } = count;
    }

    private bool TryTakeBlocks(int byteLength)
    {
        int count = (byteLength + MachineCode.BlockByteLength - 1) / MachineCode.BlockByteLength;
        byte* block = MachineCode.TryTake(count);
        if (block == null)
        {
            return false;
        }

        _blocks.Add(new Blocks((nint)block, count));
        _next = block;
        _end = block + ((long)count * MachineCode.BlockByteLength);
        _isExecutable = CodeWriter.IsAvailable && AddressSpace.TryMakeExecutable(block, (ulong)(_end - block), isExecutable: true);
        return true;
    }

    // Some that fit behind what there is.
    private void Place(IReadOnlyList<MachineResult> results, int first, int behind, byte* end)
    {
        if (end == _next || !(_isExecutable && TryWrite(results, first, behind)) && !TryUnlockAndWrite(results, first, behind, end))
        {
            return;
        }

        for (int i = first; i < behind; i++)
        {
            MachineResult result = results[i];
            if (result.IsCompiled)
            {
                byte* place = StartOf(result, _next, _functions.Count);
                var function = new MachineFunction(
                    result.Func, (nint)place, result.Length, result.CheckedEntry, result.FrameByteLength, result.Guards);
                _functions.Insert(FindBehind(function.Start), function);
                MaxFrameByteLength = Math.Max(MaxFrameByteLength, function.FrameByteLength);
                result.PlaceAs(function, _operations);
                _next = place + result.Length;
            }
        }
    }

    // To pages that stay as they are.
    private bool TryWrite(IReadOnlyList<MachineResult> results, int first, int behind)
    {
        byte* at = _next;
        int count = _functions.Count;
        for (int i = first; i < behind; i++)
        {
            MachineResult result = results[i];
            if (result.IsCompiled)
            {
                at = StartOf(result, at, count++);
                if (!CodeWriter.IsAvailable || !CodeWriter.TryWrite(at, result.Code))
                {
                    return false;
                }

                at += result.Length;
            }
        }

        return true;
    }

    // Where the system has no way to do so: to pages that can be written meanwhile, and not be executed.
    private bool TryUnlockAndWrite(IReadOnlyList<MachineResult> results, int first, int behind, byte* end)
    {
        byte* firstPage = (byte*)((nint)_next & -PageByteLength);
        var byteLength = (ulong)((((nint)end + PageByteLength - 1) & -PageByteLength) - (nint)firstPage);
        if (!AddressSpace.TryMakeExecutable(firstPage, byteLength, isExecutable: false))
        {
            return false;
        }

        byte* at = _next;
        int count = _functions.Count;
        for (int i = first; i < behind; i++)
        {
            MachineResult result = results[i];
            if (result.IsCompiled)
            {
                at = StartOf(result, at, count++);
                result.Code.CopyTo(new Span<byte>(at, result.Length));
                at += result.Length;
            }
        }

        if (!AddressSpace.TryMakeExecutable(firstPage, byteLength, isExecutable: true))
        {
            // What it was a moment ago: there is no reason for the system to refuse, and no way to go on if it does.
            Environment.FailFast("the system has taken machine code away");
        }

        return true;
    }

    // Where a function goes that comes behind others: at the beginning of a line, or little behind it. Those that calls through a table
    // reach in turn are often compiled in turn, and of one shape, so that the processor could not tell their returns apart.
    private static byte* StartOf(MachineResult result, byte* at, int count)
    {
        if (!result.IsCompiled)
        {
            return at;
        }

        var line = (byte*)(((nint)at + LineByteLength - 1) & -LineByteLength);
        int place = (count % ReturnPlaceCount) * ReturnSpacing;
        return line + ((place - result.ReturnOffset) & ((ReturnPlaceCount * ReturnSpacing) - 1));
    }
}
