using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Collects the attributes that say where the code of an entry is. DWARF 5, 2.17 Code Addresses, Ranges and Base Addresses.
/// </summary>
internal struct AddressRanges
{
    private DwarfValue _lowPc;
    private DwarfValue _highPc;
    private DwarfValue _list;

    /// <summary>Where the code begins.</summary>
    internal readonly DwarfValue LowPc => _lowPc;

    internal void Add(DwarfAttribute attribute, DwarfValue value)
    {
        switch (attribute)
        {
            case DwarfAttribute.LowPc:
                _lowPc = value;
                break;
            case DwarfAttribute.HighPc:
                _highPc = value;
                break;
            case DwarfAttribute.Ranges:
                _list = value;
                break;
        }
    }

    /// <summary>All of them, one after the other.</summary>
    internal readonly AddressRangeReader Open(DwarfContext context, DwarfUnit unit)
    {
        if (_list.IsPresent)
        {
            return new AddressRangeReader(context, unit, context.RangeListOffset(unit, _list));
        }

        if (!context.TryGetAddress(unit, _lowPc, out ulong begin) || !_highPc.IsPresent)
        {
            return default;
        }

        ulong end = _highPc.Kind == DwarfValueKind.Constant ? begin + _highPc.Number
            : context.TryGetAddress(unit, _highPc, out ulong address) ? address
            : 0;
        return new AddressRangeReader(new AddressRange(begin, end));
    }
}

/// <summary>Addresses of code, which count from the beginning of the contents of the code section.</summary>
/// <param name="Begin">The first one.</param>
/// <param name="End">The one behind the last.</param>
internal readonly record struct AddressRange(ulong Begin, ulong End)
{
    internal bool Contains(ulong address) => address >= Begin && address < End;
}

/// <summary>The ranges of an entry. DWARF 5, 2.17.3 Non-Contiguous Address Ranges; DWARF 4, the same.</summary>
internal ref struct AddressRangeReader
{
    private readonly DwarfContext? _context;
    private readonly DwarfUnit? _unit;
    private AddressRange _single;
    private DwarfCursor _cursor;
    private ulong _base;

    internal AddressRangeReader(AddressRange single) => _single = single;

    internal AddressRangeReader(DwarfContext context, DwarfUnit unit, ulong offset)
    {
        _context = context;
        _unit = unit;
        _base = unit.BaseAddress;
        _cursor = new DwarfCursor((unit.Encoding.Version >= 5 ? context.Sections.Rnglists : context.Sections.Ranges).Span, offset);
    }

    /// <summary>The next one that is not empty.</summary>
    internal bool TryRead(out AddressRange range)
    {
        if (_unit is null)
        {
            range = _single;
            _single = default;
            return range.Begin < range.End;
        }

        DwarfEncoding encoding = _unit.Encoding;
        while (!_cursor.IsAtEnd)
        {
            _context!.Budget.Spend(1);
            bool isEnd = encoding.Version >= 5 ? ReadEntry(out range) : ReadPair(out range);
            if (isEnd)
            {
                break;
            }

            if (range.Begin < range.End && !encoding.IsTombstone(range.Begin))
            {
                return true;
            }
        }

        range = default;
        return false;
    }

    // Returns whether it is the end of the list. What is no range is an empty one.
    private bool ReadPair(out AddressRange range)
    {
        DwarfEncoding encoding = _unit!.Encoding;
        ulong begin = _cursor.ReadUnsigned(encoding.AddressSize);
        ulong end = _cursor.ReadUnsigned(encoding.AddressSize);
        range = default;
        if (begin == encoding.AddressMask)
        {
            _base = end;
        }
        else if (begin != encoding.AddressMask - 1)
        {
            range = Relative(begin, end);
        }

        return begin == 0 && end == 0;
    }

    private bool ReadEntry(out AddressRange range)
    {
        int addressSize = _unit!.Encoding.AddressSize;
        range = default;
        ulong begin;
        switch (_cursor.ReadU8())
        {
            case 0: // DW_RLE_end_of_list
                return true;
            case 1: // DW_RLE_base_addressx
                _base = _context!.AddressAt(_unit, _cursor.ReadUleb());
                break;
            case 2: // DW_RLE_startx_endx
                begin = _context!.AddressAt(_unit, _cursor.ReadUleb());
                range = new AddressRange(begin, _context.AddressAt(_unit, _cursor.ReadUleb()));
                break;
            case 3: // DW_RLE_startx_length
                begin = _context!.AddressAt(_unit, _cursor.ReadUleb());
                range = new AddressRange(begin, begin + _cursor.ReadUleb());
                break;
            case 4: // DW_RLE_offset_pair
                begin = _cursor.ReadUleb();
                range = Relative(begin, _cursor.ReadUleb());
                break;
            case 5: // DW_RLE_base_address
                _base = _cursor.ReadUnsigned(addressSize);
                break;
            case 6: // DW_RLE_start_end
                begin = _cursor.ReadUnsigned(addressSize);
                range = new AddressRange(begin, _cursor.ReadUnsigned(addressSize));
                break;
            case 7: // DW_RLE_start_length
                begin = _cursor.ReadUnsigned(addressSize);
                range = new AddressRange(begin, begin + _cursor.ReadUleb());
                break;
            default:
                DwarfException.Malformed();
                break;
        }

        return false;
    }

    private readonly AddressRange Relative(ulong begin, ulong end)
    {
        DwarfEncoding encoding = _unit!.Encoding;
        return encoding.IsTombstone(_base)
            ? default
            : new AddressRange((_base + begin) & encoding.AddressMask, (_base + end) & encoding.AddressMask);
    }
}
