using Wizer.Engine.Layout;

namespace Wizer.Engine.Symbols;

/// <summary>
/// The header of a line program, and the files that it numbers. DWARF 5, 6.2.4 The Line Number Program Header. The tables are read
/// anew for each file: a backtrace names a few of them.
/// </summary>
internal sealed class LineHeader
{
    private const int ContentPath = 1;
    private const int ContentDirectoryIndex = 2;

    private readonly DwarfContext _context;
    private readonly DwarfUnit _unit;
    private readonly DwarfEncoding _encoding;
    private readonly ulong _tables;

    private LineHeader(DwarfContext context, DwarfUnit unit)
    {
        _context = context;
        _unit = unit;
        var cursor = new DwarfCursor(context.Sections.Line.Span, unit.StmtList.Number);
        ulong length = cursor.ReadUnitLength(out bool is64Bit);
        DwarfCursor end = cursor;
        end.Skip(length);
        End = end.Position;

        int version = cursor.ReadU16();
        int addressSize = unit.Encoding.AddressSize;
        if (version >= 5)
        {
            addressSize = cursor.ReadU8();
            cursor.ReadU8(); // The size of segments, of which there are none.
        }

        _encoding = new DwarfEncoding(version, addressSize, is64Bit);
        ulong headerLength = cursor.ReadOffset(is64Bit);
        DwarfCursor program = cursor;
        program.Skip(headerLength);
        ProgramOffset = program.Position;

        MinInstructionLength = cursor.ReadU8();
        MaxOperations = version >= 4 ? cursor.ReadU8() : (byte)1;
        cursor.ReadU8(); // Whether instructions begin statements unless told otherwise.
        LineBase = (sbyte)cursor.ReadU8();
        LineRange = cursor.ReadU8();
        OpcodeBase = cursor.ReadU8();
        if (!_encoding.IsSupported || MaxOperations == 0 || LineRange == 0 || OpcodeBase == 0 || ProgramOffset > End)
        {
            DwarfException.Malformed();
        }

        OperandCounts = new byte[OpcodeBase];
        for (int i = 1; i < OperandCounts.Length; i++)
        {
            OperandCounts[i] = cursor.ReadU8();
        }

        _tables = (ulong)cursor.Position;
    }

    /// <summary>Where the program begins.</summary>
    internal int ProgramOffset { get; }

    /// <summary>Where it ends.</summary>
    internal int End { get; }

    internal byte MinInstructionLength { get; }

    internal byte MaxOperations { get; }

    internal sbyte LineBase { get; }

    internal byte LineRange { get; }

    internal byte OpcodeBase { get; }

    /// <summary>How many operands each opcode below <see cref="OpcodeBase"/> has.</summary>
    internal byte[] OperandCounts { get; }

    internal int AddressSize => _encoding.AddressSize;

    internal bool IsTombstone(ulong address) => _encoding.IsTombstone(address);

    /// <summary>The header of a unit's line program, or null when it has none.</summary>
    internal static LineHeader? Read(DwarfContext context, DwarfUnit unit) =>
        unit.StmtList.IsOffset ? new LineHeader(context, unit) : null;

    /// <summary>The path of a file, or null. It is relative only when all that the unit knows is.</summary>
    internal string? FileAt(ulong index)
    {
        string path = _context.TextOf(_unit, _unit.CompDir, _context.Sections.Info) ?? "";
        if (_encoding.Version < 5 && index == 0)
        {
            return _context.TextOf(_unit, _unit.Name, _context.Sections.Info) is { } name ? Combine(path, name) : null;
        }

        if (FindFile(index) is not { } file || TextAt(file.Path) is not { } fileName)
        {
            return null;
        }

        // The directory of the unit itself is zero: before version 5 it was not in the table, and since then it is there again.
        if (file.Directory != 0 && FindDirectory(file.Directory) is { } directory)
        {
            path = Combine(path, directory);
        }

        return Combine(path, fileName);
    }

    // Paths are those of the machine that compiled the module.
    private static string Combine(string path, string next)
    {
        if (IsRooted(next, '/') || IsRooted(next, '\\'))
        {
            return next;
        }

        char separator = IsRooted(path, '\\') ? '\\' : '/';
        return path.Length == 0 || path.EndsWith(separator) ? path + next : $"{path}{separator}{next}";
    }

    private static bool IsRooted(string path, char separator) =>
        path.StartsWith(separator) || (path.Length > 2 && char.IsAscii(path[0]) && path[1] == ':' && path[2] == separator);

    private string? TextAt(DwarfValue value) => _context.TextOf(_unit, value, _context.Sections.Line);

    private string? FindDirectory(ulong index)
    {
        var cursor = new DwarfCursor(_context.Sections.Line.Span, _tables);
        return _encoding.Version >= 5
            ? TextAt(ReadTable(ref cursor, index).Path)
            : TextAt(ReadStrings(ref cursor, index - 1));
    }

    private FileEntry? FindFile(ulong index)
    {
        var cursor = new DwarfCursor(_context.Sections.Line.Span, _tables);
        if (_encoding.Version >= 5)
        {
            ReadTable(ref cursor, ulong.MaxValue);
            return ReadTable(ref cursor, index);
        }

        ReadStrings(ref cursor, ulong.MaxValue);
        for (ulong i = 1; ; i++)
        {
            _context.Budget.Spend(1);
            var path = new DwarfValue(DwarfValueKind.InlineString, (ulong)cursor.Position);
            if (cursor.ReadString().IsEmpty)
            {
                return null;
            }

            ulong directory = cursor.ReadUleb();
            cursor.ReadUleb(); // When it was changed.
            cursor.ReadUleb(); // How long it is.
            if (i == index)
            {
                return new FileEntry(path, directory);
            }
        }
    }

    // Reads directories up to an index, or to their end: the table before version 5.
    private DwarfValue ReadStrings(ref DwarfCursor cursor, ulong index)
    {
        for (ulong i = 0; ; i++)
        {
            _context.Budget.Spend(1);
            int start = cursor.Position;
            if (cursor.ReadString().IsEmpty)
            {
                return default;
            }

            if (i == index)
            {
                return new DwarfValue(DwarfValueKind.InlineString, (ulong)start);
            }
        }
    }

    // Reads a table up to an index, or to its end: since version 5, where it says itself what is in it.
    private FileEntry ReadTable(ref DwarfCursor cursor, ulong index)
    {
        int formatCount = cursor.ReadU8();
        Span<(ulong Content, DwarfForm Form)> formats = new (ulong, DwarfForm)[formatCount];
        for (int i = 0; i < formatCount; i++)
        {
            ulong content = cursor.ReadUleb();
            ulong form = cursor.ReadUleb();
            formats[i] = form <= ushort.MaxValue ? (content, (DwarfForm)form) : default;
        }

        ulong count = cursor.ReadUleb();
        for (ulong i = 0; i < count; i++)
        {
            FileEntry entry = default;
            _context.Budget.Spend(1 + formatCount);
            foreach ((ulong content, DwarfForm form) in formats)
            {
                DwarfValue value = AttributeReader.Read(ref cursor, form, 0, _encoding);
                entry = content switch
                {
                    ContentPath => entry with { Path = value },
                    ContentDirectoryIndex => entry with { Directory = value.Number },
                    _ => entry,
                };
            }

            if (i == index)
            {
                return entry;
            }
        }

        return default;
    }

    private readonly record struct FileEntry(DwarfValue Path, ulong Directory);
}
