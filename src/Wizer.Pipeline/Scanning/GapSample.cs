namespace Wizer.Pipeline;

/// <summary>
/// Looks at a few places of a scattered memory, to guess which gaps will be too small to stay open. Only when as many larger ones have
/// been found as can stay is a guess known to be right; but then most of the others need never have been written down.
/// </summary>
internal static class GapSample
{
    private const int MaxWindowCount = 64;
    private const int WindowByteLength = 16 << 10;

    // Memories are not alike everywhere: so many gaps are to be expected for one that can stay. A wrong guess has all read again.
    private const double Margin = 1.25;

    /// <summary>Guesses below which size gaps do not matter.</summary>
    /// <param name="pieces">The memory.</param>
    /// <param name="starts">Where groups of pieces start; a window is in the middle of a group's first piece.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="ranges">An empty list of the memory.</param>
    /// <returns>The size; 0 when all gaps may matter.</returns>
    internal static ulong Guess(PieceList pieces, int[] starts, int groupCount, RangeList ranges)
    {
        int step = Math.Max(1, groupCount / MaxWindowCount);
        long byteLength = 0;
        for (int group = 0; group < groupCount; group += step)
        {
            byteLength += Window(pieces[starts[group]]).Length;
        }

        double share = byteLength / (double)pieces.ByteLength;
        var floor = new GapFloor(SegmentBudget.MaxSmallGap, (int)Math.Ceiling(ranges.Budget.MaxCount * Margin * share));
        for (int group = 0; group < groupCount; group += step)
        {
            ranges.Clear();
            NonZeroScanner.ScanWords(Window(pieces[starts[group]]).Span, 0, ranges);
            ranges.CountGaps(floor);
        }

        return floor.Least > SegmentBudget.MaxSmallGap ? floor.Least : 0;
    }

    private static ReadOnlyMemory<byte> Window(ReadOnlyMemory<byte> piece)
    {
        int length = Math.Min(piece.Length, WindowByteLength);
        return piece.Slice((piece.Length - length) / 2, length);
    }
}
