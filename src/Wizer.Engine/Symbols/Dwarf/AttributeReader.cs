namespace Wizer.Engine.Symbols;

/// <summary>Reads values in all their forms. DWARF 5, 7.5.5 Classes and Forms.</summary>
internal static class AttributeReader
{
    /// <summary>How many bytes a value takes in the entry, or -1 when that depends on the value.</summary>
    internal static int FixedSize(DwarfForm form, DwarfEncoding encoding)
    {
        switch (form)
        {
            case DwarfForm.FlagPresent or DwarfForm.ImplicitConst:
                return 0;
            case DwarfForm.Data1 or DwarfForm.Ref1 or DwarfForm.Flag or DwarfForm.Strx1 or DwarfForm.Addrx1:
                return 1;
            case DwarfForm.Data2 or DwarfForm.Ref2 or DwarfForm.Strx2 or DwarfForm.Addrx2:
                return 2;
            case DwarfForm.Strx3 or DwarfForm.Addrx3:
                return 3;
            case DwarfForm.Data4 or DwarfForm.Ref4 or DwarfForm.RefSup4 or DwarfForm.Strx4 or DwarfForm.Addrx4:
                return 4;
            case DwarfForm.Data8 or DwarfForm.Ref8 or DwarfForm.RefSig8 or DwarfForm.RefSup8:
                return 8;
            case DwarfForm.Data16:
                return 16;
            case DwarfForm.Addr:
                return encoding.AddressSize;
            case DwarfForm.Strp or DwarfForm.SecOffset or DwarfForm.LineStrp or DwarfForm.StrpSup or DwarfForm.GnuRefAlt
                or DwarfForm.GnuStrpAlt:
                return encoding.OffsetSize;
            case DwarfForm.RefAddr:
                // The second version took it for an address.
                return encoding.Version == 2 ? encoding.AddressSize : encoding.OffsetSize;
            default:
                return -1;
        }
    }

    internal static void Skip(ref DwarfCursor cursor, DwarfForm form, DwarfEncoding encoding)
    {
        int size = FixedSize(form, encoding);
        if (size >= 0)
        {
            cursor.Skip((ulong)size);
            return;
        }

        Read(ref cursor, form, 0, encoding);
    }

    /// <summary>Reads a value. What matters to nobody here has the kind <see cref="DwarfValueKind.Other"/>.</summary>
    /// <param name="cursor">Where it stands.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="constant">The value, for <see cref="DwarfForm.ImplicitConst"/>.</param>
    /// <param name="encoding">Of the unit.</param>
    internal static DwarfValue Read(ref DwarfCursor cursor, DwarfForm form, long constant, DwarfEncoding encoding)
    {
        if (form == DwarfForm.Indirect)
        {
            ulong actual = cursor.ReadUleb();
            if (actual is (ulong)DwarfForm.Indirect or > ushort.MaxValue)
            {
                DwarfException.Malformed();
            }

            form = (DwarfForm)actual;
            if (form == DwarfForm.ImplicitConst)
            {
                constant = cursor.ReadSleb();
            }
        }

        switch (form)
        {
            case DwarfForm.Addr:
                return new DwarfValue(DwarfValueKind.Address, cursor.ReadUnsigned(encoding.AddressSize));
            case DwarfForm.Addrx or DwarfForm.GnuAddrIndex:
                return new DwarfValue(DwarfValueKind.AddressIndex, cursor.ReadUleb());
            case DwarfForm.Addrx1 or DwarfForm.Addrx2 or DwarfForm.Addrx3 or DwarfForm.Addrx4:
                return new DwarfValue(DwarfValueKind.AddressIndex, cursor.ReadUnsigned(FixedSize(form, encoding)));
            case DwarfForm.Data1 or DwarfForm.Data2 or DwarfForm.Data4 or DwarfForm.Data8:
                return new DwarfValue(DwarfValueKind.Constant, cursor.ReadUnsigned(FixedSize(form, encoding)));
            case DwarfForm.Udata:
                return new DwarfValue(DwarfValueKind.Constant, cursor.ReadUleb());
            case DwarfForm.Sdata:
                return Signed(cursor.ReadSleb());
            case DwarfForm.ImplicitConst:
                return Signed(constant);
            case DwarfForm.SecOffset:
                return new DwarfValue(DwarfValueKind.SectionOffset, cursor.ReadOffset(encoding.Is64Bit));
            case DwarfForm.Rnglistx:
                return new DwarfValue(DwarfValueKind.RangeListIndex, cursor.ReadUleb());
            case DwarfForm.String:
                int start = cursor.Position;
                cursor.ReadString();
                return new DwarfValue(DwarfValueKind.InlineString, (ulong)start);
            case DwarfForm.Strp:
                return new DwarfValue(DwarfValueKind.StringOffset, cursor.ReadOffset(encoding.Is64Bit));
            case DwarfForm.LineStrp:
                return new DwarfValue(DwarfValueKind.LineStringOffset, cursor.ReadOffset(encoding.Is64Bit));
            case DwarfForm.Strx or DwarfForm.GnuStrIndex:
                return new DwarfValue(DwarfValueKind.StringIndex, cursor.ReadUleb());
            case DwarfForm.Strx1 or DwarfForm.Strx2 or DwarfForm.Strx3 or DwarfForm.Strx4:
                return new DwarfValue(DwarfValueKind.StringIndex, cursor.ReadUnsigned(FixedSize(form, encoding)));
            case DwarfForm.Ref1 or DwarfForm.Ref2 or DwarfForm.Ref4 or DwarfForm.Ref8:
                return new DwarfValue(DwarfValueKind.UnitReference, cursor.ReadUnsigned(FixedSize(form, encoding)));
            case DwarfForm.RefUdata:
                return new DwarfValue(DwarfValueKind.UnitReference, cursor.ReadUleb());
            case DwarfForm.RefAddr:
                return new DwarfValue(DwarfValueKind.InfoReference, cursor.ReadUnsigned(FixedSize(form, encoding)));
            case DwarfForm.Block1:
                cursor.Skip(cursor.ReadU8());
                return default;
            case DwarfForm.Block2:
                cursor.Skip(cursor.ReadU16());
                return default;
            case DwarfForm.Block4:
                cursor.Skip(cursor.ReadU32());
                return default;
            case DwarfForm.Block or DwarfForm.Exprloc:
                cursor.Skip(cursor.ReadUleb());
                return default;
            case DwarfForm.Loclistx:
                cursor.ReadUleb();
                return default;
            default:
                int size = FixedSize(form, encoding);
                if (size < 0)
                {
                    DwarfException.Malformed();
                }

                cursor.Skip((ulong)size);
                return default;
        }
    }

    // What is negative is none of the numbers that matter.
    private static DwarfValue Signed(long value) => value < 0 ? default : new DwarfValue(DwarfValueKind.Constant, (ulong)value);
}

/// <summary>What the number of a value means.</summary>
internal enum DwarfValueKind : byte
{
    /// <summary>It was skipped, or is absent.</summary>
    Other,

    /// <summary>Itself, or an offset into a section, which had no form of its own before version 4.</summary>
    Constant,

    /// <summary>An address.</summary>
    Address,

    /// <summary>An index into the unit's addresses.</summary>
    AddressIndex,

    /// <summary>An offset into the section that the attribute is about.</summary>
    SectionOffset,

    /// <summary>An index into the unit's range lists.</summary>
    RangeListIndex,

    /// <summary>Where in the section itself a text stands.</summary>
    InlineString,

    /// <summary>An offset into <c>.debug_str</c>.</summary>
    StringOffset,

    /// <summary>An offset into <c>.debug_line_str</c>.</summary>
    LineStringOffset,

    /// <summary>An index into the unit's offsets of texts.</summary>
    StringIndex,

    /// <summary>The offset of an entry from the beginning of its unit.</summary>
    UnitReference,

    /// <summary>The offset of an entry in <c>.debug_info</c>.</summary>
    InfoReference,
}

/// <summary>The value of an attribute.</summary>
/// <param name="Kind">What the number means.</param>
/// <param name="Number">The number.</param>
internal readonly record struct DwarfValue(DwarfValueKind Kind, ulong Number)
{
    internal bool IsPresent => Kind != DwarfValueKind.Other;

    /// <summary>Whether it can be an offset into a section.</summary>
    internal bool IsOffset => Kind is DwarfValueKind.SectionOffset or DwarfValueKind.Constant;
}
