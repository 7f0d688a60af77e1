using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// The stack that a program made by LLVM keeps in its first memory: it grows downwards from where the linker let a mutable global,
/// the stack pointer, begin. Recognized conservatively, because what is not the stack must not be cleared.
/// </summary>
/// <param name="PointerGlobal">The index of the stack pointer.</param>
/// <param name="Low">The lowest address.</param>
/// <param name="High">The address behind the highest, where the stack pointer begins.</param>
internal readonly record struct MainStack(int PointerGlobal, ulong Low, ulong High)
{
    // Of LLVM's calling convention: stack pointer and frames.
    private const ulong Alignment = 16;

    /// <summary>Finds the stack of a valid module.</summary>
    /// <param name="module">The module, as it was before initialization.</param>
    /// <param name="stack">The stack.</param>
    /// <returns>Null, or why it is not known.</returns>
    internal static string? Find(ModuleInfo module, out MainStack stack)
    {
        stack = default;
        if (module.Memories.Length == 0)
        {
            return "the module has no memory";
        }

        if (module.ImportedMemoryCount + module.ImportedGlobalCount != 0)
        {
            return "the module imports memories or globals";
        }

        if (module.FindExport("asyncify_start_unwind"u8) >= 0)
        {
            // A suspended call leaves frames that it will come back to, wherever the stack pointer is meanwhile.
            return "the module suspends calls (it exports `asyncify_start_unwind`)";
        }

        var symbols = new LinkerSymbols(module);
        if (FindPointer(module, symbols, out int pointer) is { } problem)
        {
            return problem;
        }

        ulong high = symbols.ValueOf(pointer);
        MemoryType memory = module.Memories[0].Type;
        if (high == 0 || high % Alignment != 0 || high > memory.Limits.Minimum << memory.PageSizeLog2)
        {
            return $"global {pointer} begins with {Hex(high)}, which is no stack's end";
        }

        problem = FindLow(module, symbols, high, out ulong low);
        stack = new MainStack(pointer, low, high);
        return problem;
    }

    internal static string Hex(ulong address) => "0x" + address.ToString("x", CultureInfo.InvariantCulture);

    private static string? FindPointer(ModuleInfo module, LinkerSymbols symbols, out int pointer)
    {
        ValType addressType = module.Memories[0].Type.Limits.AddressType;
        pointer = symbols.Find("__stack_pointer"u8);
        if (pointer == LinkerSymbols.Several)
        {
            return "several globals are called `__stack_pointer`";
        }

        if (pointer >= 0)
        {
            GlobalType type = module.Globals[pointer].Type;
            return type.IsMutable && type.Value == addressType ? null : $"`__stack_pointer` is no mutable {addressType}";
        }

        // Without names, the linker's habit: its first global, of which functions take their frames.
        pointer = 0;
        bool isLikely = module.Globals.Length != 0
            && module.Globals[0].Type is { IsMutable: true } first
            && first.Value == addressType
            && StackFrames.AreTakenFrom(module, globalIndex: 0);
        return isLikely ? null : "no global is called `__stack_pointer`, by an export or in the name section, and none is used like one";
    }

    /// <summary>Finds the lower end: the stack lies either before all data, or between them and the heap.</summary>
    private static string? FindLow(ModuleInfo module, LinkerSymbols symbols, ulong high, out ulong low)
    {
        low = 0;
        bool isKnown = false;
        if (symbols.TryFindValue("__stack_low"u8, out ulong stackLow) && symbols.TryFindValue("__stack_high"u8, out ulong stackHigh))
        {
            if (stackHigh != high || stackLow > high)
            {
                return $"`__stack_low` and `__stack_high` are not where the stack pointer begins ({Hex(high)})";
            }

            low = stackLow;
            isKnown = true;
        }
        else if (symbols.TryFindValue("__data_end"u8, out ulong dataEnd))
        {
            low = dataEnd < high ? dataEnd : 0;
            isKnown = true;
        }

        if (symbols.TryFindValue("__heap_base"u8, out ulong heapBase) && heapBase < high)
        {
            return $"`__heap_base` ({Hex(heapBase)}) lies below where the stack pointer begins ({Hex(high)})";
        }

        return CheckData(module, low, high, isKnown);
    }

    /// <summary>Makes sure that no data lie in the stack, and, where nothing else says so, that all of them lie above.</summary>
    private static string? CheckData(ModuleInfo module, ulong low, ulong high, bool isLowKnown)
    {
        bool hasData = false;
        foreach (DataSegmentInfo segment in module.DataSegments)
        {
            if (segment.Mode != SegmentMode.Active || segment.MemoryIndex != 0 || segment.Data.Length == 0)
            {
                continue;
            }

            hasData = true;
            if (LinkerSymbols.TryReadAddress(module, segment.OffsetExpr) is not { } start)
            {
                return "the addresses of data are computed at instantiation";
            }

            if (!isLowKnown && start < high)
            {
                return "where the stack ends is not known; link with `--stack-first`, or `--export=__data_end`";
            }

            if (start < high && start + (ulong)segment.Data.Length > low)
            {
                return $"data lie at {Hex(start)}, within the stack ({Hex(low)} to {Hex(high)})";
            }
        }

        return isLowKnown || hasData ? null : "where the stack ends is not known; link with `--export=__data_end`";
    }
}
