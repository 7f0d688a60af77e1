using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Compares what memories begin with, however it is cut into segments.</summary>
internal static class MemoryComparison
{
    // A line of a dump: bytes that are this near are looked at together.
    private const ulong JoinedGap = 15;

    public static void Compare(ComparedModule before, ComparedModule after, Differences differences, int limit)
    {
        var first = MemoryImage.ReadAll(before);
        var second = MemoryImage.ReadAll(after);
        var keys = new SortedSet<(uint Memory, string Offset)>(first.Comparer);
        keys.UnionWith(first.Keys);
        keys.UnionWith(second.Keys);
        foreach ((uint Memory, string Offset) key in keys)
        {
            MemoryImage left = first.GetValueOrDefault(key) ?? new MemoryImage(before, key.Memory, key.Offset);
            MemoryImage right = second.GetValueOrDefault(key) ?? new MemoryImage(after, key.Memory, key.Offset);
            RangeCollector ranges = Compare(left, right, limit);
            if (ranges.Count != 0)
            {
                differences.Memories.Add(new MemoryDifferences(left, right, ranges));
            }
        }
    }

    internal static RangeCollector Compare(MemoryImage before, MemoryImage after, int limit)
    {
        var ranges = new RangeCollector(limit, JoinedGap);
        foreach (ExtentPair pair in ExtentPairs.Of(before.Extents, after.Extents))
        {
            Compare(
                pair.Before is { } left ? before.BytesOf(left, pair.Address, (int)pair.Length) : default,
                pair.After is { } right ? after.BytesOf(right, pair.Address, (int)pair.Length) : default,
                (int)pair.Length,
                pair.Address,
                ranges);
        }

        ranges.End();
        return ranges;
    }

    // An empty side is zeros.
    private static void Compare(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int length, ulong address, RangeCollector ranges)
    {
        for (int at = 0; ;)
        {
            at += CountEqual(before, after, at);
            if (at >= length)
            {
                return;
            }

            int start = at;
            while (at < length && ByteAt(before, at) != ByteAt(after, at))
            {
                at++;
            }

            ranges.Add(address + (ulong)start, (ulong)(at - start));
        }
    }

    private static int CountEqual(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int at)
    {
        if (!before.IsEmpty && !after.IsEmpty)
        {
            return before[at..].CommonPrefixLength(after[at..]);
        }

        ReadOnlySpan<byte> bytes = (before.IsEmpty ? after : before)[at..];
        int other = bytes.IndexOfAnyExcept((byte)0);
        return other < 0 ? bytes.Length : other;
    }

    private static byte ByteAt(ReadOnlySpan<byte> bytes, int at) => bytes.IsEmpty ? (byte)0 : bytes[at];
}
