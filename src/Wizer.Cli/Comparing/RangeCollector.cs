namespace Wizer.Cli;

/// <summary>
/// Puts what differs into ranges, in ascending order of addresses: how many there are and of how many bytes, and the first of them.
/// </summary>
/// <param name="limit">How many ranges are kept.</param>
/// <param name="joinedGap">Ranges with no more than this between them become one: it is easier to look at.</param>
internal sealed class RangeCollector(int limit, ulong joinedGap)
{
    private readonly List<DifferentRange> _ranges = [];
    private DifferentRange _last;

    /// <summary>How many ranges there are, kept or not.</summary>
    public long Count { get; private set; }

    /// <summary>How much differs, without what is equal between.</summary>
    public ulong DifferentCount { get; private set; }

    /// <summary>The first ranges; complete after <see cref="End"/>.</summary>
    public IReadOnlyList<DifferentRange> Ranges => _ranges;

    public void Add(ulong address, ulong length)
    {
        DifferentCount += length;
        if (Count != 0 && address - (_last.Address + _last.ByteLength) <= joinedGap)
        {
            _last = _last with { ByteLength = address + length - _last.Address };
            return;
        }

        Keep();
        Count++;
        _last = new DifferentRange(address, length);
    }

    /// <summary>To be called once, when nothing is added any more.</summary>
    public void End() => Keep();

    private void Keep()
    {
        if (Count != 0 && _ranges.Count < limit)
        {
            _ranges.Add(_last);
        }
    }
}
