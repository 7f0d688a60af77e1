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

        // Within the limit, merging finds the best there is. Beyond, the gaps that cost least are closed before; since the
        // sizes of lengths are not part of that, what the original would close is tried too, so as never to be larger.
        RangeList[]? others = SegmentLimit.Holds(memories, maxCount) ? null : Clone(memories);
        Merge(memories, GapOrder.ByWeight, maxCount);
        if (others is not null)
        {
            Merge(others, GapOrder.BySize, maxCount);
            if (EncodedLength(others) < EncodedLength(memories))
            {
                Array.Copy(others, memories, memories.Length);
            }
        }
    }

    private static void Merge(RangeList[] memories, GapOrder order, int maxCount)
    {
        SegmentLimit.CloseSmallestGaps(memories, order, maxCount);
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
