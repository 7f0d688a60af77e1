using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>How many segments a snapshot may add, for all memories together, and from which number on they have to be worth it.</summary>
internal sealed class SegmentBudget
{
    /// <summary>
    /// How many segments a module may have in all: engines accept no more. WebAssembly JavaScript Interface,
    /// Implementation-defined Limits.
    /// </summary>
    internal const int MaxCountInModule = WasmLimits.MaxDataSegments;

    /// <summary>How many segments the original adds at most, whatever was there before.</summary>
    internal const int MaxCountOfOriginal = 10_000;

    /// <summary>
    /// How many segments may be too small to be worth loading: some more than the original has, which costs V8 a tenth of a
    /// millisecond. Guests that ask for random numbers leave other bytes behind in each run, and of such a snapshot, too, ours
    /// is to be the smaller one.
    /// </summary>
    internal const int FreeCountOfCompact = 12_000;

    /// <summary>
    /// The largest gap that is not worth another segment when there are that many already: loading a
    /// segment costs V8 as much as loading this many bytes does.
    /// </summary>
    internal const int MaxSmallGap = 48;

    private const int CandidatesPerSegment = 2;

    internal SegmentBudget(ModuleLayout layout, int maxCount, int freeCount = FreeCountOfCompact)
    {
        Layout = layout;
        MaxCount = maxCount;
        FreeCount = Math.Min(freeCount, maxCount);
    }

    /// <summary>What all layouts can do with, where nothing stays of the input's segments.</summary>
    internal static SegmentBudget Default { get; } = For(ModuleLayout.Compact, keptCount: 0);

    internal ModuleLayout Layout { get; }

    /// <summary>No more than these.</summary>
    internal int MaxCount { get; }

    /// <summary>Up to here nobody minds that loading a segment costs more than the bytes it saves.</summary>
    internal int FreeCount { get; }

    /// <summary>Among how many ranges those are chosen that stay apart by what exactly it costs to join them, when few may stay.</summary>
    internal int CandidateCount => FreeCount * CandidatesPerSegment;

    /// <summary>The budget of a snapshot.</summary>
    /// <param name="layout">The original's has a limit of its own.</param>
    /// <param name="keptCount">How many of the input's segments stay.</param>
    /// <param name="maxCountInModule">How many the module may have with them.</param>
    internal static SegmentBudget For(ModuleLayout layout, int keptCount, int maxCountInModule = MaxCountInModule)
    {
        // Whoever adds them all up finds out when there is no room for the last one.
        int left = Math.Max(1, maxCountInModule - keptCount);
        return new SegmentBudget(layout, layout == ModuleLayout.Compatible ? Math.Min(MaxCountOfOriginal, left) : left);
    }
}
