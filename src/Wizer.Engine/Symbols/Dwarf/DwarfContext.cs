using System.Buffers.Binary;
using System.Text;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>
/// What all that reads a module's debug information shares: its sections, what they may cost, and how they refer to one another.
/// </summary>
internal sealed class DwarfContext(ModuleInfo module)
{
    // Most units have tables of their own. Entries of several are read in turn when names are looked up across units.
    private const int MaxTables = 16;

    // What the names and files of one address may take together, in bytes. They are printed for every frame that has the address.
    private const int MaxTextLength = 1 << 17;

    private readonly Dictionary<(ulong Offset, DwarfEncoding Encoding), AbbreviationTable> _tables = [];
    private int _textLeft;

    internal DwarfSections Sections { get; } = DwarfSections.Find(module);

    internal DwarfBudget Budget => field ??= new DwarfBudget(Sections.ByteLength);

    /// <summary>Begins with another address.</summary>
    internal void Begin() => _textLeft = MaxTextLength;

    /// <summary>The abbreviations of a unit's entries.</summary>
    internal AbbreviationTable AbbreviationsOf(DwarfUnit unit)
    {
        (ulong, DwarfEncoding) key = (unit.AbbreviationsOffset, unit.Encoding);
        if (!_tables.TryGetValue(key, out AbbreviationTable? table))
        {
            if (_tables.Count == MaxTables)
            {
                _tables.Clear();
            }

            table = new AbbreviationTable(Sections.Abbrev, unit.AbbreviationsOffset, unit.Encoding, Budget);
            _tables.Add(key, table);
        }

        return table;
    }

    /// <summary>An address of a unit, by index. DWARF 5, 7.27 Address Table.</summary>
    internal ulong AddressAt(DwarfUnit unit, ulong index) =>
        ReadAt(Sections.Addr.Span, unit.AddrBase, index, unit.Encoding.AddressSize);

    /// <summary>The address that an attribute has; false when it has none.</summary>
    internal bool TryGetAddress(DwarfUnit unit, DwarfValue value, out ulong address)
    {
        address = value.Kind == DwarfValueKind.AddressIndex ? AddressAt(unit, value.Number) : value.Number;
        return value.Kind is DwarfValueKind.Address or DwarfValueKind.AddressIndex;
    }

    /// <summary>Where the range list of an attribute is. DWARF 5, 7.28 Range List Table.</summary>
    internal ulong RangeListOffset(DwarfUnit unit, DwarfValue value)
    {
        if (value.Kind == DwarfValueKind.RangeListIndex)
        {
            int size = unit.Encoding.OffsetSize;
            return unit.RnglistsBase + ReadAt(Sections.Rnglists.Span, unit.RnglistsBase, value.Number, size);
        }

        if (!value.IsOffset)
        {
            DwarfException.Malformed();
        }

        return value.Number;
    }

    /// <summary>The text that an attribute has, or null.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="value">The value.</param>
    /// <param name="section">Where the text is when it is where the value is.</param>
    internal string? TextOf(DwarfUnit unit, DwarfValue value, ReadOnlyMemory<byte> section)
    {
        ulong offset = value.Number;
        switch (value.Kind)
        {
            case DwarfValueKind.InlineString:
                break;
            case DwarfValueKind.StringOffset:
                section = Sections.Str;
                break;
            case DwarfValueKind.LineStringOffset:
                section = Sections.LineStr;
                break;
            case DwarfValueKind.StringIndex:
                section = Sections.Str;
                offset = ReadAt(Sections.StrOffsets.Span, unit.StrOffsetsBase, value.Number, unit.Encoding.OffsetSize);
                break;
            default:
                return null;
        }

        ReadOnlySpan<byte> text = new DwarfCursor(section.Span, offset).ReadString();
        _textLeft -= text.Length;
        if (_textLeft < 0)
        {
            DwarfException.TooExpensive();
        }

        return Encoding.UTF8.GetString(text);
    }

    // The number with an index in a table of numbers.
    private static ulong ReadAt(ReadOnlySpan<byte> section, ulong tableOffset, ulong index, int size)
    {
        ulong length = (ulong)section.Length;
        if (tableOffset > length || index >= (length - tableOffset) / (ulong)size)
        {
            DwarfException.Malformed();
        }

        ReadOnlySpan<byte> bytes = section[(int)(tableOffset + (index * (ulong)size))..];
        return size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
