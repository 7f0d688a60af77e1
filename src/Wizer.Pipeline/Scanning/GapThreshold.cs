namespace Wizer.Pipeline;

/// <summary>
/// Says which gaps are the n smallest, when asked about all of them in order: every gap below a size, and the first few of
/// exactly that size.
/// </summary>
internal struct GapThreshold
{
    private readonly ulong _size;
    private int _equalsLeft;

    private GapThreshold(ulong size, int equalsLeft)
    {
        _size = size;
        _equalsLeft = equalsLeft;
    }

    /// <summary>Finds the size that separates the <paramref name="closeCount"/> smallest gaps from the rest, in O(n log n).</summary>
    /// <param name="gaps">All gaps; sorted by this method.</param>
    /// <param name="closeCount">At least one, at most all.</param>
    internal static GapThreshold Find(ulong[] gaps, int closeCount)
    {
        Array.Sort(gaps);
        ulong size = gaps[closeCount - 1];
        int equalsLeft = 0;
        for (int i = closeCount - 1; i >= 0 && gaps[i] == size; i--)
        {
            equalsLeft++;
        }

        return new GapThreshold(size, equalsLeft);
    }

    /// <summary>Whether this gap is one of them. Each gap is asked about once.</summary>
    internal bool Closes(ulong gap) => gap < _size || (gap == _size && _equalsLeft-- > 0);
}
