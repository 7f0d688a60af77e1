using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>All units of a module, and where the code of each is.</summary>
internal sealed class UnitTable
{
    private readonly DwarfContext _context;
    private readonly List<DwarfUnit> _units = [];
    private readonly List<UnitRange> _ranges = [];

    /// <summary>
    /// Reads the first entry of each. One that makes no sense is left out; so is all that follows a header that does not.
    /// </summary>
    internal UnitTable(DwarfContext context)
    {
        _context = context;
        ReadOnlySpan<byte> section = context.Sections.Info.Span;
        var cursor = new DwarfCursor(section, 0);
        try
        {
            while (!cursor.IsAtEnd)
            {
                context.Budget.Spend(DwarfUnit.ByteLength / 8 * DwarfBudget.Kept);
                if (DwarfUnit.Read(ref cursor) is { } unit)
                {
                    Add(unit);
                }
            }
        }
        catch (DwarfException)
        {
            // What came before it is good.
        }

        // Of several units that contain an address, the one asked first is the one that ends first.
        _ranges.Sort(static (left, right) =>
            left.Range.End != right.Range.End ? left.Range.End.CompareTo(right.Range.End) : left.Order.CompareTo(right.Order));
    }

    /// <summary>The units that say they have code at an address, the likeliest first.</summary>
    internal List<DwarfUnit> At(ulong address)
    {
        List<DwarfUnit> found = [];
        foreach (UnitRange candidate in _ranges)
        {
            if (candidate.Range.Contains(address))
            {
                found.Add(candidate.Unit);
            }
        }

        return found;
    }

    /// <summary>The entry that another one refers to: its unit, and where it is in the section.</summary>
    /// <exception cref="DwarfException">There is none.</exception>
    internal (DwarfUnit Unit, ulong Offset) Resolve(DwarfUnit unit, DwarfValue reference)
    {
        if (reference.Kind == DwarfValueKind.UnitReference)
        {
            return (unit, (ulong)unit.Offset + reference.Number);
        }

        DwarfUnit? other = reference.Kind == DwarfValueKind.InfoReference ? Around(reference.Number) : null;
        if (other is null)
        {
            DwarfException.Malformed();
        }

        return (other, reference.Number);
    }

    private void Add(DwarfUnit unit)
    {
        try
        {
            AddressRanges ranges = ReadRoot(unit);
            _units.Add(unit);
            if (unit.HasCode)
            {
                AddRanges(unit, ranges);
            }
        }
        catch (DwarfException) when (!_context.Budget.IsExhausted)
        {
            _context.Budget.Spend(DwarfBudget.Recovery);
        }
    }

    /// <summary>The unit in which something stands in <c>.debug_context</c>, or null.</summary>
    internal DwarfUnit? Around(ulong offset)
    {
        int low = 0;
        int high = _units.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            DwarfUnit unit = _units[middle];
            if (offset < (ulong)unit.Offset)
            {
                high = middle - 1;
            }
            else if (offset >= (ulong)unit.End)
            {
                low = middle + 1;
            }
            else
            {
                return unit;
            }
        }

        return null;
    }

    private AddressRanges ReadRoot(DwarfUnit unit)
    {
        AddressRanges ranges = default;
        var root = new EntryReader(_context, unit, (ulong)unit.EntriesOffset);
        if (!root.TryRead())
        {
            return ranges;
        }

        foreach (AttributeSpec spec in root.Attributes)
        {
            DwarfValue value = root.ReadAttribute(spec);
            ranges.Add(spec.Name, value);
            switch (spec.Name)
            {
                case DwarfAttribute.Name:
                    unit.Name = value;
                    break;
                case DwarfAttribute.CompDir:
                    unit.CompDir = value;
                    break;
                case DwarfAttribute.StmtList:
                    unit.StmtList = value;
                    break;
                case DwarfAttribute.StrOffsetsBase:
                    unit.StrOffsetsBase = value.Number;
                    break;
                case DwarfAttribute.AddrBase or DwarfAttribute.GnuAddrBase:
                    unit.AddrBase = value.Number;
                    break;
                case DwarfAttribute.RnglistsBase:
                    unit.RnglistsBase = value.Number;
                    break;
            }
        }

        // An index means something only once the bases are known, which may come later in the entry.
        unit.BaseAddress = _context.TryGetAddress(unit, ranges.LowPc, out ulong address) ? address : 0;
        return ranges;
    }

    private void AddRanges(DwarfUnit unit, AddressRanges ranges)
    {
        int before = _ranges.Count;
        AddressRangeReader reader = ranges.Open(_context, unit);
        while (reader.TryRead(out AddressRange range))
        {
            Add(unit, range);
        }

        if (_ranges.Count > before)
        {
            return;
        }

        // It does not say; its line program does.
        foreach (LineSequence sequence in LineTable.SequencesOf(_context, unit))
        {
            Add(unit, sequence.Range);
        }
    }

    private void Add(DwarfUnit unit, AddressRange range)
    {
        _context.Budget.Spend(4 * DwarfBudget.Kept);
        _ranges.Add(new UnitRange(range, _ranges.Count, unit));
    }

    private readonly record struct UnitRange(AddressRange Range, int Order, DwarfUnit Unit);
}
