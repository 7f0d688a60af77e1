namespace Wizer.Pipeline;

/// <summary>Decides which ranges of the memories become segments.</summary>
internal static class SegmentChoice
{
    /// <summary>Joins ranges as the layout wants them.</summary>
    /// <param name="memories">One list per memory, in index order; replaced by what was chosen.</param>
    /// <param name="layout">The fewest bytes, or what the original does.</param>
    /// <param name="maxCount">How many segments there may be in all.</param>
    /// <param name="freeCount">Of how many it does not matter that loading a segment costs more than its bytes.</param>
    internal static void Choose(
        RangeList[] memories, ModuleLayout layout, int maxCount, int freeCount = SegmentLimit.MaxCountOfOriginal)
    {
        if (layout == ModuleLayout.Compatible)
        {
            SegmentLimit.CloseSmallestGaps(memories, GapOrder.BySize, maxCount);
            return;
        }

        freeCount = Math.Min(freeCount, maxCount);
        if (SegmentLimit.RangeCount(memories) <= freeCount)
        {
            Merge(memories);
        }
        else if (SegmentLimit.TryCloseSmallGaps(memories, minCount: freeCount))
        {
            // The original closes these gaps too, and more. Of large gaps the largest are worth most, whatever their headers are.
            SegmentLimit.CloseSmallestGaps(memories, GapOrder.BySize, maxCount);
            Merge(memories);
        }
        else
        {
            CloseByEffect(memories, freeCount);
        }
    }

    /// <summary>
    /// Closes no more gaps than it must. Which ones add least to the module is best as a rule; what the original would close is
    /// tried too, so as never to be larger.
    /// </summary>
    private static void CloseByEffect(RangeList[] memories, int maxCount)
    {
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
