using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

// What joins neighbours.
internal sealed partial class RangeList
{
    /// <summary>Adds up how many gaps have each key below <see cref="GapThreshold.SmallKeys"/>.</summary>
    internal void CountSmallKeys(GapOrder order, int[] counts)
    {
        for (int i = 1; i < Count; i++)
        {
            ulong key = KeyOf(i, order);
            if (key < GapThreshold.SmallKeys)
            {
                counts[key]++;
            }
        }
    }

    /// <summary>Joins the neighbours whose gap <paramref name="threshold"/> closes.</summary>
    internal void Close(ref GapThreshold threshold, GapOrder order)
    {
        if (order == GapOrder.BySize)
        {
            CloseSizes(ref threshold);
            return;
        }

        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            // Of the range before, not of what it has been joined to: that is what the threshold was found for.
            Put(ref last, this[i], threshold.Closes(KeyOf(i, order)));
        }

        Count = Math.Min(Count, last + 1);
    }

    private void CloseSizes(ref GapThreshold threshold)
    {
        int last = 0;
        ulong start = StartOf(0);
        ulong end = EndOf(0);
        for (int i = 1; i < Count; i++)
        {
            MemoryRange range = this[i];
            ulong gap = range.Start - end;
            int isApart = gap > threshold.Key ? 1 : 0;
            if (gap == threshold.Key)
            {
                isApart = threshold.Closes(gap) ? 0 : 1;
            }

            Put(ref last, ref start, range, isApart);
            end = range.End;
        }

        Count = Math.Min(Count, last + 1);
    }

    /// <summary>How many ranges there would be if all gaps up to a size were closed.</summary>
    internal int CountApart(ulong maxGap)
    {
        if (maxGap < LeastKept)
        {
            return Count;
        }

        int count = Math.Min(Count, 1);
        for (int i = 1; i < Count; i++)
        {
            count += StartOf(i) - EndOf(i - 1) > maxGap ? 1 : 0;
        }

        return count;
    }

    /// <summary>Joins the neighbours whose gap is no larger by an order.</summary>
    internal void CloseUpTo(ulong key, GapOrder order)
    {
        if (key < LeastKept)
        {
            // No weight is below the size, and no effect.
            return;
        }

        if (order == GapOrder.BySize)
        {
            CloseSizesUpTo(key);
            return;
        }

        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            MemoryRange range = this[i];
            Put(ref last, range, Key(this[last], range, order) <= key);
        }

        Count = Math.Min(Count, last + 1);
    }

    // By size, which gaps are closed is as good as chance, and a branch on that mispredicted; so it is computed with.
    private void CloseSizesUpTo(ulong maxGap)
    {
        int last = 0;
        ulong start = StartOf(0);
        ulong end = EndOf(0);
        for (int i = 1; i < Count; i++)
        {
            MemoryRange range = this[i];
            Put(ref last, ref start, range, range.Start - end > maxGap ? 1 : 0);
            end = range.End;
        }

        Count = Math.Min(Count, last + 1);
    }

    // Goes on with a range that is apart, or joins it with the last one, which begins at `start`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(ref int last, ref ulong start, in MemoryRange range, int isApart)
    {
        last += isApart;
        start ^= (start ^ range.Start) & (ulong)-(long)isApart;
        Set(last, start, range.End);
    }

    /// <summary>Joins every range with the one before it that is marked.</summary>
    internal void Close(bool[] isJoined)
    {
        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            Put(ref last, this[i], isJoined[i]);
        }

        Count = Math.Min(Count, last + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Key(in MemoryRange before, in MemoryRange behind, GapOrder order)
    {
        ulong gap = behind.Start - before.End;
        return order switch
        {
            GapOrder.BySize => gap,
            GapOrder.ByWeight => Cost.Weight(gap, behind.Start),
            _ => Cost.Effect(before, behind),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(ref int last, in MemoryRange range, bool isJoined)
    {
        if (isJoined)
        {
            Set(last, StartOf(last), range.End);
        }
        else
        {
            Set(++last, range.Start, range.End);
        }
    }
}
