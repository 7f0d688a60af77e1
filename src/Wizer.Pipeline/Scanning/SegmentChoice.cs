namespace Wizer.Pipeline;

/// <summary>Decides which ranges of the memories become segments.</summary>
internal static class SegmentChoice
{
    /// <summary>Joins ranges as the layout wants them.</summary>
    /// <param name="memories">One list per memory, in index order; replaced by what was chosen.</param>
    /// <param name="layout">The fewest bytes, or what the original does.</param>
    /// <param name="maxCount">How many segments there may be in all.</param>
    internal static void Choose(RangeList[] memories, ModuleLayout layout, int maxCount)
    {
        if (layout == ModuleLayout.Compatible)
        {
            SegmentLimit.CloseSmallestGaps(memories, GapOrder.BySize, maxCount);
            return;
        }

        if (SegmentLimit.Holds(memories, maxCount))
        {
            Merge(memories);
            return;
        }

        // Within the limit, merging finds the best there is. Beyond, some gaps have to be closed before. What is closed by what
        // it adds to the module is best as a rule; what the original would close is tried too, so as never to be larger.
        RangeList[] others = Clone(memories);
        SegmentLimit.CloseLeastEffects(memories, maxCount);
        Merge(memories);
        SegmentLimit.CloseSmallestGaps(others, GapOrder.BySize, maxCount);
        Merge(others);
        if (EncodedLength(others) < EncodedLength(memories))
        {
            Array.Copy(others, memories, memories.Length);
        }
    }

    private static void Merge(RangeList[] memories)
    {
        foreach (RangeList memory in memories)
        {
            SegmentMerger.Merge(memory);
        }
    }

    private static RangeList[] Clone(RangeList[] memories)
    {
        var clones = new RangeList[memories.Length];
        for (int i = 0; i < clones.Length; i++)
        {
            clones[i] = memories[i].Clone();
        }

        return clones;
    }

    private static ulong EncodedLength(RangeList[] memories)
    {
        ulong sum = 0;
        foreach (RangeList memory in memories)
        {
            sum += memory.EncodedLength;
        }

        return sum;
    }
}
