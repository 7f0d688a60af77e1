using System.Runtime.InteropServices;

namespace Wizer.Engine.Symbols;

/// <summary>
/// What the entries of a unit consist of. DWARF 5, 7.5.3 Abbreviations Tables. It is read as far as somebody asks: of most units
/// only the first entry matters, and the tables of several can overlap.
/// </summary>
internal sealed class AbbreviationTable(ReadOnlyMemory<byte> section, ulong offset, DwarfEncoding encoding, DwarfBudget budget)
{
    private readonly Dictionary<ulong, Abbreviation> _byCode = [];
    private readonly List<AttributeSpec> _attributes = [];
    private ulong _next = offset;
    private bool _isComplete;

    /// <exception cref="DwarfException">There is none.</exception>
    internal Abbreviation this[ulong code]
    {
        get
        {
            Abbreviation abbreviation;
            while (!_byCode.TryGetValue(code, out abbreviation))
            {
                if (_isComplete)
                {
                    DwarfException.Malformed();
                }

                ReadNext();
            }

            return abbreviation;
        }
    }

    /// <summary>The attributes of an entry, in their order; good until the next abbreviation is asked for.</summary>
    internal ReadOnlySpan<AttributeSpec> AttributesOf(Abbreviation abbreviation) =>
        CollectionsMarshal.AsSpan(_attributes).Slice(abbreviation.FirstAttribute, abbreviation.AttributeCount);

    private void ReadNext()
    {
        var cursor = new DwarfCursor(section.Span, _next);
        ulong code = cursor.ReadUleb();
        if (code == 0)
        {
            _isComplete = true;
            return;
        }

        ulong tag = cursor.ReadUleb();
        bool hasChildren = cursor.ReadU8() != 0;
        int first = _attributes.Count;
        int byteLength = 0;
        while (true)
        {
            ulong name = cursor.ReadUleb();
            ulong form = cursor.ReadUleb();
            if (name == 0 && form == 0)
            {
                break;
            }

            if (form > ushort.MaxValue)
            {
                DwarfException.Malformed();
            }

            long constant = form == (ulong)DwarfForm.ImplicitConst ? cursor.ReadSleb() : 0;

            // An attribute that is no number of ours is none that matters.
            budget.Spend(1 + (2 * DwarfBudget.Kept));
            _attributes.Add(new AttributeSpec((DwarfAttribute)Math.Min(name, ushort.MaxValue), (DwarfForm)form, constant));
            int size = AttributeReader.FixedSize((DwarfForm)form, encoding);
            byteLength = size < 0 || byteLength < 0 ? -1 : byteLength + size;
        }

        budget.Spend(4 * DwarfBudget.Kept);
        _next = (ulong)cursor.Position;
        _byCode.TryAdd(
            code,
            new Abbreviation(
                (DwarfTag)Math.Min(tag, ushort.MaxValue), hasChildren, first, _attributes.Count - first, byteLength));
    }
}

/// <summary>What an entry consists of.</summary>
/// <param name="Tag">What it describes.</param>
/// <param name="HasChildren">Whether entries follow that are parts of it.</param>
/// <param name="FirstAttribute">In the table.</param>
/// <param name="AttributeCount">How many there are.</param>
/// <param name="ByteLength">What its attributes take, or -1 when that differs.</param>
internal readonly record struct Abbreviation(DwarfTag Tag, bool HasChildren, int FirstAttribute, int AttributeCount, int ByteLength);

/// <summary>An attribute, without its value.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Form">How the value is written.</param>
/// <param name="Constant">The value, where the form says that it is here.</param>
internal readonly record struct AttributeSpec(DwarfAttribute Name, DwarfForm Form, long Constant);
