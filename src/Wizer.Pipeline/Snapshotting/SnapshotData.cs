using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>The state of an instance, as far as a module can start with it.</summary>
internal sealed class SnapshotData
{
    private readonly ReadOnlySequence<byte>[] _contents;
    private readonly bool _areCopies;

    /// <param name="globals">The values of the mutable globals, in index order.</param>
    /// <param name="pageCounts">The size of each memory in its own pages; 0 for one that is in the snapshot of another module.</param>
    /// <param name="ranges">What the memories hold, each in a list of its own, in index order: each range is a segment.</param>
    /// <param name="contents">The whole memories by index, or copies of what the segments hold.</param>
    /// <param name="areCopies">The latter.</param>
    internal SnapshotData(
        GlobalValue[] globals, ulong[] pageCounts, RangeList[] ranges, ReadOnlySequence<byte>[] contents, bool areCopies)
    {
        Globals = globals;
        PageCounts = pageCounts;
        Ranges = ranges;
        _contents = contents;
        _areCopies = areCopies;
    }

    /// <summary>The values of the mutable globals, in index order.</summary>
    internal GlobalValue[] Globals { get; }

    /// <summary>The size of each memory in its own pages; 0 for one that is in the snapshot of another module.</summary>
    internal ulong[] PageCounts { get; }

    /// <summary>What the memories hold, each in a list of its own, in index order: each range is a segment.</summary>
    internal RangeList[] Ranges { get; }

    /// <summary>
    /// The values of the globals that the module imports, the default one for references; null for a module that imports none.
    /// </summary>
    internal GlobalValue[]? ImportedGlobals { get; init; }

    /// <summary>What becomes of tables, references and segments.</summary>
    internal ReferenceChanges References { get; init; } = ReferenceChanges.None;

    /// <summary>How many segments there are.</summary>
    internal int SegmentCount => SegmentLimit.RangeCount(Ranges);

    /// <summary>The bytes of all segments.</summary>
    internal long SegmentByteLength
    {
        get
        {
            ulong sum = 0;
            foreach (RangeList ranges in Ranges)
            {
                for (int i = 0; i < ranges.Count; i++)
                {
                    sum += ranges[i].ByteLength;
                }
            }

            return (long)sum;
        }
    }

    /// <summary>A segment by its number: by memory, then by address.</summary>
    internal DataSegment SegmentAt(int number)
    {
        int memory = 0;
        for (; number >= Ranges[memory].Count; memory++)
        {
            number -= Ranges[memory].Count;
        }

        return DataSegment.Of(Ranges[memory], number);
    }

    /// <summary>The bytes of a segment; good as long as the memories, or the copies, are.</summary>
    internal ReadOnlySequence<byte> ContentsOf(int number)
    {
        if (_areCopies)
        {
            return _contents[number];
        }

        DataSegment segment = SegmentAt(number);
        return _contents[segment.MemoryIndex].Slice((long)segment.Address, (long)segment.ByteLength);
    }

    /// <summary>A whole memory, where the segments are parts of one piece of memory; slicing that is much faster.</summary>
    internal bool TryGetMemory(uint index, out ReadOnlyMemory<byte> bytes)
    {
        bool isWhole = !_areCopies && _contents[index].IsSingleSegment;
        bytes = isWhole ? _contents[index].First : default;
        return isWhole;
    }
}
