namespace Wizer.Pipeline;

/// <summary>
/// Ranges in address order. Ranges that are close are joined as they are added, and of very many ranges only those survive
/// that can still matter, so that a memory made of single bytes takes no more room than any other.
/// </summary>
internal sealed class RangeList
{
    /// <summary>
    /// The largest gap that is closed: a new segment takes at least as many bytes, for its flags, the opcode and the
    /// immediate of its offset, and its length.
    /// </summary>
    internal const int MaxJoinedGap = 4;

    private readonly int _maxKept;
    private readonly int _pruneAt;
    private MemoryRange[] _ranges = new MemoryRange[16];
    private ulong[]? _gaps;

    // Smaller gaps are hopeless: as many larger ones as can survive have been seen.
    private ulong _minGap = MaxJoinedGap + 1;

    /// <summary>Creates an empty list.</summary>
    /// <param name="maxKept">No more ranges than this will be asked for in the end; the list may hold more in between.</param>
    internal RangeList(int maxKept = SegmentLimit.MaxSegmentCount)
    {
        _maxKept = maxKept;
        _pruneAt = maxKept * 4;
    }

    internal int Count { get; private set; }

    // No span: spans of our structs would be compiled at start-up, every time.
    internal MemoryRange this[int index] => _ranges[index];

    /// <summary>Adds a range behind all others, joining it with the last one when the gap is small.</summary>
    internal void Add(ulong start, ulong end)
    {
        if (Count > 0)
        {
            ref MemoryRange last = ref _ranges[Count - 1];
            if (start - last.End < _minGap)
            {
                last = new MemoryRange(last.Start, end);
                return;
            }
        }

        if (Count == _ranges.Length)
        {
            Grow();
        }

        _ranges[Count++] = new MemoryRange(start, end);
    }

    /// <summary>Adds the ranges of another list, all of them behind those of this one.</summary>
    internal void AddAll(RangeList other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            Add(other._ranges[i].Start, other._ranges[i].End);
        }
    }

    /// <summary>
    /// Closes the smallest gaps until the limit holds. A gap that is not among the largest of a part is not among the largest
    /// of the whole either, so the final choice is the same however often and wherever this happened before.
    /// </summary>
    internal void Prune()
    {
        if (Count <= _maxKept)
        {
            return;
        }

        if (_gaps is null || _gaps.Length < Count - 1)
        {
            _gaps = new ulong[Count - 1];
        }

        for (int i = 1; i < Count; i++)
        {
            _gaps[i - 1] = _ranges[i].Start - _ranges[i - 1].End;
        }

        GapThreshold threshold = GapThreshold.Find(_gaps, Count - 1, closeCount: Count - _maxKept);
        _minGap = Math.Max(_minGap, threshold.Size);
        Close(ref threshold);
    }

    /// <summary>Prunes, and gives back what only growing needs.</summary>
    internal void Finish()
    {
        Prune();
        _gaps = null;
        var exact = new MemoryRange[Count];
        Array.Copy(_ranges, exact, Count);
        _ranges = exact;
    }

    /// <summary>Joins the neighbours whose gap <paramref name="threshold"/> closes.</summary>
    internal void Close(ref GapThreshold threshold)
    {
        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            MemoryRange range = _ranges[i];
            if (threshold.Closes(range.Start - _ranges[last].End))
            {
                _ranges[last] = new MemoryRange(_ranges[last].Start, range.End);
            }
            else
            {
                _ranges[++last] = range;
            }
        }

        Count = Math.Min(Count, last + 1);
    }

    private void Grow()
    {
        if (Count >= _pruneAt)
        {
            Prune();
            return;
        }

        var grown = new MemoryRange[Math.Max(16, _ranges.Length * 2)];
        Array.Copy(_ranges, grown, Count);
        _ranges = grown;
    }
}
