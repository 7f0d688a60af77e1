using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>Finds the non-zero ranges of a whole memory, on several threads when it is large.</summary>
internal static class MemoryScanner
{
    /// <summary>
    /// From here on vectors and threads are worth their start-up: words scan about 10 GB/s, so 8 MiB take less than the
    /// compiler needs for the vector code.
    /// </summary>
    internal const long LargeMemory = 8 << 20;

    /// <summary>
    /// What a thread takes at a time. A whole number of pages of any size, so the cuts say nothing about the result: ranges
    /// that meet at a cut are joined again.
    /// </summary>
    internal const int ChunkByteLength = 4 << 20;

    /// <summary>Finds the ranges, in address order.</summary>
    internal static RangeList Scan(in ReadOnlySequence<byte> memory)
    {
        var ranges = new RangeList();
        bool isLarge = memory.Length >= LargeMemory;
        ulong address = 0;
        foreach (ReadOnlyMemory<byte> piece in memory)
        {
            if (isLarge)
            {
                ScanInParallel(piece, address, ranges);
            }
            else
            {
                NonZeroScanner.ScanWords(piece.Span, address, ranges);
            }

            address += (uint)piece.Length;
        }

        return ranges;
    }

    private static void ScanInParallel(ReadOnlyMemory<byte> piece, ulong address, RangeList ranges)
    {
        int chunkCount = (int)(((long)piece.Length + ChunkByteLength - 1) / ChunkByteLength);
        var found = new RangeList[chunkCount];
        Parallel.For(0, chunkCount, chunk =>
        {
            int start = chunk * ChunkByteLength;
            ReadOnlySpan<byte> bytes = piece.Span.Slice(start, Math.Min(ChunkByteLength, piece.Length - start));
            var list = new RangeList();
            NonZeroScanner.ScanVectors(bytes, address + (uint)start, list);
            list.Prune();
            found[chunk] = list;
        });

        // Whichever thread was first, the order is that of the addresses again.
        foreach (RangeList list in found)
        {
            ranges.AddAll(list);
        }
    }
}
