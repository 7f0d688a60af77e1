using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>Finds the non-zero ranges of a whole memory, on several threads when there is much to read.</summary>
internal static class MemoryScanner
{
    /// <summary>
    /// From here on vectors and threads are worth their start-up: words scan several GB/s, so this much takes no longer than
    /// the compiler needs for the vector code.
    /// </summary>
    internal const ulong LargeMemory = 16 << 20;

    /// <summary>What a thread takes at a time. Ranges that meet at a cut are joined again, so it says nothing about the result.</summary>
    internal const int ChunkByteLength = 4 << 20;

    /// <summary>Finds the ranges, in address order.</summary>
    internal static RangeList Scan(
        in ReadOnlySequence<byte> memory, SegmentCost cost = default, int maxKept = RangeList.DefaultMaxKept) =>
        Scan(memory, [new MemoryRange(0, (ulong)memory.Length)], cost, maxKept);

    /// <summary>The same for a memory that is known to hold zeros in most places.</summary>
    /// <param name="memory">All of it.</param>
    /// <param name="candidates">Where something else may be, in address order.</param>
    /// <param name="cost">What segments of the memory take.</param>
    /// <param name="maxKept">No more ranges than this will be asked for in the end.</param>
    internal static RangeList Scan(
        in ReadOnlySequence<byte> memory, MemoryRange[] candidates, SegmentCost cost = default, int maxKept = RangeList.DefaultMaxKept)
    {
        var pieces = new PieceList(memory, candidates, ChunkByteLength);
        var ranges = new RangeList(cost, maxKept);
        if (pieces.ByteLength >= LargeMemory)
        {
            new ParallelScan(pieces, ranges).Run();
            return ranges;
        }

        for (int i = 0; i < pieces.Count; i++)
        {
            NonZeroScanner.ScanWords(pieces[i].Span, pieces.AddressOf(i), ranges);
        }

        return ranges;
    }
}
