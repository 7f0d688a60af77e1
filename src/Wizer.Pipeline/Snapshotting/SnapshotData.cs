using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>The state of an instance, as far as a module can start with it.</summary>
internal sealed class SnapshotData
{
    private readonly ReadOnlySequence<byte>[] _contents;
    private readonly bool _areCopies;

    /// <param name="globals">The values of the mutable globals, in index order.</param>
    /// <param name="pageCounts">The size of each memory in its own pages; 0 for one that is in the snapshot of another module.</param>
    /// <param name="segments">What the memories hold: by memory, then by address.</param>
    /// <param name="contents">The whole memories, or copies of what the segments hold.</param>
    /// <param name="areCopies">The latter.</param>
    internal SnapshotData(
        GlobalValue[] globals, ulong[] pageCounts, DataSegment[] segments, ReadOnlySequence<byte>[] contents, bool areCopies)
    {
        Globals = globals;
        PageCounts = pageCounts;
        Segments = segments;
        _contents = contents;
        _areCopies = areCopies;
    }

    /// <summary>The values of the mutable globals, in index order.</summary>
    internal GlobalValue[] Globals { get; }

    /// <summary>The size of each memory in its own pages; 0 for one that is in the snapshot of another module.</summary>
    internal ulong[] PageCounts { get; }

    /// <summary>What the memories hold: by memory, then by address.</summary>
    internal DataSegment[] Segments { get; }

    /// <summary>
    /// The values of the globals that the module imports, the default one for references; null for a module that imports none.
    /// </summary>
    internal GlobalValue[]? ImportedGlobals { get; init; }

    /// <summary>What becomes of tables, references and segments.</summary>
    internal ReferenceChanges References { get; init; } = ReferenceChanges.None;

    internal int SegmentCount => Segments.Length;

    /// <summary>The bytes of all segments.</summary>
    internal long SegmentByteLength
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < Segments.Length; i++)
            {
                sum += Segments[i].ByteLength;
            }

            return (long)sum;
        }
    }

    /// <summary>The bytes of a segment; good as long as the memories, or the copies, are.</summary>
    internal ReadOnlySequence<byte> ContentsOf(int segment) => _areCopies
        ? _contents[segment]
        : _contents[Segments[segment].MemoryIndex].Slice((long)Segments[segment].Address, (long)Segments[segment].ByteLength);

    /// <summary>A whole memory, where the segments are parts of one piece of memory; slicing that is much faster.</summary>
    internal bool TryGetMemory(uint index, out ReadOnlyMemory<byte> bytes)
    {
        bool isWhole = !_areCopies && _contents[index].IsSingleSegment;
        bytes = isWhole ? _contents[index].First : default;
        return isWhole;
    }
}
