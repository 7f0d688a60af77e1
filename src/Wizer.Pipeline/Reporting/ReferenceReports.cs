namespace Wizer.Pipeline;

/// <summary>Says what was taken of tables, references and objects.</summary>
internal static class ReferenceReports
{
    /// <summary>Describes it; null where there is nothing to tell.</summary>
    internal static ReferenceReport? Describe(ReferenceChanges changes)
    {
        if (ReferenceEquals(changes, ReferenceChanges.None))
        {
            return null;
        }

        var objects = new List<ObjectReport>();
        foreach ((uint typeIndex, int count) in changes.Counts?.Objects ?? [])
        {
            objects.Add(new ObjectReport((int)typeIndex, count));
        }

        return new ReferenceReport
        {
            TableCount = changes.Counts?.Tables ?? 0,
            ElementCount = changes.Counts?.Elements ?? 0,
            GlobalCount = changes.Counts?.Globals ?? 0,
            Objects = objects,
            ExceptionCount = changes.Counts?.Exceptions ?? 0,
            DroppedDataSegmentCount = changes.Dropped.DataCount,
            DroppedElementSegmentCount = changes.Dropped.ElementCount,
            RestoreByteLength = changes.Restore?.ByteLength ?? 0,
        };
    }
}
