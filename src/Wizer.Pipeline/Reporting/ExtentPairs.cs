namespace Wizer.Pipeline;

/// <summary>A stretch of addresses on which both sides come from one extent each, or from none.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Length">How long it is; some side has an extent there.</param>
/// <param name="Before">The extent of the first side that covers it, or null.</param>
/// <param name="After">That of the second side.</param>
internal readonly record struct ExtentPair(ulong Address, long Length, Extent? Before, Extent? After);

/// <summary>Walks over two lists of extents at once.</summary>
internal static class ExtentPairs
{
    public static IEnumerable<ExtentPair> Of(Extent[] before, Extent[] after)
    {
        ulong at = 0;
        int i = 0;
        int j = 0;
        while (i < before.Length || j < after.Length)
        {
            ulong startBefore = i < before.Length ? Math.Max(at, before[i].Address) : ulong.MaxValue;
            ulong startAfter = j < after.Length ? Math.Max(at, after[j].Address) : ulong.MaxValue;
            ulong start = Math.Min(startBefore, startAfter);
            bool hasBefore = i < before.Length && before[i].Address <= start;
            bool hasAfter = j < after.Length && after[j].Address <= start;
            ulong end = Math.Min(End(before, i, hasBefore), End(after, j, hasAfter));
            yield return new ExtentPair(
                start, (long)(end - start), hasBefore ? before[i] : null, hasAfter ? after[j] : null);
            at = end;
            i += hasBefore && before[i].End == end ? 1 : 0;
            j += hasAfter && after[j].End == end ? 1 : 0;
        }
    }

    // Where what one side has at an address ends: its extent, or the nothing before its next one.
    private static ulong End(Extent[] extents, int index, bool isWithin) =>
        index == extents.Length ? ulong.MaxValue : isWithin ? extents[index].End : extents[index].Address;
}
