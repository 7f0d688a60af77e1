using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>The forms of attributes that matter, each where compilers have it; and all others between them, to be skipped.</summary>
public sealed class DwarfFormTests
{
    private const int Subprogram = DwarfProgram.Subprogram;

    public static TheoryData<string> Texts => ["String", "Strp", "LineStrp", "Strx", "Strx1", "Strx2", "Strx3", "Strx4", "GnuStrIndex"];

    public static TheoryData<string> Addresses => ["Addr", "Addrx", "Addrx1", "Addrx2", "Addrx3", "Addrx4", "GnuAddrIndex"];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text(string name)
    {
        var dwarf = new DwarfBuilder();
        DwarfForm form = Enum.Parse<DwarfForm>(name);
        dwarf.TextIndex("another");
        object value = form switch
        {
            DwarfForm.String => "näme",
            DwarfForm.Strp => dwarf.Text("näme"),
            DwarfForm.LineStrp => dwarf.LineText("näme"),
            _ => dwarf.TextIndex("näme") - 1,
        };

        // The indices count from the base, which the header of the section is before.
        DebugInfoTests.Unit(dwarf, attributes: (DwarfAttribute.StrOffsetsBase, DwarfForm.SecOffset, 4UL));
        dwarf.Leaf(Subprogram, [(DwarfAttribute.Name, form, value), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("näme ?::", dwarf.Find(0x10));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Address(string name)
    {
        var dwarf = new DwarfBuilder();
        DwarfForm form = Enum.Parse<DwarfForm>(name);
        dwarf.Addresses.Number(0xbad, 8).Number(0x10, 4).Number(0x18, 4).Number(0x20, 4);
        bool isIndex = form != DwarfForm.Addr;
        (DwarfAttribute, DwarfForm, object) At(DwarfAttribute attribute, int index, ulong address) =>
            (attribute, form, isIndex ? (ulong)index : address);

        // The base comes last in the entry that has it, behind what needs it.
        dwarf.Begin(
            DwarfProgram.CompileUnit,
            At(DwarfAttribute.LowPc, 0, 0x10),
            (DwarfAttribute.HighPc, DwarfForm.Data1, 0x10UL),
            (DwarfAttribute.AddrBase, DwarfForm.SecOffset, 8UL));
        dwarf.Leaf(Subprogram, DebugInfoTests.Named("f"), At(DwarfAttribute.LowPc, 0, 0x10), At(DwarfAttribute.HighPc, 1, 0x18));
        dwarf.Leaf(Subprogram, DebugInfoTests.Named("g"), At(DwarfAttribute.LowPc, 1, 0x18), At(DwarfAttribute.HighPc, 2, 0x20));
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("f ?::", dwarf.Find(0x17));
        Assert.Equal("g ?::", dwarf.Find(0x18));
    }

    [Fact]
    public void IndirectForm_IsInTheEntry()
    {
        var dwarf = new DwarfBuilder();
        DebugInfoTests.Unit(dwarf);
        byte[] text = [(byte)DwarfForm.String, (byte)'f', 0];
        byte[] constant = [(byte)DwarfForm.ImplicitConst, 8];
        dwarf.Leaf(
            Subprogram,
            (DwarfAttribute.Name, DwarfForm.Indirect, text),
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0x10UL),
            (DwarfAttribute.HighPc, DwarfForm.Indirect, constant));
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("f ?::", dwarf.Find(0x10));
        Assert.Equal("", dwarf.Find(0x18));
    }

    [Fact]
    public void Constants_CanBeInTheAbbreviation()
    {
        var dwarf = new DwarfBuilder();
        dwarf.Lines.Bytes(new LineProgramBuilder(5).SetAddress(0x10).Row(0, 2, 4, 2).EndSequence(8).ToArray());
        DebugInfoTests.Unit(dwarf, attributes: (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL));
        dwarf.Begin(Subprogram, [DebugInfoTests.Named("f"), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.Leaf(
            DwarfProgram.Inlined,
            DebugInfoTests.Named("g"),
            (DwarfAttribute.LowPc, DwarfForm.Addr, 0x10UL),
            (DwarfAttribute.HighPc, DwarfForm.ImplicitConst, 8UL),
            (DwarfAttribute.CallFile, DwarfForm.ImplicitConst, 0UL),
            (DwarfAttribute.CallLine, DwarfForm.Sdata, 300UL),
            (DwarfAttribute.CallColumn, DwarfForm.Sdata, 3UL));
        dwarf.End();
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("g inc/b.h:5:2; f a.c:300:3", dwarf.Find(0x10));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(2, false)]
    public void WhatDoesNotMatter_IsSkipped(int version, bool is64Bit)
    {
        var dwarf = new DwarfBuilder(version, is64Bit);
        const DwarfAttribute Any = (DwarfAttribute)0x3fff;
        DebugInfoTests.Unit(dwarf);
        dwarf.Leaf(
            0x4109,
            (Any, DwarfForm.Block1, new byte[] { 2, 1, 1 }),
            (Any, DwarfForm.Block2, new byte[] { 3, 0, 1, 1, 1 }),
            (Any, DwarfForm.Block4, new byte[] { 1, 0, 0, 0, 1 }),
            (Any, DwarfForm.Block, new byte[] { 0x81, 0, 1 }),
            (Any, DwarfForm.Exprloc, new byte[] { 1, 1 }),
            (Any, DwarfForm.Flag, 1UL),
            (Any, DwarfForm.FlagPresent, Array.Empty<byte>()),
            (Any, DwarfForm.Data1, 1UL),
            (Any, DwarfForm.Data2, 1UL),
            (Any, DwarfForm.Data4, 1UL),
            (Any, DwarfForm.Data8, 1UL),
            (Any, DwarfForm.Data16, 1UL),
            (Any, DwarfForm.Sdata, 1UL),
            (Any, DwarfForm.Udata, 1UL << 40),
            (Any, DwarfForm.ImplicitConst, 1UL),
            (Any, DwarfForm.String, "text"),
            (Any, DwarfForm.Strp, 1UL),
            (Any, DwarfForm.StrpSup, 1UL),
            (Any, DwarfForm.LineStrp, 1UL),
            (Any, DwarfForm.Strx3, 1UL),
            (Any, DwarfForm.Ref1, 1UL),
            (Any, DwarfForm.Ref8, 1UL),
            (Any, DwarfForm.RefAddr, 1UL),
            (Any, DwarfForm.RefUdata, 1UL),
            (Any, DwarfForm.RefSig8, 1UL),
            (Any, DwarfForm.RefSup4, 1UL),
            (Any, DwarfForm.RefSup8, 1UL),
            (Any, DwarfForm.SecOffset, 1UL),
            (Any, DwarfForm.Loclistx, 1UL),
            (Any, DwarfForm.Rnglistx, 1UL),
            (Any, DwarfForm.Addrx3, 1UL),
            (Any, DwarfForm.GnuRefAlt, 1UL),
            (Any, DwarfForm.GnuStrpAlt, 1UL),
            (Any, DwarfForm.GnuStrIndex, 1UL));
        dwarf.Leaf(Subprogram, [DebugInfoTests.Named("f"), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("f ?::", dwarf.Find(0x10));
    }

    [Fact]
    public void UnknownForm_EndsWhatIsKnown()
    {
        var dwarf = new DwarfBuilder();
        DebugInfoTests.Unit(dwarf);
        dwarf.Leaf(Subprogram, [DebugInfoTests.Named("f"), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.Leaf(Subprogram, (DwarfAttribute.Name, (DwarfForm)0x77, Array.Empty<byte>()));
        dwarf.Leaf(Subprogram, [DebugInfoTests.Named("g"), .. DebugInfoTests.Range(0x18, 8)]);
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("f ?::", dwarf.Find(0x10));
        Assert.Equal("", dwarf.Find(0x18));
    }
}
