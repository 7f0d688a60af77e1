namespace Wizer.Pipeline;

/// <summary>
/// Joins the ranges of a memory so that their segments take the fewest bytes, and of all ways to get there the one with the
/// fewest segments.
/// </summary>
/// <remarks>
/// A gap that takes no more bytes than the header of the segment behind it is closed whatever its neighbours are: the length
/// of what is joined never takes more bytes than both lengths did. One that takes over five more stays open: that is the most a
/// length takes. In between it depends on lengths, and so on other gaps: two segments of 100 bytes have lengths of one byte
/// each, but together one of two. Those gaps come in clusters, and for each a table says how to join its first n ranges best.
/// Going from left to right and joining where that pays is not enough: with segments of 100, 100 and 20,000 bytes, only
/// closing the second gap makes the first one worth it.
/// </remarks>
internal sealed class SegmentMerger
{
    // A sum of bytes and segments, so that bytes decide and segments break ties.
    private const int BytesShift = 24;
    private const long OneSegment = 1;

    private const int FirstCapacity = 256;

    private readonly RangeList _ranges;
    private readonly bool[] _isJoined;

    // By how many ranges of the cluster: what they take at best, without the bytes of the ranges themselves, and where the
    // last segment begins then. As large as the largest cluster so far: most are small.
    private long[] _best = [];
    private int[] _lastStart = [];

    // By range of the cluster: what a segment that begins there takes with all before it, less the gaps before it.
    private long[] _keys = [];

    // For each size of a length, where segments may begin for it to suffice.
    private readonly SlidingMinimum[] _starts = new SlidingMinimum[SegmentCost.MaxLengthSize];

    private SegmentMerger(RangeList ranges)
    {
        _ranges = ranges;
        _isJoined = new bool[ranges.Count];
    }

    private void Reserve(int count)
    {
        if (count <= _keys.Length)
        {
            return;
        }

        int capacity = Math.Max(FirstCapacity, Math.Min(2 * count, _ranges.Count));
        _best = new long[capacity + 1];
        _lastStart = new int[capacity + 1];
        _keys = new long[capacity];
        for (int i = 0; i < _starts.Length; i++)
        {
            _starts[i] = new SlidingMinimum(_keys);
        }
    }

    /// <summary>Joins ranges, in linear time.</summary>
    internal static void Merge(RangeList ranges)
    {
        if (!CanPay(ranges.LeastKept))
        {
            return;
        }

        ranges.CloseUpTo(SegmentCost.MaxHeaderLength, GapOrder.ByWeight);
        int start = 0;
        SegmentMerger? merger = null;
        for (int i = 1; i <= ranges.Count; i++)
        {
            if (i < ranges.Count && CanPay(ranges.KeyOf(i, GapOrder.ByWeight)))
            {
                continue;
            }

            if (i - start > 1)
            {
                merger ??= new SegmentMerger(ranges);
                merger.MergeCluster(start, i - start);
            }

            start = i;
        }

        if (merger is not null)
        {
            ranges.Close(merger._isJoined);
        }
    }

    private static bool CanPay(ulong weight) => weight <= SegmentCost.MaxHeaderLength + SegmentCost.MaxLengthSize;

    private void MergeCluster(int first, int count)
    {
        Reserve(count);
        foreach (SlidingMinimum starts in _starts)
        {
            starts.Clear();
        }

        long gaps = 0;
        for (int i = 0; i < count; i++)
        {
            MemoryRange range = _ranges[first + i];
            gaps += i == 0 ? 0 : (long)(range.Start - _ranges[first + i - 1].End);
            _keys[i] = _best[i] + Bytes(_ranges.Cost.HeaderLength(range.Start) - gaps) + OneSegment;
            long least = long.MaxValue;
            for (int size = 1; size <= _starts.Length; size++)
            {
                SlidingMinimum starts = _starts[size - 1];
                starts.Add(i);
                while (!starts.IsEmpty && !Suffices(size, range.End - _ranges[first + starts.Place].Start))
                {
                    starts.DropPlace();
                }

                if (!starts.IsEmpty && starts.Value + Bytes(size) < least)
                {
                    least = starts.Value + Bytes(size);
                    _lastStart[i + 1] = starts.Place;
                }
            }

            _best[i + 1] = least + Bytes(gaps);
        }

        for (int end = count; end > 0; end = _lastStart[end])
        {
            for (int i = _lastStart[end] + 1; i < end; i++)
            {
                _isJoined[first + i] = true;
            }
        }
    }

    // The longest size is for whatever there is: a segment that is too long even for that is rejected later.
    private static bool Suffices(int size, ulong byteLength) =>
        size == SegmentCost.MaxLengthSize || byteLength >> (7 * size) == 0;

    private static long Bytes(long count) => count << BytesShift;
}
