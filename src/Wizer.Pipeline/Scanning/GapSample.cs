namespace Wizer.Pipeline;

/// <summary>
/// Looks at a few places of a scattered memory, to guess which gaps will be too small to stay open. Only when as many larger ones have
/// been found as can stay is a guess known to be right; but then most of the others need never have been written down.
/// </summary>
internal static class GapSample
{
    private const int MaxWindowCount = 64;
    private const int WindowByteLength = 16 << 10;

    // Memories are not alike everywhere: how many gaps are to be expected for each hundred that can stay. A wrong guess has all read again.
    private const ulong Margin = 125;

    /// <summary>Guesses below which size gaps do not matter.</summary>
    /// <param name="pieces">The memory.</param>
    /// <param name="starts">Where groups of pieces start; a window is at the start of one.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="ranges">An empty list of the memory.</param>
    /// <returns>The size; 0 when all gaps may matter.</returns>
    internal static ulong Guess(PieceList pieces, int[] starts, int groupCount, RangeList ranges)
    {
        int[] counts = new int[GapThreshold.SmallKeys];
        ulong byteLength = 0;
        int step = Math.Max(1, groupCount / MaxWindowCount);
        for (int group = 0; group < groupCount; group += step)
        {
            ReadOnlyMemory<byte> piece = pieces[starts[group]];
            int length = Math.Min(piece.Length, WindowByteLength);
            byteLength += (ulong)length;
            ranges.Clear();
            NonZeroScanner.ScanWords(piece.Span[((piece.Length - length) / 2)..][..length], 0, ranges);
            for (int i = 1; i < ranges.Count; i++)
            {
                counts[Math.Min(ranges.KeyOf(i, GapOrder.BySize), GapThreshold.SmallKeys - 1)]++;
            }
        }

        ulong needed = (ulong)ranges.Budget.MaxCount * Margin / 100;
        double share = byteLength / (double)pieces.ByteLength;
        long count = 0;
        for (int gap = GapThreshold.SmallKeys - 1; gap > SegmentBudget.MaxSmallGap; gap--)
        {
            count += counts[gap];
            if (count >= needed * share)
            {
                return (ulong)gap;
            }
        }

        return 0;
    }
}
