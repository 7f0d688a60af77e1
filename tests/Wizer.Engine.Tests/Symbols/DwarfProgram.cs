using Wizer.Engine.Symbols;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>
/// The debug information of a small program: <c>outer</c> in a.c, into which <c>middle</c> was put and into that <c>inner</c>, of
/// inc/b.h; a function <c>other</c>; and one that was linked away. In the forms that compilers use in each version.
/// </summary>
internal static class DwarfProgram
{
    internal const int CompileUnit = 0x11;
    internal const int Inlined = 0x1d;
    internal const int Subprogram = 0x2e;
    internal const int LexicalBlock = 0x0b;
    internal const int Namespace = 0x39;

    /// <summary>What is known about each address.</summary>
    internal static (ulong Address, string Known)[] Expected { get; } =
    [
        (0x0f, ""),
        (0x10, "outer /src/a.c:10:1"),
        (0x17, "outer /src/a.c:10:1"),
        (0x18, "_Z6middlev /src/a.c:3:2; outer /src/a.c:12:5"),
        (0x20, "inner /src/inc/b.h:7:9; _Z6middlev /src/a.c:4:6; outer /src/a.c:12:5"),
        (0x27, "inner /src/inc/b.h:7:9; _Z6middlev /src/a.c:4:6; outer /src/a.c:12:5"),
        (0x28, "_Z6middlev /src/a.c:5:0; outer /src/a.c:12:5"),
        (0x2c, "inner /src/inc/b.h:8:1; _Z6middlev /src/a.c:4:6; outer /src/a.c:12:5"),
        (0x30, "outer /src/a.c:13:3"),
        (0x3f, "outer /src/a.c:13:3"),
        (0x40, ""),
        (0x50, "other /src/a.c:20:1"),
        (0x5f, "other /src/a.c:20:1"),
        (0x60, ""),
    ];

    internal static DwarfBuilder Create(int version, bool is64Bit = false, int addressSize = 4)
    {
        var dwarf = new DwarfBuilder(version, is64Bit, addressSize);
        DwarfForm section = version >= 4 ? DwarfForm.SecOffset : is64Bit ? DwarfForm.Data8 : DwarfForm.Data4;
        DwarfForm size = version >= 4 ? DwarfForm.Data4 : DwarfForm.Addr;
        ulong High(ulong begin, ulong end) => version >= 4 ? end - begin : end;
        ulong dead = addressSize == 4 ? 0xffff_ffff : ulong.MaxValue;

        dwarf.Lines.Bytes(Program(version, is64Bit, addressSize));
        ulong unitRanges = RangeList(dwarf, version, addressSize, (0x10, 0x40), (0x50, 0x60));
        ulong innerRanges = RangeList(dwarf, version, addressSize, (0x20, 0x28), (0x2c, 0x30));
        dwarf.Begin(
            CompileUnit,
            (DwarfAttribute.Name, DwarfForm.Strp, dwarf.Text("a.c")),
            (DwarfAttribute.StmtList, section, 0UL),
            (DwarfAttribute.CompDir, DwarfForm.Strp, dwarf.Text("/src")),
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0UL),
            (DwarfAttribute.Ranges, section, unitRanges));
        dwarf.Begin(Namespace, (DwarfAttribute.Name, DwarfForm.String, "std"));
        ulong inner = dwarf.Leaf(
            Subprogram,
            (DwarfAttribute.Name, DwarfForm.String, "inner"),
            ((DwarfAttribute)0x20, DwarfForm.Data1, 1UL));
        dwarf.End();
        ulong middle = dwarf.Leaf(
            Subprogram,
            (version >= 4 ? DwarfAttribute.LinkageName : DwarfAttribute.MipsLinkageName, DwarfForm.Strp, dwarf.Text("_Z6middlev")),
            (DwarfAttribute.Name, DwarfForm.Strp, dwarf.Text("middle")));
        dwarf.Begin(
            Subprogram,
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0x10UL),
            (DwarfAttribute.HighPc, size, High(0x10, 0x40)),
            (DwarfAttribute.Name, DwarfForm.Strp, dwarf.Text("outer")));
        dwarf.Begin(LexicalBlock);
        dwarf.Begin(
            Inlined,
            (DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, middle),
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0x18UL),
            (DwarfAttribute.HighPc, size, High(0x18, 0x30)),
            (DwarfAttribute.CallFile, DwarfForm.Data1, 1UL),
            (DwarfAttribute.CallLine, DwarfForm.Data1, 12UL),
            (DwarfAttribute.CallColumn, DwarfForm.Data1, 5UL));
        dwarf.Leaf(
            Inlined,
            (DwarfAttribute.AbstractOrigin, DwarfForm.RefAddr, inner),
            (DwarfAttribute.Ranges, section, innerRanges),
            (DwarfAttribute.CallFile, DwarfForm.Data1, 1UL),
            (DwarfAttribute.CallLine, DwarfForm.Udata, 4UL),
            (DwarfAttribute.CallColumn, DwarfForm.Data2, 6UL));
        dwarf.End();
        dwarf.End();
        dwarf.End();
        dwarf.Leaf(
            Subprogram,
            (DwarfAttribute.LowPc, DwarfForm.Addr, dead),
            (DwarfAttribute.HighPc, size, High(0, 0x60)),
            (DwarfAttribute.Name, DwarfForm.String, "dead"));
        dwarf.Leaf(
            Subprogram,
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0UL),
            (DwarfAttribute.HighPc, size, High(0, 0x18)),
            (DwarfAttribute.Name, DwarfForm.String, "dead of old"));
        dwarf.Leaf(
            Subprogram,
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0x50UL),
            (DwarfAttribute.HighPc, size, High(0x50, 0x60)),
            (DwarfAttribute.Specification, DwarfForm.RefUdata, Forward(dwarf, version, addressSize)));
        dwarf.Leaf(Subprogram, (DwarfAttribute.Name, DwarfForm.String, "other"));
        dwarf.End();
        dwarf.EndUnit();
        return dwarf;
    }

    /// <summary>Adds a list of ranges in the plainest form that the version has.</summary>
    internal static ulong RangeList(DwarfBuilder dwarf, int version, int addressSize, params (ulong Begin, ulong End)[] ranges)
    {
        int offset = dwarf.Ranges.Length;
        foreach ((ulong begin, ulong end) in ranges)
        {
            if (version >= 5)
            {
                dwarf.Ranges.Bytes(4).Uleb(begin).Uleb(end);
            }
            else
            {
                dwarf.Ranges.Number(begin, addressSize).Number(end, addressSize);
            }
        }

        dwarf.Ranges.Number(0, version >= 5 ? 1 : 2 * addressSize);
        return (ulong)offset;
    }

    private static byte[] Program(int version, bool is64Bit, int addressSize) =>
        new LineProgramBuilder(version, is64Bit) { AddressSize = addressSize }
            .SetAddress(0).Row(0, 1, 98, 1).EndSequence(0x14)
            .SetAddress(addressSize == 4 ? 0xffff_ffff : ulong.MaxValue).Row(0, 1, 98, 1).Row(0x11, 1, 0, 1).EndSequence(0x10)
            .SetAddress(0x10)
            .Row(0, 1, 9, 1)
            .Row(8, 1, -7, 2)
            .Row(8, 2, 4, 9)
            .Row(8, 1, -2, 0)
            .Row(4, 2, 3, 1)
            .Row(4, 1, 5, 3)
            .EndSequence(0x10)
            .SetAddress(0x50).Row(0, 1, 19, 1).EndSequence(0x10)
            .ToArray();

    // Where the entry behind the one that is being added will be: it has a code, two addresses and this reference.
    private static ulong Forward(DwarfBuilder dwarf, int version, int addressSize)
    {
        ulong length = 1 + (ulong)addressSize + (version >= 4 ? 4UL : (ulong)addressSize);
        ulong end = dwarf.Here + length + 1;
        return end < 0x80 ? end : end + 1;
    }
}
