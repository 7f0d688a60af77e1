namespace Wizer.Engine.Tests.Symbols;

/// <summary>A line program with the files <c>a.c</c> and <c>inc/b.h</c>, numbered 1 and 2 in every version.</summary>
internal sealed class LineProgramBuilder
{
    private readonly int _version;
    private readonly bool _is64Bit;
    private readonly DwarfWriter _tables;
    private readonly DwarfWriter _program = new();

    internal LineProgramBuilder(int version, bool is64Bit = false)
    {
        _version = version;
        _is64Bit = is64Bit;
        _tables = new DwarfWriter(is64Bit);
        if (version < 5)
        {
            _tables.Text("inc").Text("/abs").Bytes(0);
            _tables.Text("a.c").Bytes(0, 0, 0).Text("b.h").Bytes(1, 0, 0).Text("c.h").Bytes(2, 0, 0).Text("/d.h").Bytes(1, 0, 0).Bytes(0);
        }
        else
        {
            // Directories are a path each, files a path, a directory and a checksum.
            _tables.Bytes(1, 1, 0x08).Uleb(3).Text("/not/used").Text("inc").Text("/abs");
            _tables.Bytes(3, 1, 0x08, 2, 0x0b, 5, 0x1e).Uleb(5);
            (string, byte)[] files = [("a.c", 0), ("a.c", 0), ("b.h", 1), ("c.h", 2), ("/d.h", 1)];
            foreach ((string name, byte directory) in files)
            {
                _tables.Text(name).Bytes(directory).Number(0, 16);
            }
        }
    }

    internal byte MinInstructionLength { get; init; } = 1;

    internal byte MaxOperations { get; init; } = 1;

    /// <summary>How many operands each opcode has; as many as the version knows, unless set.</summary>
    internal byte[] OperandCounts { get; init; } = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

    internal byte LineRange { get; init; } = 14;

    internal DwarfWriter Tables { get => _tables; init => _tables = value; }

    internal int AddressSize { get; init; } = 4;

    internal LineProgramBuilder Code(params ReadOnlySpan<byte> code)
    {
        _program.Bytes(code);
        return this;
    }

    internal LineProgramBuilder SetAddress(ulong address)
    {
        _program.Bytes(0, (byte)(1 + AddressSize), 2).Number(address, AddressSize);
        return this;
    }

    /// <summary>Goes on by some bytes, to a place in a file, and makes a row.</summary>
    internal LineProgramBuilder Row(ulong advance, ulong file, long lines, ulong column)
    {
        _program.Bytes(2).Uleb(advance).Bytes(3).Sleb(lines).Bytes(4).Uleb(file).Bytes(5).Uleb(column).Bytes(1);
        return this;
    }

    internal LineProgramBuilder EndSequence(ulong advance)
    {
        _program.Bytes(2).Uleb(advance).Bytes(0, 1, 1);
        return this;
    }

    internal byte[] ToArray()
    {
        var header = new DwarfWriter(_is64Bit);
        header.Bytes(MinInstructionLength);
        if (_version >= 4)
        {
            header.Bytes(MaxOperations);
        }

        header.Bytes(1, unchecked((byte)-5), LineRange, (byte)(OperandCounts.Length + 1)).Bytes(OperandCounts).Bytes(_tables.ToArray());
        var unit = new DwarfWriter(_is64Bit);
        unit.Number((ulong)_version, 2);
        if (_version >= 5)
        {
            unit.Bytes((byte)AddressSize, 0);
        }

        unit.Offset((ulong)header.Length).Bytes(header.ToArray()).Bytes(_program.ToArray());
        return new DwarfWriter(_is64Bit).Unit(unit).ToArray();
    }
}
