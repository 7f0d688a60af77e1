using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Says what a snapshot came to, and finds out what a detailed report says and the run itself does not need to know.</summary>
internal static class ReportBuilder
{
    /// <summary>Reports on a module that has been written. Call while the bytes of its snapshot are still there.</summary>
    /// <param name="context">The input.</param>
    /// <param name="snapshot">What was taken.</param>
    /// <param name="options">How.</param>
    /// <param name="byteLength">The size of the new module.</param>
    /// <param name="codeMove">See <see cref="SnapshotReport.CodeMove"/>.</param>
    internal static SnapshotReport Report(
        ModuleContext context, SnapshotData snapshot, WizerOptions options, long byteLength, long codeMove) => new()
        {
            InputByteLength = context.InputByteLength,
            OutputByteLength = byteLength,
            SegmentCount = snapshot.SegmentCount,
            SegmentByteLength = snapshot.SegmentByteLength,
            CodeMove = codeMove,
            KeptSegmentCount = context.KeptDataCount(options.Layout),
            GlobalCount = snapshot.Globals.Length,
            References = ReferenceReports.Describe(snapshot.References),
            UnmatchedRenames = RenameReport.Find(context, options),
            Details = options.DetailedReport ? Describe(context, snapshot) : null,
        };

    /// <summary>Describes a snapshot. Call while its bytes are still there.</summary>
    internal static SnapshotDetails Describe(ModuleContext context, SnapshotData snapshot)
    {
        ModuleInfo module = context.Module;
        var segments = new SegmentReport[snapshot.SegmentCount];
        var segmentCounts = new int[module.Memories.Length];
        var byteLengths = new long[module.Memories.Length];
        var nonZero = new long[module.Memories.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            DataSegment segment = snapshot.SegmentAt(i);
            int memory = (int)segment.MemoryIndex;
            segments[i] = new SegmentReport(memory, segment.Address, (long)segment.ByteLength);
            segmentCounts[memory]++;
            byteLengths[memory] += (long)segment.ByteLength;

            // Whatever is in no segment is zero.
            nonZero[memory] += NonZeroBytes.Count(snapshot.ContentsOf(i));
        }

        GlobalValue[] initial = InitialGlobals.Evaluate(module, snapshot.ImportedGlobals);
        var memories = new MemoryReport[module.Memories.Length - context.FirstMemory];
        for (int i = context.FirstMemory; i < module.Memories.Length; i++)
        {
            MemoryType type = module.Memories[i].Type;
            memories[i - context.FirstMemory] = new MemoryReport
            {
                Index = i,
                PageByteLength = 1L << type.PageSizeLog2,
                InitialPageCount = (long)type.Limits.Minimum,
                PageCount = (long)snapshot.PageCounts[i],
                NonZeroByteLength = nonZero[i],
                SegmentCount = segmentCounts[i],
                SegmentByteLength = byteLengths[i],
                Map = MemoryMapBuilder.Draw(context, snapshot, initial, i, memories.Length),
            };
        }

        return new SnapshotDetails
        {
            Memories = memories,
            Segments = segments,
            ChangedGlobals = FindChangedGlobals(context, snapshot, initial),
        };
    }

    private static GlobalReport[] FindChangedGlobals(ModuleContext context, SnapshotData snapshot, GlobalValue[] initial)
    {
        ModuleInfo module = context.Module;
        var changed = new List<GlobalReport>();
        int next = 0;
        for (int i = context.FirstGlobal; i < module.Globals.Length; i++)
        {
            if (ModuleContext.IsRead(module.Globals[i].Type))
            {
                GlobalValue value = snapshot.Globals[next++];
                if (value != initial[i])
                {
                    changed.Add(new GlobalReport(i, initial[i], value));
                }
            }
        }

        return changed.ToArray();
    }
}
