namespace Wizer.Pipeline;

/// <summary>The state of an instance, as far as a module can start with it.</summary>
internal sealed class SnapshotData
{
    internal SnapshotData(GlobalValue[] globals, ulong[] pageCounts, DataSegment[] segments)
    {
        Globals = globals;
        PageCounts = pageCounts;
        Segments = segments;
    }

    /// <summary>The values of the mutable globals, in index order.</summary>
    internal GlobalValue[] Globals { get; }

    /// <summary>The size of each memory in its own pages.</summary>
    internal ulong[] PageCounts { get; }

    /// <summary>What the memories hold: by memory, then by address.</summary>
    internal DataSegment[] Segments { get; }

    internal int SegmentCount => Segments.Length;

    /// <summary>The bytes of all segments.</summary>
    internal long SegmentByteLength
    {
        get
        {
            long sum = 0;
            foreach (DataSegment segment in Segments)
            {
                sum += segment.Contents.Length;
            }

            return sum;
        }
    }
}
