using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>Finds the function of a unit that has an address. DWARF 5, 3.3 Subroutine and Entry Point Entries.</summary>
internal static class FunctionTable
{
    /// <summary>Finds the innermost function at an address: where its entry is, or null.</summary>
    internal static int? Find(DwarfContext context, DwarfUnit unit, ulong address)
    {
        unit.Functions ??= Read(context, unit);
        context.Budget.Spend(unit.Functions.Length / 8);
        ulong shortest = ulong.MaxValue;
        int? found = null;
        foreach (FunctionRange function in unit.Functions)
        {
            ulong length = function.Range.End - function.Range.Begin;
            if (function.Range.Contains(address) && length < shortest)
            {
                shortest = length;
                found = function.Offset;
            }
        }

        return found;
    }

    private static FunctionRange[] Read(DwarfContext context, DwarfUnit unit)
    {
        var functions = new List<FunctionRange>();
        try
        {
            var entries = new EntryReader(context, unit, (ulong)unit.EntriesOffset);
            while (entries.TryRead())
            {
                if (entries.Tag != DwarfTag.Subprogram)
                {
                    entries.SkipAttributes();
                    continue;
                }

                AddressRanges ranges = default;
                foreach (AttributeSpec spec in entries.Attributes)
                {
                    ranges.Add(spec.Name, entries.ReadAttribute(spec));
                }

                AddressRangeReader reader = ranges.Open(context, unit);
                while (reader.TryRead(out AddressRange range))
                {
                    // Nothing is at zero, where the section has the number of functions: it is what older linkers write for a
                    // function that is not there.
                    if (range.Begin != 0)
                    {
                        context.Budget.Spend(3 * DwarfBudget.Kept);
                        functions.Add(new FunctionRange(range, entries.Offset));
                    }
                }
            }
        }
        catch (DwarfException)
        {
            // What came before it is good.
        }

        return [.. functions];
    }
}

/// <summary>Code of a function.</summary>
/// <param name="Range">Where it is.</param>
/// <param name="Offset">Where the function's entry is.</param>
internal readonly record struct FunctionRange(AddressRange Range, int Offset);
