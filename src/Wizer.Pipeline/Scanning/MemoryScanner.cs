using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>Finds the non-zero ranges of a whole memory, on several threads when there is much to read.</summary>
internal static class MemoryScanner
{
    /// <summary>
    /// From here on vectors and threads are worth their start-up: words scan several GB/s, so this much takes no longer than
    /// the compiler needs for the vector code.
    /// </summary>
    internal const ulong LargeMemory = 8 << 20;

    /// <summary>What a thread takes at a time. Ranges that meet at a cut are joined again, so it says nothing about the result.</summary>
    internal const int ChunkByteLength = 4 << 20;

    /// <summary>Finds the ranges, in address order.</summary>
    internal static RangeList Scan(in ReadOnlySequence<byte> memory, SegmentCost cost = default) =>
        Scan(memory, [new MemoryRange(0, (ulong)memory.Length)], cost);

    /// <summary>The same for a memory that is known to hold zeros in most places.</summary>
    /// <param name="memory">All of it.</param>
    /// <param name="candidates">Where something else may be, in address order.</param>
    /// <param name="cost">What segments of the memory take.</param>
    internal static RangeList Scan(in ReadOnlySequence<byte> memory, MemoryRange[] candidates, SegmentCost cost = default)
    {
        Chunk[] chunks = Cut(memory, candidates, out ulong byteLength);
        var ranges = new RangeList(cost);
        if (byteLength >= LargeMemory)
        {
            ScanInParallel(chunks, ranges);
            return ranges;
        }

        foreach (Chunk chunk in chunks)
        {
            NonZeroScanner.ScanWords(chunk.Bytes.Span, chunk.Address, ranges);
        }

        return ranges;
    }

    private static Chunk[] Cut(in ReadOnlySequence<byte> memory, MemoryRange[] candidates, out ulong byteLength)
    {
        byteLength = 0;
        int count = 0;
        var chunks = new Chunk[16];
        foreach (MemoryRange candidate in candidates)
        {
            byteLength += candidate.ByteLength;
            ulong address = candidate.Start;
            foreach (ReadOnlyMemory<byte> piece in memory.Slice((long)candidate.Start, (long)candidate.ByteLength))
            {
                for (int at = 0; at < piece.Length; at += ChunkByteLength)
                {
                    if (count == chunks.Length)
                    {
                        var grown = new Chunk[count * 2];
                        Array.Copy(chunks, grown, count);
                        chunks = grown;
                    }

                    chunks[count++] = new Chunk(piece.Slice(at, Math.Min(ChunkByteLength, piece.Length - at)), address + (uint)at);
                }

                address += (uint)piece.Length;
            }
        }

        var exact = new Chunk[count];
        Array.Copy(chunks, exact, count);
        return exact;
    }

    private static void ScanInParallel(Chunk[] chunks, RangeList ranges)
    {
        var found = new RangeList[chunks.Length];
        Parallel.For(0, chunks.Length, i =>
        {
            var list = new RangeList(ranges.Cost);
            NonZeroScanner.ScanVectors(chunks[i].Bytes.Span, chunks[i].Address, list);
            list.Finish();
            found[i] = list;
        });

        // Whichever thread was first, the order is that of the addresses again.
        foreach (RangeList list in found)
        {
            ranges.AddAll(list);
        }
    }

    private sealed class Chunk(ReadOnlyMemory<byte> bytes, ulong address)
    {
        internal ReadOnlyMemory<byte> Bytes { get; } = bytes;

        internal ulong Address { get; } = address;
    }
}
