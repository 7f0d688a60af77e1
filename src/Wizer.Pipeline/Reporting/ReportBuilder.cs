using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Finds out what a detailed report says and the run itself does not need to know.</summary>
internal static class ReportBuilder
{
    /// <summary>Describes a snapshot. Call while its bytes are still there.</summary>
    internal static SnapshotDetails Describe(ModuleInfo module, SnapshotData snapshot)
    {
        var segments = new SegmentReport[snapshot.Segments.Length];
        var segmentCounts = new int[module.Memories.Length];
        var byteLengths = new long[module.Memories.Length];
        var nonZero = new long[module.Memories.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            DataSegment segment = snapshot.Segments[i];
            int memory = (int)segment.MemoryIndex;
            segments[i] = new SegmentReport(memory, segment.Address, (long)segment.ByteLength);
            segmentCounts[memory]++;
            byteLengths[memory] += (long)segment.ByteLength;

            // Whatever is in no segment is zero.
            nonZero[memory] += NonZeroBytes.Count(snapshot.ContentsOf(i));
        }

        var memories = new MemoryReport[module.Memories.Length];
        for (int i = 0; i < memories.Length; i++)
        {
            MemoryType type = module.Memories[i].Type;
            memories[i] = new MemoryReport
            {
                Index = i,
                PageByteLength = 1L << type.PageSizeLog2,
                InitialPageCount = (long)type.Limits.Minimum,
                PageCount = (long)snapshot.PageCounts[i],
                NonZeroByteLength = nonZero[i],
                SegmentCount = segmentCounts[i],
                SegmentByteLength = byteLengths[i],
            };
        }

        return new SnapshotDetails
        {
            Memories = memories,
            Segments = segments,
            ChangedGlobals = FindChangedGlobals(module, snapshot.Globals),
        };
    }

    private static GlobalReport[] FindChangedGlobals(ModuleInfo module, GlobalValue[] values)
    {
        var changed = new List<GlobalReport>();
        GlobalValue[] initial = InitialGlobals.Evaluate(module);
        int next = 0;
        for (int i = 0; i < module.Globals.Length; i++)
        {
            if (ModuleContext.IsRead(module.Globals[i].Type))
            {
                GlobalValue value = values[next++];
                if (value != initial[i])
                {
                    changed.Add(new GlobalReport(i, initial[i], value));
                }
            }
        }

        return changed.ToArray();
    }
}
