namespace Wizer.Engine.Symbols;

/// <summary>
/// A unit of <c>.debug_info</c>, which is mostly one source file: its header, and of its first entry what the others need.
/// DWARF 5, 7.5.1 Unit Headers.
/// </summary>
internal sealed class DwarfUnit
{
    /// <summary>What one takes in memory.</summary>
    internal const int ByteLength = 192;

    /// <summary>Where it begins.</summary>
    internal required int Offset { get; init; }

    /// <summary>Where it ends.</summary>
    internal required int End { get; init; }

    /// <summary>Where its first entry is.</summary>
    internal required int EntriesOffset { get; init; }

    internal required DwarfEncoding Encoding { get; init; }

    internal required ulong AbbreviationsOffset { get; init; }

    /// <summary>Whether it has code. Others are there to be referred to.</summary>
    internal required bool HasCode { get; init; }

    internal DwarfValue Name { get; set; }

    internal DwarfValue CompDir { get; set; }

    /// <summary>Where its line program is.</summary>
    internal DwarfValue StmtList { get; set; }

    /// <summary>The address that range lists begin with.</summary>
    internal ulong BaseAddress { get; set; }

    internal ulong StrOffsetsBase { get; set; }

    internal ulong AddrBase { get; set; }

    /// <summary>Where the offsets of its range lists are.</summary>
    internal ulong RnglistsBase { get; set; }

    /// <summary>The functions, once somebody has asked.</summary>
    internal FunctionRange[]? Functions { get; set; }

    /// <summary>The header of its line program, once somebody has asked.</summary>
    internal LineHeader? LineHeader { get; set; }

    /// <summary>The sequences of its line program, once somebody has asked.</summary>
    internal LineSequence[]? Lines { get; set; }

    /// <summary>Reads a header.</summary>
    /// <param name="cursor">Where it begins; then behind the unit.</param>
    /// <returns>Null when it is no unit that could be of use.</returns>
    internal static DwarfUnit? Read(ref DwarfCursor cursor)
    {
        int offset = cursor.Position;
        ulong length = cursor.ReadUnitLength(out bool is64Bit);
        DwarfCursor header = cursor;
        cursor.Skip(length);

        int version = header.ReadU16();
        UnitType type = UnitType.Compile;
        int addressSize = 0;
        if (version >= 5)
        {
            type = (UnitType)header.ReadU8();
            addressSize = header.ReadU8();
        }

        ulong abbreviations = header.ReadOffset(is64Bit);
        if (version < 5)
        {
            addressSize = header.ReadU8();
        }

        if (type is UnitType.Skeleton or UnitType.SplitCompile)
        {
            header.ReadU64();
        }

        var encoding = new DwarfEncoding(version, addressSize, is64Bit);
        if (type is not (UnitType.Compile or UnitType.Partial or UnitType.Skeleton or UnitType.SplitCompile)
            || !encoding.IsSupported || header.Position > cursor.Position)
        {
            return null;
        }

        return new DwarfUnit
        {
            Offset = offset,
            End = cursor.Position,
            EntriesOffset = header.Position,
            Encoding = encoding,
            AbbreviationsOffset = abbreviations,
            HasCode = type != UnitType.Partial,
        };
    }

    private enum UnitType : byte
    {
        Compile = 1,
        Partial = 3,
        Skeleton = 4,
        SplitCompile = 5,
    }
}
