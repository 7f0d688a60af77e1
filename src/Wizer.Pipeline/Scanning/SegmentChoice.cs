namespace Wizer.Pipeline;

/// <summary>Decides which ranges of the memories become segments.</summary>
internal static class SegmentChoice
{
    /// <summary>Joins ranges as the layout wants them.</summary>
    /// <param name="memories">One list per memory, in index order; replaced by what was chosen.</param>
    /// <param name="budget">The fewest bytes, or what the original does, and how many segments there may be in all.</param>
    internal static void Choose(RangeList[] memories, SegmentBudget budget)
    {
        if (budget.Layout == ModuleLayout.Compatible)
        {
            SegmentLimit.CloseSmallestGaps(memories, GapOrder.BySize, budget.MaxCount);
        }
        else if (SegmentLimit.RangeCount(memories) <= budget.FreeCount)
        {
            Merge(memories);
        }
        else if (SegmentLimit.TryCloseSmallGaps(memories, budget.FreeCount))
        {
            // The original closes these gaps too, and more. Of large gaps the largest are worth most, whatever their headers are.
            SegmentLimit.CloseSmallestGaps(memories, GapOrder.BySize, budget.MaxCount);
            Merge(memories);
        }
        else
        {
            CloseByEffect(memories, budget);
        }
    }

    /// <summary>
    /// Closes no more gaps than it must. Which ones add least to the module is best as a rule; what the original would close is
    /// tried too, so as never to be larger.
    /// </summary>
    private static void CloseByEffect(RangeList[] memories, SegmentBudget budget)
    {
        RangeList[] others = Clone(memories);
        ulong[]? keys = null;
        SegmentLimit.CloseLeastEffects(memories, budget, ref keys);
        Merge(memories);
        SegmentLimit.CloseSmallestGaps(others, GapOrder.BySize, budget.FreeCount, ref keys);
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

    /// <summary>The bytes of a segment for each range, in all.</summary>
    internal static ulong EncodedLength(RangeList[] memories)
    {
        ulong sum = 0;
        foreach (RangeList memory in memories)
        {
            sum += memory.EncodedLength;
        }

        return sum;
    }
}
