using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Says what became of a component.</summary>
internal static class ComponentReports
{
    /// <summary>Describes the core modules.</summary>
    /// <param name="context">The component.</param>
    /// <param name="snapshots">What became of the module of each core instance.</param>
    internal static CoreModuleReport[] Describe(ComponentContext context, SnapshotReport[] snapshots)
    {
        List<ModuleInfo> all = CoreModules.Find(context.Component);
        var reports = new CoreModuleReport[snapshots.Length];
        for (int i = 0; i < reports.Length; i++)
        {
            ModuleInfo module = context.Modules[i].Module;
            reports[i] = new CoreModuleReport(all.IndexOf(module), NameSection.Read(module).Module, snapshots[i])
            {
                Instance = context.OrdinalOf(i),
            };
        }

        return reports;
    }

    /// <summary>Adds up what became of the modules.</summary>
    internal static SnapshotReport Sum(long inputByteLength, long outputByteLength, SnapshotReport[] modules)
    {
        int segmentCount = 0;
        int keptSegmentCount = 0;
        int globalCount = 0;
        long segmentByteLength = 0;
        foreach (SnapshotReport module in modules)
        {
            segmentCount += module.SegmentCount;
            keptSegmentCount += module.KeptSegmentCount;
            globalCount += module.GlobalCount;
            segmentByteLength += module.SegmentByteLength;
        }

        return new SnapshotReport
        {
            InputByteLength = inputByteLength,
            OutputByteLength = outputByteLength,
            SegmentCount = segmentCount,
            SegmentByteLength = segmentByteLength,
            KeptSegmentCount = keptSegmentCount,
            GlobalCount = globalCount,
        };
    }

    /// <summary>Checks that no handles are lost.</summary>
    /// <exception cref="WizerException">Some are.</exception>
    internal static void DemandNothingLost(HandleReport[] handles)
    {
        HandleReport[] lost = Array.FindAll(handles, static report => report.Fate == HandleFate.Lost);
        if (lost.Length != 0)
        {
            Throw.HandlesLeft(string.Join(", ", lost.Select(static report => report.ToString())));
        }
    }
}
