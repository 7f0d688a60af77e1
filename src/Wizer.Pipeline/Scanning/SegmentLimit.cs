namespace Wizer.Pipeline;

/// <summary>Keeps the number of data segments below what engines accept.</summary>
internal static class SegmentLimit
{
    /// <summary>
    /// How many segments a snapshot adds at most. Engines stop at 100,000; the original leaves this much headroom for the
    /// segments that were there before, and for whoever processes the module further.
    /// </summary>
    internal const int MaxSegmentCount = 10_000;

    /// <summary>Whether no gap has to be closed.</summary>
    internal static bool Holds(RangeList[] memories, int maxCount)
    {
        int count = 0;
        foreach (RangeList memory in memories)
        {
            count += memory.Count;
        }

        return count <= maxCount;
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
        int rangeCount = 0;
        int gapCount = 0;
        foreach (RangeList memory in memories)
        {
            rangeCount += memory.Count;
            gapCount += Math.Max(0, memory.Count - 1);
        }

        int excess = Math.Min(rangeCount - maxCount, gapCount);
        if (excess <= 0)
        {
            return;
        }

        var keys = new ulong[gapCount];
        int next = 0;
        foreach (RangeList memory in memories)
        {
            for (int i = 1; i < memory.Count; i++)
            {
                keys[next++] = memory.KeyOf(i, order);
            }
        }

        GapThreshold threshold = GapThreshold.Find(keys, gapCount, excess);
        foreach (RangeList memory in memories)
        {
            memory.Close(ref threshold, order);
        }
    }
}
