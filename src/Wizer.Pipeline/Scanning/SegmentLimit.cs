namespace Wizer.Pipeline;

/// <summary>Keeps the number of data segments below what engines accept.</summary>
internal static class SegmentLimit
{
    /// <summary>Closes small gaps, all of them or none.</summary>
    /// <param name="memories">One list per memory, in index order; rewritten in place.</param>
    /// <param name="minCount">None when fewer ranges than these would remain.</param>
    /// <returns>Whether they were closed.</returns>
    internal static bool TryCloseSmallGaps(RangeList[] memories, int minCount)
    {
        int count = 0;
        foreach (RangeList memory in memories)
        {
            count += memory.CountApart(SegmentBudget.MaxSmallGap);
        }

        if (count < minCount)
        {
            return false;
        }

        foreach (RangeList memory in memories)
        {
            memory.CloseUpTo(SegmentBudget.MaxSmallGap, GapOrder.BySize);
        }

        return true;
    }

    /// <summary>
    /// Joins neighbours, those with the smallest gaps first and among equals those that come first. Gaps exist only between
    /// ranges of one memory, but all memories share one limit.
    /// </summary>
    /// <param name="memories">One list per memory, in index order; rewritten in place.</param>
    /// <param name="order">What the smallest ones are.</param>
    /// <param name="maxCount">How many may remain in all; a memory that holds something keeps one range in any case.</param>
    internal static void CloseSmallestGaps(RangeList[] memories, GapOrder order, int maxCount)
    {
        ulong[]? keys = null;
        CloseSmallestGaps(memories, order, maxCount, ref keys);
    }

    /// <summary>The same, several times.</summary>
    /// <param name="memories">One list per memory, in index order; rewritten in place.</param>
    /// <param name="order">What the smallest ones are.</param>
    /// <param name="maxCount">How many may remain in all.</param>
    /// <param name="keys">Room for as many as <see cref="GapCount"/> said at first, once it has been needed.</param>
    internal static void CloseSmallestGaps(RangeList[] memories, GapOrder order, int maxCount, ref ulong[]? keys)
    {
        int gapCount = GapCount(memories);
        int excess = Math.Min(RangeCount(memories) - maxCount, gapCount);
        if (excess > 0)
        {
            GapThreshold threshold = FindThreshold(memories, order, excess, ref keys);
            foreach (RangeList memory in memories)
            {
                memory.Close(ref threshold, order);
            }
        }
    }

    /// <summary>
    /// Joins neighbours where it adds least to the module, lengths included. Since closing one gap changes what the next one
    /// adds, it goes in rounds, each of which closes half of what is left to close, and the last one the little that is left then.
    /// </summary>
    /// <param name="memories">One list per memory, in index order; rewritten in place.</param>
    /// <param name="budget">How many may remain in all; a memory that holds something keeps one range in any case.</param>
    /// <param name="keys">As above: each round would take a sixth of a megabyte otherwise.</param>
    internal static void CloseLeastEffects(RangeList[] memories, SegmentBudget budget, ref ulong[]? keys)
    {
        // First to what every list still has, whatever it closed on its way: the choice must not depend on that.
        CloseSmallestGaps(memories, GapOrder.ByWeight, budget.CandidateCount, ref keys);
        int maxCount = budget.FreeCount;
        for (int count; (count = RangeCount(memories)) > maxCount && GapCount(memories) > 0;)
        {
            bool isLast = count - maxCount <= maxCount / 32;
            CloseSmallestGaps(memories, GapOrder.ByEffect, isLast ? maxCount : (count + maxCount) / 2, ref keys);
        }
    }

    private static GapThreshold FindThreshold(RangeList[] memories, GapOrder order, int closeCount, ref ulong[]? keys)
    {
        // Nearly always a small key separates them, and then nobody has to write down all of them.
        var counts = new int[GapThreshold.SmallKeys];
        foreach (RangeList memory in memories)
        {
            memory.CountSmallKeys(order, counts);
        }

        if (GapThreshold.TryFind(counts, closeCount, out GapThreshold threshold))
        {
            return threshold;
        }

        keys ??= new ulong[GapCount(memories)];
        int next = 0;
        foreach (RangeList memory in memories)
        {
            for (int i = 1; i < memory.Count; i++)
            {
                keys[next++] = memory.KeyOf(i, order);
            }
        }

        return GapThreshold.Find(keys, next, closeCount);
    }

    internal static int RangeCount(RangeList[] memories)
    {
        int count = 0;
        foreach (RangeList memory in memories)
        {
            count += memory.Count;
        }

        return count;
    }

    /// <summary>How many gaps there are, in all.</summary>
    internal static int GapCount(RangeList[] memories)
    {
        int count = 0;
        foreach (RangeList memory in memories)
        {
            count += Math.Max(0, memory.Count - 1);
        }

        return count;
    }
}
