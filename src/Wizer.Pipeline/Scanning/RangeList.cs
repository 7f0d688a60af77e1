using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

/// <summary>
/// Ranges in address order. Ranges that are close are joined as they are added, and of very many ranges only those survive
/// that can still matter, so that a memory made of single bytes takes no more room than any other.
/// </summary>
internal sealed partial class RangeList
{
    /// <summary>
    /// The largest gap that is closed whatever the layout: a new segment takes at least as many bytes, for its flags, the
    /// opcode and the immediate of its offset, and its length.
    /// </summary>
    internal const int MaxJoinedGap = 4;

    private const int FirstLength = 16;

    // Beyond, it is found out what can be forgotten: somewhat more than can stay, and small enough for a processor's cache.
    private const int FirstPruning = 1 << 17;

    // What a part of a memory hardly has more of. All of it is taken at once, for the reason below.
    private const int PartLength = 1 << 14;

    // Of so many ranges that are joined from several lists, it is found out sooner whether only sizes count, for the sake of further lists.
    private const int FirstLearning = 1 << 14;

    // What is still an object like any other. Beyond, room for all up to the first pruning is taken at once: the system gives memory for
    // the part that is used, where each doubling would touch, and leave behind, as much as there is by then.
    private const int MaxDoubled = 1 << 12;

    private readonly SegmentBudget _budget;
    private ulong[]? _keys;
    private int[]? _sizes;
    private int[]? _weights;
    private GapFloor? _floor;
    private int _learnAt = FirstLearning;
    private int _pruneAt;

    // A gap below both is hopeless: as many larger ones, and as many heavier ones, as can survive have been seen.
    private ulong _minGap;
    private ulong _minWeight;

    /// <summary>Creates an empty list.</summary>
    /// <param name="cost">What segments of the memory take.</param>
    /// <param name="budget">What will be asked for in the end; null for the default. The list may hold more in between.</param>
    /// <param name="pruneAt">How much more, at first.</param>
    internal RangeList(SegmentCost cost = default, SegmentBudget? budget = null, int pruneAt = FirstPruning)
    {
        Cost = cost;
        _budget = budget ?? SegmentBudget.Default;
        _pruneAt = pruneAt;
    }

    /// <summary>What segments of the memory take.</summary>
    internal SegmentCost Cost { get; }

    /// <summary>What will be asked for in the end.</summary>
    internal SegmentBudget Budget => _budget;

    internal int Count { get; private set; }

    /// <summary>The bytes of a segment for each range.</summary>
    internal ulong EncodedLength
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < Count; i++)
            {
                sum += Cost.ByteLength(this[i]);
            }

            return sum;
        }
    }

    /// <summary>No gap of the list is below this.</summary>
    internal ulong LeastKept =>
        OnlySizesCount && _budget.Layout != ModuleLayout.Compatible ? SegmentBudget.MaxSmallGap + 1ul : MaxJoinedGap + 1ul;

    // There are as many segments, whatever their headers take.
    private bool OnlySizesCount => _minWeight == ulong.MaxValue;

    /// <summary>A gap below this is closed in any case, now and later: whoever finds it need not tell.</summary>
    internal ulong LeastGap => OnlySizesCount ? Math.Max(_minGap, MaxJoinedGap + 1) : MaxJoinedGap + 1;

    /// <summary>Adds a range behind all others, joining it with the last one when the gap is small.</summary>
    internal void Add(ulong start, ulong end)
    {
        if (Count > 0)
        {
            ulong gap = start - EndOf(Count - 1);
            if (gap <= MaxJoinedGap || (gap < _minGap && (_minWeight == ulong.MaxValue || Cost.Weight(gap, start) < _minWeight)))
            {
                Set(Count - 1, StartOf(Count - 1), end);
                return;
            }
        }

        Append(start, end);
    }

    /// <summary>Adds a range behind all others, which has a gap before it that is kept.</summary>
    internal void Append(ulong start, ulong end)
    {
        if (Count == _lower.Length)
        {
            Grow();
        }

        Set(Count++, start, end);
    }

    /// <summary>Adds the ranges of another list, all of them behind those of this one.</summary>
    internal void AddAll(RangeList other)
    {
        // What is hopeless in a part is that in the whole.
        if (OnlySizesCount || other.OnlySizesCount)
        {
            ForgetWeights();
            LearnFrom(other);
            AddCounted(other, _floor ??= CountedGaps());
            return;
        }

        for (int i = 0; i < other.Count; i++)
        {
            MemoryRange range = other[i];
            Add(range.Start, range.End);
        }

        if (Count >= _learnAt)
        {
            Prune();
            _learnAt = Count * 2;
        }
    }

    // The more gaps have been seen, the fewer does whoever scans the next part have to tell of.
    private void AddCounted(RangeList other, GapFloor floor)
    {
        int next = 0;
        if (Count == 0 && other.Count > 0)
        {
            Append(other.StartOf(0), other.EndOf(0));
            next = 1;
        }

        // Whether it is joined or not, a range ends where the next gap begins.
        ulong end = Count == 0 ? 0 : EndOf(Count - 1);
        for (; next < other.Count; next++)
        {
            MemoryRange range = other[next];
            ulong gap = range.Start - end;
            end = range.End;
            if (gap < _minGap || gap <= MaxJoinedGap)
            {
                Set(Count - 1, StartOf(Count - 1), end);
                continue;
            }

            _minGap = Math.Max(_minGap, floor.Count(gap));
            Append(range.Start, end);
        }
    }

    private GapFloor CountedGaps()
    {
        var floor = new GapFloor(_minGap, _budget.MaxCount);
        CountGaps(floor);
        return floor;
    }

    /// <summary>Counts all gaps.</summary>
    internal void CountGaps(GapFloor floor)
    {
        for (int i = 1; i < Count; i++)
        {
            floor.Count(StartOf(i) - EndOf(i - 1));
        }
    }

    /// <summary>
    /// Closes gaps that the final choice closes in any case. A gap that is not among the largest of a part is not among the
    /// largest of the whole either, so that choice is the same however often and wherever this happened before.
    /// </summary>
    internal void Prune()
    {
        if (_budget.Layout == ModuleLayout.Compatible || OnlySizesCount)
        {
            // Small gaps are none, or none that are left.
            KeepLargest();
        }
        else if (Count < _budget.FreeCount)
        {
            return;
        }
        else if (Count - CountSmallGaps() >= _budget.FreeCount)
        {
            // Enough gaps are worth a segment by themselves, so that small ones do not matter any more.
            ForgetWeights();
            KeepLargest();
        }
        else
        {
            KeepLargestAndHeaviest();
        }
    }

    private void ForgetWeights()
    {
        if (_budget.Layout != ModuleLayout.Compatible && !OnlySizesCount)
        {
            CloseUpTo(SegmentBudget.MaxSmallGap, GapOrder.BySize);
            _minGap = Math.Max(_minGap, SegmentBudget.MaxSmallGap + 1);
        }

        _minWeight = ulong.MaxValue;
    }

    // Of how many gaps each small size and weight is, in one pass; and how many are too small to matter where there are enough.
    private int CountSmallGaps()
    {
        int[] sizes = _sizes ??= new int[GapThreshold.SmallKeys];
        int[] weights = _weights ??= new int[GapThreshold.SmallKeys];
        Array.Clear(sizes);
        Array.Clear(weights);
        ulong end = EndOf(0);
        for (int i = 1; i < Count; i++)
        {
            MemoryRange range = this[i];
            ulong gap = range.Start - end;
            end = range.End;
            if (gap < GapThreshold.SmallKeys)
            {
                sizes[gap]++;
            }

            ulong weight = Cost.Weight(gap, range.Start);
            if (weight < GapThreshold.SmallKeys)
            {
                weights[weight]++;
            }
        }

        int count = 0;
        for (int gap = 0; gap <= SegmentBudget.MaxSmallGap; gap++)
        {
            count += sizes[gap];
        }

        return count;
    }

    private void KeepLargest()
    {
        if (_floor is not null)
        {
            // Nearly always that is all, unless very many gaps are equal.
            CloseSizesUpTo(_minGap - 1);
        }

        if (Count > _budget.MaxCount + (_floor is null ? 0 : _budget.MaxCount / 8))
        {
            GapThreshold threshold = FindThreshold(GapOrder.BySize, Count - _budget.MaxCount);
            Close(ref threshold, GapOrder.BySize);
            _minGap = Math.Max(_minGap, threshold.Key);
            _minWeight = ulong.MaxValue;
        }
    }

    // All gaps that are not small are among them. They have been counted.
    private void KeepLargestAndHeaviest()
    {
        if (Count <= _budget.CandidateCount)
        {
            return;
        }

        int closeCount = Count - _budget.CandidateCount;
        if (!GapThreshold.TryFind(_sizes!, closeCount, out GapThreshold bySize))
        {
            bySize = FindThreshold(GapOrder.BySize, closeCount);
        }

        if (!GapThreshold.TryFind(_weights!, closeCount, out GapThreshold byWeight))
        {
            byWeight = FindThreshold(GapOrder.ByWeight, closeCount);
        }

        _minGap = Math.Max(_minGap, bySize.Key);
        _minWeight = Math.Max(_minWeight, byWeight.Key);
        int last = 0;
        for (int i = 1; i < Count; i++)
        {
            // Both count, so both are asked.
            MemoryRange range = this[i];
            bool isSmall = bySize.Closes(Key(this[last], range, GapOrder.BySize));
            bool isLight = byWeight.Closes(Key(this[last], range, GapOrder.ByWeight));
            Put(ref last, range, isJoined: isSmall && isLight);
        }

        Count = last + 1;
    }

    /// <summary>
    /// Takes for known that gaps below a size are hopeless. That is right if there are more ranges in the end than can stay: no gap between
    /// them is smaller.
    /// </summary>
    internal void Assume(ulong minGap)
    {
        _minGap = minGap;
        _minWeight = ulong.MaxValue;
    }

    /// <summary>Forgets the ranges, and what is known to be hopeless.</summary>
    internal void Restart()
    {
        Clear();
        _minGap = 0;
        _minWeight = 0;
        _floor = null;
        _learnAt = FirstLearning;
    }

    /// <summary>Forgets the ranges, for another part of the same memory; what is known to be hopeless there stays known.</summary>
    internal void Clear() => Count = 0;

    /// <summary>What another list of the same memory has found to be hopeless is that here.</summary>
    internal void LearnFrom(RangeList other)
    {
        _minGap = Math.Max(_minGap, other._minGap);
        _minWeight = Math.Max(_minWeight, other._minWeight);
    }

    /// <summary>A list for another part of the same memory.</summary>
    internal RangeList CreateEmpty() => new(Cost, _budget) { _lower = new ulong[PartLength] };

    /// <summary>The same ranges again, to be joined in another way.</summary>
    internal RangeList Clone()
    {
        var clone = new RangeList(Cost, _budget) { _lower = _lower, _upper = _upper, Count = Count };
        clone.Resize(Math.Max(FirstLength, Count));
        return clone;
    }

    /// <summary>What an order makes of the gap before a range.</summary>
    internal ulong KeyOf(int index, GapOrder order) => Key(this[index - 1], this[index], order);

    private GapThreshold FindThreshold(GapOrder order, int closeCount)
    {
        int[] counts = order == GapOrder.BySize ? _sizes ??= new int[GapThreshold.SmallKeys] : _weights ??= new int[GapThreshold.SmallKeys];
        Array.Clear(counts);
        CountSmallKeys(order, counts);
        if (GapThreshold.TryFind(counts, closeCount, out GapThreshold threshold))
        {
            return threshold;
        }

        if (_keys is null || _keys.Length < Count - 1)
        {
            _keys = new ulong[Count - 1];
        }

        for (int i = 1; i < Count; i++)
        {
            _keys[i - 1] = KeyOf(i, order);
        }

        return GapThreshold.Find(_keys, Count - 1, closeCount);
    }

    private void Grow()
    {
        if (Count >= _pruneAt)
        {
            // What is left may be nearly as much, so that the next time is only once it has doubled; or a quarter more where it stays that
            // much: another array of some megabytes would be touched otherwise.
            Prune();
            _pruneAt = Math.Max(_pruneAt, OnlySizesCount ? Count + (Count / 4) : Count * 2);
            if (Count < _lower.Length)
            {
                return;
            }
        }

        Resize(_lower.Length == MaxDoubled ? FirstPruning : _lower.Length * 2);
    }
}
