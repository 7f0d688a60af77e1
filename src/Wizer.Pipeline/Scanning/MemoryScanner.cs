using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>Finds the non-zero ranges of a whole memory, on several threads when there is much to read.</summary>
internal static class MemoryScanner
{
    /// <summary>From here on threads are worth their start: a thread scans 2 to 10 GB/s, and another one takes a millisecond.</summary>
    internal const ulong LargeMemory = 16 << 20;

    /// <summary>
    /// From here on vectors are worth their start: they are twice as fast where memory is dense, but have to be compiled at run time,
    /// which takes as long as words take for this much.
    /// </summary>
    internal const ulong HugeMemory = 128 << 20;

    /// <summary>
    /// What a thread takes at a time. Ranges that meet at a cut are joined again, so it says nothing about the result. Little enough
    /// for the ranges of a part not to touch much memory, and for what one part teaches to be of use to nearly all others.
    /// </summary>
    internal const int ChunkByteLength = 512 << 10;

    /// <summary>Finds the ranges, in address order.</summary>
    internal static RangeList Scan(
        in ReadOnlySequence<byte> memory, SegmentCost cost = default, SegmentBudget? budget = null) =>
        Scan(memory, [new MemoryRange(0, (ulong)memory.Length)], cost, budget);

    /// <summary>The same for a memory that is known to hold zeros in most places.</summary>
    /// <param name="memory">All of it.</param>
    /// <param name="candidates">Where something else may be, in address order.</param>
    /// <param name="cost">What segments of the memory take.</param>
    /// <param name="budget">What will be asked for in the end; null for the default.</param>
    internal static RangeList Scan(
        in ReadOnlySequence<byte> memory, MemoryRange[] candidates, SegmentCost cost = default, SegmentBudget? budget = null)
    {
        var pieces = new PieceList(memory, candidates, ChunkByteLength);
        var ranges = new RangeList(cost, budget);
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
