using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Walks an entry and everything in it, in their order. DWARF 5, 2.3 Relationship of Debugging Information Entries. Nothing nests
/// on the stack, since whoever made the entries decides how deep they go.
/// </summary>
internal ref struct EntryReader
{
    private readonly DwarfBudget _budget;
    private readonly AbbreviationTable _abbreviations;
    private readonly DwarfEncoding _encoding;
    private readonly int _end;
    private DwarfCursor _cursor;
    private Abbreviation _current;
    private int _depth;
    private bool _hasBegun;

    /// <param name="context">All debug information.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="offset">Where the entry is, in the section.</param>
    internal EntryReader(DwarfContext context, DwarfUnit unit, ulong offset)
    {
        if (offset < (ulong)unit.EntriesOffset || offset >= (ulong)unit.End)
        {
            DwarfException.Malformed();
        }

        _budget = context.Budget;
        _abbreviations = context.AbbreviationsOf(unit);
        _encoding = unit.Encoding;
        _end = unit.End;
        _cursor = new DwarfCursor(context.Sections.Info.Span[.._end], offset);
    }

    /// <summary>Where the entry is that was read last.</summary>
    internal int Offset { get; private set; }

    /// <summary>How deep in the first one it is.</summary>
    internal int Depth { get; private set; }

    internal readonly DwarfTag Tag => _current.Tag;

    /// <summary>The attributes of the entry that was read last. They have to be read, all of them and in order, or skipped.</summary>
    internal readonly ReadOnlySpan<AttributeSpec> Attributes => _abbreviations.AttributesOf(_current);

    /// <summary>Goes on to the next entry.</summary>
    internal bool TryRead()
    {
        while (_cursor.Position < _end && (_depth > 0 || !_hasBegun))
        {
            _hasBegun = true;
            _budget.Spend(1);
            Offset = _cursor.Position;
            ulong code = _cursor.ReadUleb();
            if (code == 0)
            {
                _depth--;
                continue;
            }

            _current = _abbreviations[code];
            Depth = _depth;
            _depth += _current.HasChildren ? 1 : 0;
            return true;
        }

        return false;
    }

    internal DwarfValue ReadAttribute(in AttributeSpec spec)
    {
        _budget.Spend(1);
        return AttributeReader.Read(ref _cursor, spec.Form, spec.Constant, _encoding);
    }

    internal void SkipAttributes()
    {
        if (_current.ByteLength >= 0)
        {
            _cursor.Skip((ulong)_current.ByteLength);
            return;
        }

        _budget.Spend(_current.AttributeCount);
        foreach (AttributeSpec spec in Attributes)
        {
            AttributeReader.Skip(ref _cursor, spec.Form, _encoding);
        }
    }
}
