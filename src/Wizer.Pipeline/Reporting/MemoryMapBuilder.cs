using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Draws a <see cref="MemoryMap"/>: applies the data segments of the input in their order and compares that with the snapshot, stretch by
/// stretch, so that it takes no room that grows with the memory.
/// </summary>
internal sealed class MemoryMapBuilder
{
    private const long MinCellByteLength = 4096;

    // Of all memories of a module together: some ten lines of a screen, and a few hundred kilobytes of a report.
    private const long MaxCellCount = 4096;
    private const int MaxContentsByteLength = 65536;
    private const int MinShownByteLength = 16;

    private readonly ModuleContext _context;
    private readonly SnapshotData _snapshot;
    private readonly int _memory;
    private readonly long _cellByteLength;
    private readonly int[] _input;
    private readonly int[] _changed;

    private MemoryMapBuilder(ModuleContext context, SnapshotData snapshot, int memory, long maxCellCount)
    {
        _context = context;
        _snapshot = snapshot;
        _memory = memory;
        UInt128 byteLength = (UInt128)snapshot.PageCounts[memory] << context.Module.Memories[memory].Type.PageSizeLog2;
        _cellByteLength = MinCellByteLength;
        while ((byteLength + (ulong)_cellByteLength - 1) / (ulong)_cellByteLength > (ulong)maxCellCount)
        {
            _cellByteLength *= 2;
        }

        long cellCount = (long)((byteLength + (ulong)_cellByteLength - 1) / (ulong)_cellByteLength);
        _input = new int[cellCount];
        _changed = new int[cellCount];
    }

    /// <summary>Draws the map of a memory. Call while the bytes of the snapshot are still there.</summary>
    /// <param name="context">The input.</param>
    /// <param name="snapshot">What was taken.</param>
    /// <param name="initial">The values that the input gives its globals.</param>
    /// <param name="memory">The index of the memory, which is the module's own in the snapshot.</param>
    /// <param name="memoryCount">How many memories share the room that there is.</param>
    internal static MemoryMap Draw(ModuleContext context, SnapshotData snapshot, GlobalValue[] initial, int memory, int memoryCount)
    {
        var builder = new MemoryMapBuilder(context, snapshot, memory, Math.Max(16, MaxCellCount / memoryCount));
        ExtentList after = builder.Taken();
        foreach (ExtentPair pair in ExtentPairs.Of(builder.Given(initial).Extents, after.Extents))
        {
            builder.Count(pair);
        }

        return new MemoryMap
        {
            CellByteLength = builder._cellByteLength,
            Runs = builder.Runs(),
            Contents = builder.Contents(after, MaxContentsByteLength / memoryCount),
        };
    }

    private ExtentList Given(GlobalValue[] initial)
    {
        var extents = new ExtentList();
        DataSegmentInfo[] segments = _context.Module.DataSegments;
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Mode == SegmentMode.Active && segments[i].MemoryIndex == _memory)
            {
                GlobalValue address = InitialGlobals.Evaluate(_context.Module, segments[i].OffsetExpr, initial);
                extents.Add(address.LowBits, segments[i].Data.Length, i);
            }
        }

        return extents;
    }

    private ExtentList Taken()
    {
        var extents = new ExtentList();
        int first = 0;
        foreach (RangeList ranges in _snapshot.Ranges)
        {
            for (int i = 0; i < ranges.Count && ranges.Cost.MemoryIndex == _memory; i++)
            {
                extents.Add(ranges[i].Start, (long)ranges[i].ByteLength, first + i);
            }

            first += ranges.Count;
        }

        return extents;
    }

    private void Count(in ExtentPair pair)
    {
        ReadOnlySpan<byte> before = default;
        if (pair.Before is { } given)
        {
            ByteRange data = _context.Module.DataSegments[given.Segment].Data;
            int start = (int)(given.Start + (long)(pair.Address - given.Address));
            before = data.Of(_context.Module.Bytes.Span).Slice(start, (int)pair.Length);
        }

        if (pair.After is not { } taken)
        {
            Count(before, default, pair.Address);
            return;
        }

        ulong address = pair.Address;
        ReadOnlySequence<byte> after = _snapshot.ContentsOf(taken.Segment)
            .Slice(taken.Start + (long)(pair.Address - taken.Address), pair.Length);
        foreach (ReadOnlyMemory<byte> piece in after)
        {
            ReadOnlySpan<byte> same = before.IsEmpty ? default : before[(int)(address - pair.Address)..][..piece.Length];
            Count(same, piece.Span, address);
            address += (ulong)piece.Length;
        }
    }

    // An empty side is zeros.
    private void Count(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, ulong address)
    {
        int length = Math.Max(before.Length, after.Length);
        for (int at = 0; at < length;)
        {
            ulong here = address + (ulong)at;
            long cell = (long)(here / (ulong)_cellByteLength);
            if (cell >= _input.Length)
            {
                // A memory that the input fills and the snapshot of another module has.
                return;
            }

            int count = (int)Math.Min(length - at, _cellByteLength - (long)(here % (ulong)_cellByteLength));
            if (before.IsEmpty || after.IsEmpty)
            {
                _changed[cell] += (int)NonZeroBytes.Count((before.IsEmpty ? after : before).Slice(at, count));
            }
            else
            {
                NonZeroBytes.Compare(before.Slice(at, count), after.Slice(at, count), out int changed, out int kept);
                _changed[cell] += changed;
                _input[cell] += kept;
            }

            at += count;
        }
    }

    private List<MemoryCells> Runs()
    {
        var runs = new List<MemoryCells>();
        for (int start = 0; start < _input.Length;)
        {
            int end = start + 1;
            while (end < _input.Length && _input[end] == _input[start] && _changed[end] == _changed[start])
            {
                end++;
            }

            runs.Add(new MemoryCells(end - start, _input[start], _changed[start]));
            start = end;
        }

        return runs;
    }

    // As much of each cell that holds something as fits, from where it begins to hold something on.
    private List<MemoryContents> Contents(ExtentList taken, int budget)
    {
        int cellCount = 0;
        for (int i = 0; i < _input.Length; i++)
        {
            cellCount += _input[i] + _changed[i] > 0 ? 1 : 0;
        }

        var contents = new List<MemoryContents>();
        long shown = Math.Max(MinShownByteLength, budget / Math.Max(cellCount, 1) & -MinShownByteLength);
        long last = -1;
        foreach (Extent extent in taken.Extents)
        {
            for (ulong at = extent.Address; at < extent.End && budget > 0;)
            {
                long cell = (long)(at / (ulong)_cellByteLength);
                ulong end = Math.Min(extent.End, (ulong)(cell + 1) * (ulong)_cellByteLength);
                if (cell != last)
                {
                    int length = (int)Math.Min(Math.Min((ulong)shown, end - at), (ulong)budget);
                    contents.Add(new MemoryContents(at, BytesOf(extent, at, length)));
                    budget -= length;

                    // What is small takes all that it has, however it is cut.
                    last = shown >= _cellByteLength ? -1 : cell;
                }

                at = end;
            }
        }

        return contents;
    }

    private byte[] BytesOf(in Extent extent, ulong address, int length) =>
        _snapshot.ContentsOf(extent.Segment).Slice(extent.Start + (long)(address - extent.Address), length).ToArray();
}
