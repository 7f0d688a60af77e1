using Wizer.Binary;
using Wizer.Engine.Symbols;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>Debug information, made entry by entry, and a module that has it. Each entry gets an abbreviation of its own.</summary>
internal sealed class DwarfBuilder
{
    private readonly DwarfEncoding _encoding;
    private readonly DwarfWriter _abbreviations;
    private readonly DwarfWriter _info;
    private readonly DwarfWriter _texts = new();
    private readonly DwarfWriter _lineTexts = new();
    private readonly DwarfWriter _textOffsets;
    private DwarfWriter _entries;
    private ulong _codes;
    private ulong _textCount;

    internal DwarfBuilder(int version = 5, bool is64Bit = false, int addressSize = 4)
    {
        _encoding = new DwarfEncoding(version, addressSize, is64Bit);
        _abbreviations = new DwarfWriter(is64Bit);
        _info = new DwarfWriter(is64Bit);
        _textOffsets = new DwarfWriter(is64Bit);
        _entries = new DwarfWriter(is64Bit);
        Ranges = new DwarfWriter(is64Bit);
        Addresses = new DwarfWriter(is64Bit);
        Lines = new DwarfWriter(is64Bit);

        // Nothing is at the beginning of a section, so that an offset of zero is always wrong.
        _texts.Text("none");
        _lineTexts.Text("none");
        HeaderLength = (is64Bit ? 12 : 4) + (version >= 5 ? 4 : 3) + (is64Bit ? 8 : 4);
    }

    /// <summary>How long the header of a unit is.</summary>
    internal int HeaderLength { get; }

    /// <summary>The range lists: in the section that the version has for them.</summary>
    internal DwarfWriter Ranges { get; }

    /// <summary>The addresses that others refer to by index.</summary>
    internal DwarfWriter Addresses { get; }

    /// <summary>The line programs.</summary>
    internal DwarfWriter Lines { get; }

    /// <summary>Where the next entry will be in its unit.</summary>
    internal ulong Here => (ulong)(HeaderLength + _entries.Length);

    /// <summary>Where the next unit will be.</summary>
    internal ulong NextUnit => (ulong)_info.Length;

    /// <summary>The offset of a text in <c>.debug_str</c>.</summary>
    internal ulong Text(string text) => Add(_texts, text);

    /// <summary>The offset of a text in <c>.debug_line_str</c>.</summary>
    internal ulong LineText(string text) => Add(_lineTexts, text);

    /// <summary>The index of a text.</summary>
    internal ulong TextIndex(string text)
    {
        _textOffsets.Offset(Text(text));
        return _textCount++;
    }

    /// <summary>Adds an entry; its children follow, and <see cref="End"/>.</summary>
    /// <returns>Where it is in its unit.</returns>
    internal ulong Begin(int tag, params (DwarfAttribute Name, DwarfForm Form, object Value)[] attributes) => Add(tag, true, attributes);

    /// <summary>Adds an entry without children.</summary>
    /// <returns>Where it is in its unit.</returns>
    internal ulong Leaf(int tag, params (DwarfAttribute Name, DwarfForm Form, object Value)[] attributes) => Add(tag, false, attributes);

    internal void End() => _entries.Bytes(0);

    /// <summary>Ends the unit.</summary>
    internal void EndUnit(byte unitType = 1)
    {
        var unit = new DwarfWriter(_encoding.Is64Bit);
        unit.Number((ulong)_encoding.Version, 2);
        if (_encoding.Version >= 5)
        {
            unit.Bytes(unitType, (byte)_encoding.AddressSize).Offset(0);
        }
        else
        {
            unit.Offset(0).Bytes((byte)_encoding.AddressSize);
        }

        _info.Unit(unit.Bytes(_entries.ToArray()));
        _entries = new DwarfWriter(_encoding.Is64Bit);
    }

    /// <summary>The sections, by name.</summary>
    internal Dictionary<string, byte[]> Sections() => new()
    {
        [".debug_abbrev"] = [.. _abbreviations.ToArray(), 0],
        [".debug_info"] = _info.ToArray(),
        [".debug_str"] = _texts.ToArray(),
        [".debug_line_str"] = _lineTexts.ToArray(),
        [".debug_str_offsets"] = _textOffsets.ToArray(),
        [".debug_addr"] = Addresses.ToArray(),
        [".debug_line"] = Lines.ToArray(),
        [_encoding.Version >= 5 ? ".debug_rnglists" : ".debug_ranges"] = Ranges.ToArray(),
    };

    /// <summary>What is known about an address.</summary>
    internal string Find(ulong address) => Find(Sections(), address);

    /// <summary>What sections say about an address: the functions, each with its place.</summary>
    internal static string Find(Dictionary<string, byte[]> sections, ulong address)
    {
        ModuleInfo module = ModuleReader.Parse(ModuleWith(sections));
        int code = module.Sections.Single(section => section.Id == SectionId.Code).Contents.Offset;
        return Format(new DebugInfo(module).Find(code + (long)address));
    }

    internal static string Format(IEnumerable<FrameSymbol> symbols) => string.Join(
        "; ",
        symbols.Select(symbol => $"{symbol.FuncName ?? "?"} {symbol.File ?? "?"}:{symbol.Line}:{symbol.Column}"));

    /// <summary>A module with a function and the given custom sections.</summary>
    internal static byte[] ModuleWith(Dictionary<string, byte[]> sections)
    {
        var module = new DwarfWriter();
        module.Bytes("\0asm\x01\0\0\0"u8);
        module.Bytes(1, 4, 1, 0x60, 0, 0).Bytes(3, 2, 1, 0).Bytes(10, 5, 1, 3, 0, 0, 0x0b);
        return module.Bytes(CustomSections(sections)).ToArray();
    }

    /// <summary>Custom sections, as they follow the others in a module.</summary>
    internal static byte[] CustomSections(Dictionary<string, byte[]> sections)
    {
        var bytes = new DwarfWriter();
        foreach ((string name, byte[] contents) in sections)
        {
            var section = new DwarfWriter();
            section.Uleb((ulong)name.Length).Bytes(name.Select(letter => (byte)letter).ToArray()).Bytes(contents);
            bytes.Bytes(0).Uleb((ulong)section.Length).Bytes(section.ToArray());
        }

        return bytes.ToArray();
    }

    private static ulong Add(DwarfWriter section, string text)
    {
        int offset = section.Length;
        section.Text(text);
        return (ulong)offset;
    }

    private ulong Add(int tag, bool hasChildren, (DwarfAttribute Name, DwarfForm Form, object Value)[] attributes)
    {
        ulong offset = Here;
        _codes++;
        _abbreviations.Uleb(_codes).Uleb((ulong)tag).Bytes((byte)(hasChildren ? 1 : 0));
        _entries.Uleb(_codes);
        foreach ((DwarfAttribute name, DwarfForm form, object value) in attributes)
        {
            _abbreviations.Uleb((ulong)name).Uleb((ulong)form);
            if (form == DwarfForm.ImplicitConst)
            {
                _abbreviations.Sleb(Convert.ToInt64(value, null));
            }
            else
            {
                Write(form, value);
            }
        }

        _abbreviations.Bytes(0, 0);
        return offset;
    }

    private void Write(DwarfForm form, object value)
    {
        switch (value)
        {
            case string text:
                _entries.Text(text);
                return;
            case byte[] block:
                _entries.Bytes(block);
                return;
        }

        ulong number = Convert.ToUInt64(value, null);
        int size = AttributeReader.FixedSize(form, _encoding);
        if (size >= 0)
        {
            _entries.Number(number, size);
        }
        else if (form == DwarfForm.Sdata)
        {
            _entries.Sleb((long)number);
        }
        else
        {
            _entries.Uleb(number);
        }
    }
}
