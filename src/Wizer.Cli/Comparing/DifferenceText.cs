using System.Globalization;

namespace Wizer.Cli;

/// <summary>Shows what is different to people.</summary>
/// <param name="writer">Takes it.</param>
/// <param name="isAll">Whether nothing is to be left out.</param>
internal sealed class DifferenceText(TextWriter writer, bool isAll)
{
    /// <summary>How many bytes of a side are shown on a line.</summary>
    private const int LineByteLength = 32;

    // Names and expressions may be of any length.
    private const int MaxTextLength = 200;

    public void Write(Comparison comparison)
    {
        Line($"--- {comparison.BeforeName}: {comparison.BeforeByteLength:N0} bytes");
        Line($"+++ {comparison.AfterName}: {comparison.AfterByteLength:N0} bytes");
        foreach (Differences differences in comparison.Found)
        {
            if (differences.Path.Length != 0)
            {
                string sizes = string.Create(
                    CultureInfo.InvariantCulture, $"{differences.BeforeByteLength:N0} -> {differences.AfterByteLength:N0} bytes");
                Line($"\n=== {differences.Path}: {sizes}");
            }

            foreach (DifferenceGroup group in differences.Groups)
            {
                Write(group);
            }

            foreach (MemoryDifferences memory in differences.Memories)
            {
                Write(memory);
            }
        }
    }

    private void Write(DifferenceGroup group)
    {
        if (group.Count == 0)
        {
            return;
        }

        Line($"\n{group.Title}: {group.Count:N0}");
        foreach (Difference difference in group.Items)
        {
            string item = Cut(difference.Item);
            if (difference.Before is null)
            {
                Line($"  + {item}: {Cut(difference.After!)}");
            }
            else if (difference.After is null)
            {
                Line($"  - {item}: {Cut(difference.Before)}");
            }
            else
            {
                Line($"    {item}: {Cut(difference.Before)} -> {Cut(difference.After)}");
            }
        }

        WriteRest(group.Count - group.Items.Count);
    }

    private void Write(MemoryDifferences memory)
    {
        RangeCollector ranges = memory.Ranges;
        string offset = memory.Before.Offset.Length == 0 ? "" : $" from ({memory.Before.Offset}) on";
        string bytes = Count(ranges.DifferentCount, "byte");
        Line($"\nMemory {memory.Before.Memory}{offset}: {bytes} in {Count((ulong)ranges.Count, "range")}");
        foreach (DifferentRange range in ranges.Ranges)
        {
            string? before = memory.Before.OwnerOf(range.Address);
            string? after = memory.After.OwnerOf(range.Address);
            string owner = before == after ? before ?? "" : $"{before ?? "zeros"} -> {after ?? "zeros"}";
            Line($"    0x{range.Address:x}, {Count(range.ByteLength, "byte")}{(owner.Length == 0 ? "" : $"  ({owner})")}");
            WriteBytes(memory, range);
        }

        WriteRest(ranges.Count - ranges.Ranges.Count);
    }

    private void WriteBytes(MemoryDifferences memory, DifferentRange range)
    {
        ulong shown = isAll ? range.ByteLength : Math.Min(range.ByteLength, LineByteLength);
        for (ulong at = 0; at < shown; at += LineByteLength)
        {
            int length = (int)Math.Min(shown - at, LineByteLength);
            string dots = at + (ulong)length < range.ByteLength && !isAll ? " ..." : "";
            writer.Write($"      - {HexText.Spaced(memory.Before, range.Address + at, length)}{dots}\n");
            writer.Write($"      + {HexText.Spaced(memory.After, range.Address + at, length)}{dots}\n");
        }
    }

    private void WriteRest(long count)
    {
        if (count > 0)
        {
            Line($"    ... and {count:N0} more (--all shows them)");
        }
    }

    private static string Count(ulong count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private string Cut(string text)
    {
        if (isAll || text.Length <= MaxTextLength)
        {
            return text;
        }

        int length = char.IsHighSurrogate(text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength;
        return text[..length] + "...";
    }

    private void Line(FormattableString line)
    {
        writer.Write(line.ToString(CultureInfo.InvariantCulture));
        writer.Write('\n');
    }
}
