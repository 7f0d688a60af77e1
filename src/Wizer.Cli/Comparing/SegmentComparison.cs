using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares segments one by one: how memories and tables are cut, and what is not put anywhere at instantiation.</summary>
/// <param name="before">The first module.</param>
/// <param name="after">The second module.</param>
/// <param name="bodies">Compares the expressions of elements.</param>
internal sealed class SegmentComparison(ComparedModule before, ComparedModule after, BodyComparison bodies)
{
    public void CompareData(DifferenceGroup group)
    {
        DataSegmentInfo[] first = before.Info.DataSegments;
        DataSegmentInfo[] second = after.Info.DataSegments;
        if (first.Length != second.Length)
        {
            group.Add("data segments", Count(first.Length), Count(second.Length));
        }

        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            string? text = i < first.Length ? Describe(before, first[i]) : null;
            string? other = i < second.Length ? Describe(after, second[i]) : null;
            bool isOtherPassive = text == other && first[i].Mode == SegmentMode.Passive
                && !first[i].Data.Of(before.Info.Bytes.Span).SequenceEqual(second[i].Data.Of(after.Info.Bytes.Span));
            if (text != other || isOtherPassive)
            {
                group.Add($"data {before.SegmentName(i)}", text, isOtherPassive ? $"{other}, other ones" : other);
            }
        }
    }

    public void CompareElements(DifferenceGroup group)
    {
        ElementSegmentInfo[] first = before.Info.ElementSegments;
        ElementSegmentInfo[] second = after.Info.ElementSegments;
        if (first.Length != second.Length)
        {
            group.Add("element segments", Count(first.Length), Count(second.Length));
        }

        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            string? text = i < first.Length ? Describe(before, first[i]) : null;
            string? other = i < second.Length ? Describe(after, second[i]) : null;
            bool isOther = text == other && first[i].Mode != SegmentMode.Active && !HaveSameItems(first[i], second[i]);
            if (text != other || isOther)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"element segment {i}");
                group.Add(name, text, isOther ? $"{other}, other ones" : other);
            }
        }
    }

    private bool HaveSameItems(in ElementSegmentInfo first, in ElementSegmentInfo second)
    {
        var left = new WasmReader(first.Items.Of(before.Info.Bytes.Span), first.Items.Offset);
        var right = new WasmReader(second.Items.Of(after.Info.Bytes.Span), second.Items.Offset);
        for (int i = 0; i < first.Count; i++)
        {
            if (first.HasExpressions != second.HasExpressions)
            {
                return false;
            }

            bool areEqual = first.HasExpressions
                ? bodies.AreEqual(Skip(ref left), Skip(ref right))
                : bodies.AreSameFunc(left.ReadU32(), right.ReadU32());
            if (!areEqual)
            {
                return false;
            }
        }

        return true;
    }

    private static ByteRange Skip(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        InstructionReader.SkipExpression(ref reader);
        return new ByteRange(start, (int)reader.Offset - start);
    }

    private static string Describe(ComparedModule module, in DataSegmentInfo segment) => segment.Mode == SegmentMode.Passive
        ? Text($"passive, {segment.Data.Length:N0} bytes")
        : Text($"memory {segment.MemoryIndex} at {Address(module, segment)}, {segment.Data.Length:N0} bytes");

    private static string Address(ComparedModule module, in DataSegmentInfo segment) => module.Summary.AddressOf(segment) is { } address
        ? Text($"0x{address:x}")
        : $"({module.ConstText(segment.OffsetExpr)})";

    private static string Describe(ComparedModule module, in ElementSegmentInfo segment) => segment.Mode == SegmentMode.Active
        ? Text($"table {segment.TableIndex} at {module.ConstText(segment.OffsetExpr)}, {segment.Count:N0} of {segment.Type}")
        : Text($"{segment.Mode.ToString().ToLowerInvariant()}, {segment.Count:N0} of {segment.Type}");

    private static string Count(int count) => Text($"{count:N0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
