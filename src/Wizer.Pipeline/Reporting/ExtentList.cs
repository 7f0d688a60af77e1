namespace Wizer.Pipeline;

/// <summary>Where a part of a memory or a table comes from.</summary>
/// <param name="Address">Where it begins there, in bytes or elements.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Segment">The index of the segment that it is from.</param>
/// <param name="Start">Where in the segment it begins.</param>
internal readonly record struct Extent(ulong Address, long Length, int Segment, long Start)
{
    public ulong End => Address + (ulong)Length;
}

/// <summary>
/// What active segments put where, when they are applied in their order: extents by address that do not overlap, since a later segment
/// takes the place of an earlier one.
/// </summary>
internal sealed class ExtentList
{
    private readonly List<Extent> _segments = [];
    private Extent[]? _extents;
    private bool _areInOrder = true;

    /// <summary>Applies a segment. One that would lead beyond all addresses is left out: it traps.</summary>
    public void Add(ulong address, long length, int segment)
    {
        if (length == 0 || address > ulong.MaxValue - (ulong)length)
        {
            return;
        }

        _areInOrder &= _segments.Count == 0 || _segments[^1].End <= address;
        _segments.Add(new Extent(address, length, segment, 0));
        _extents = null;
    }

    /// <summary>The extents by address.</summary>
    public Extent[] Extents => _extents ??= _areInOrder ? [.. _segments] : Flatten();

    /// <summary>The extent that has an address, or null.</summary>
    public Extent? Find(ulong address) =>
        FindIndex(address) is var index && index < Extents.Length && Extents[index].Address <= address ? Extents[index] : null;

    /// <summary>The index of the first extent that has an address or lies behind it.</summary>
    public int FindIndex(ulong address)
    {
        int low = 0;
        int high = Extents.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Extents[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // From one address where a segment begins or ends to the next, the last of the segments there counts.
    private Extent[] Flatten()
    {
        var points = new List<(ulong Address, bool IsStart, int Order)>();
        for (int i = 0; i < _segments.Count; i++)
        {
            points.Add((_segments[i].Address, true, i));
            points.Add((_segments[i].End, false, i));
        }

        points.Sort();
        var open = new SortedSet<int>();
        var extents = new List<Extent>();
        for (int i = 0; i < points.Count; i++)
        {
            if (i > 0 && open.Count != 0 && points[i - 1].Address < points[i].Address)
            {
                Append(extents, _segments[open.Max], points[i - 1].Address, points[i].Address);
            }

            if (points[i].IsStart)
            {
                open.Add(points[i].Order);
            }
            else
            {
                open.Remove(points[i].Order);
            }
        }

        return [.. extents];
    }

    private static void Append(List<Extent> extents, Extent segment, ulong start, ulong end)
    {
        if (extents.Count != 0 && extents[^1] is var last && last.Segment == segment.Segment && last.End == start)
        {
            extents[^1] = last with { Length = last.Length + (long)(end - start) };
            return;
        }

        extents.Add(new Extent(start, (long)(end - start), segment.Segment, (long)(start - segment.Address)));
    }
}
