using System.Globalization;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Compares what tables begin with, however it is cut into segments.</summary>
internal sealed class TableComparison
{
    private const int ShownElements = 4;

    private readonly ComparedModule _before;
    private readonly ComparedModule _after;
    private readonly FuncPairing _funcs;
    private readonly BodyComparison _bodies;
    private readonly SegmentElements _elementsBefore;
    private readonly SegmentElements _elementsAfter;

    public TableComparison(ComparedModule before, ComparedModule after, FuncPairing funcs, BodyComparison bodies)
    {
        _before = before;
        _after = after;
        _funcs = funcs;
        _bodies = bodies;
        _elementsBefore = new SegmentElements(before.Info);
        _elementsAfter = new SegmentElements(after.Info);
    }

    public void Compare(DifferenceGroup group, int limit)
    {
        var first = TableImage.ReadAll(_before);
        var second = TableImage.ReadAll(_after);
        var keys = new SortedSet<(uint Table, string Offset)>(first.Comparer);
        keys.UnionWith(first.Keys);
        keys.UnionWith(second.Keys);
        foreach ((uint Table, string Offset) key in keys)
        {
            TableImage left = first.GetValueOrDefault(key) ?? new TableImage(key.Table, key.Offset);
            TableImage right = second.GetValueOrDefault(key) ?? new TableImage(key.Table, key.Offset);
            var ranges = new RangeCollector(limit, joinedGap: 0);
            Compare(left, right, ranges);
            foreach (DifferentRange range in ranges.Ranges)
            {
                group.Add(
                    NameOf(key, range),
                    Describe(_before, left, _elementsBefore, range),
                    Describe(_after, right, _elementsAfter, range));
            }

            group.AddRest((int)(ranges.Count - ranges.Ranges.Count));
        }
    }

    private void Compare(TableImage before, TableImage after, RangeCollector ranges)
    {
        foreach (ExtentPair pair in ExtentPairs.Of(before.Extents, after.Extents))
        {
            for (long i = 0; i < pair.Length; i++)
            {
                ulong index = pair.Address + (ulong)i;
                if (!AreEqual(ElementOf(pair.Before, index, _elementsBefore), ElementOf(pair.After, index, _elementsAfter)))
                {
                    ranges.Add(index, 1);
                }
            }
        }

        ranges.End();
    }

    private static TableElement? ElementOf(Extent? extent, ulong index, SegmentElements elements) =>
        extent is { } found ? elements.Of(found.Segment)[found.Start + (long)(index - found.Address)] : null;

    private bool AreEqual(TableElement? before, TableElement? after)
    {
        if (before is not { } first || after is not { } second)
        {
            return before is null && after is null;
        }

        return first.IsFunc && second.IsFunc
            ? _funcs.AreEqual(first.Func, second.Func)
            : !first.IsFunc && !second.IsFunc && _bodies.AreEqual(first.Expression, second.Expression);
    }

    private static string NameOf((uint Table, string Offset) key, DifferentRange range)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"table {key.Table} [{range.Address}]");
        if (range.ByteLength > 1)
        {
            name = string.Create(
                CultureInfo.InvariantCulture,
                $"table {key.Table} [{range.Address}..{range.Address + range.ByteLength - 1}], {range.ByteLength:N0} elements");
        }

        return key.Offset.Length == 0 ? name : $"{name} from ({key.Offset}) on";
    }

    private static string Describe(ComparedModule module, TableImage table, SegmentElements elements, DifferentRange range)
    {
        var texts = new List<string>();
        for (ulong i = 0; i < Math.Min(range.ByteLength, ShownElements); i++)
        {
            texts.Add(table.ElementAt(elements, range.Address + i) switch
            {
                null => "as it begins",
                { IsFunc: true } element => module.FuncName(element.Func),
                { } element => module.ConstText(element.Expression),
            });
        }

        return string.Join(", ", texts) + (range.ByteLength > ShownElements ? ", ..." : "");
    }
}
