namespace Wizer.Pipeline;

/// <summary>The state of an instance, as far as a module can start with it.</summary>
internal sealed class SnapshotData
{
    internal SnapshotData(GlobalValue[] globals, ulong[] pageCounts, DataSegment[] segments)
    {
        Globals = globals;
        PageCounts = pageCounts;
        _segments = segments;
    }

    private readonly DataSegment[] _segments;

    /// <summary>The values of the mutable globals, in index order.</summary>
    internal GlobalValue[] Globals { get; }

    /// <summary>The size of each memory in its own pages.</summary>
    internal ulong[] PageCounts { get; }

    /// <summary>What the memories hold: by memory, then by address.</summary>
    internal ReadOnlySpan<DataSegment> Segments => _segments;

    internal int SegmentCount => _segments.Length;

    /// <summary>The bytes of all segments.</summary>
    internal long SegmentByteLength
    {
        get
        {
            long sum = 0;
            foreach (DataSegment segment in _segments)
            {
                sum += segment.Contents.Length;
            }

            return sum;
        }
    }
}
