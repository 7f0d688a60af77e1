using Wizer.Binary;
using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>What is found in debug information that is as it should be.</summary>
public sealed class DebugInfoTests
{
    private const int Subprogram = DwarfProgram.Subprogram;

    [Theory]
    [InlineData(2, false, 4)]
    [InlineData(3, false, 4)]
    [InlineData(4, false, 4)]
    [InlineData(5, false, 4)]
    [InlineData(3, true, 4)]
    [InlineData(4, true, 8)]
    [InlineData(5, true, 4)]
    [InlineData(5, true, 8)]
    public void Find_KnowsFunctionsAndPlaces_InEveryVersion(int version, bool is64Bit, int addressSize)
    {
        Dictionary<string, byte[]> sections = DwarfProgram.Create(version, is64Bit, addressSize).Sections();
        Assert.All(DwarfProgram.Expected, expected => Assert.Equal(expected.Known, DwarfBuilder.Find(sections, expected.Address)));
    }

    [Fact]
    public void Find_AnswersTheSameAgain()
    {
        ModuleInfo module = ModuleReader.Parse(DwarfBuilder.ModuleWith(DwarfProgram.Create(5).Sections()));
        var info = new DebugInfo(module);
        int code = module.Sections.Single(section => section.Id == SectionId.Code).Contents.Offset;
        foreach ((ulong address, string known) in DwarfProgram.Expected.Concat(DwarfProgram.Expected.Reverse()))
        {
            Assert.Equal(known, DwarfBuilder.Format(info.Find(code + (long)address)));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Find_KnowsNothing_OutsideOfTheCode(long moduleOffset) =>
        Assert.Empty(new DebugInfo(ModuleReader.Parse(DwarfBuilder.ModuleWith(DwarfProgram.Create(5).Sections()))).Find(moduleOffset));

    [Fact]
    public void Find_KnowsNothing_WithoutDebugSections() => Assert.Equal("", DwarfBuilder.Find([], 0x10));

    [Fact]
    public void Find_TakesTheLastOfTwoSections()
    {
        byte[] module =
        [
            .. DwarfBuilder.ModuleWith(DwarfProgram.Create(5).Sections()),
            0, 15, 11, .. ".debug_info"u8, 0, 0, 0,
        ];
        Assert.Empty(new DebugInfo(ModuleReader.Parse(module)).Find(0x24));
    }

    [Fact]
    public void Find_KnowsThePlaceAlone_WhereNoFunctionIs()
    {
        var dwarf = new DwarfBuilder(4);
        dwarf.Lines.Bytes(new LineProgramBuilder(4).SetAddress(0x10).Row(0, 1, 4, 2).EndSequence(8).ToArray());
        dwarf.Leaf(DwarfProgram.CompileUnit, (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL));
        dwarf.EndUnit();

        Assert.Equal("? a.c:5:2", dwarf.Find(0x10));
        Assert.Equal("", dwarf.Find(0x18));
    }

    [Fact]
    public void Find_KnowsTheFunctionAlone_WithoutALineProgram()
    {
        var dwarf = new DwarfBuilder(4);
        Unit(dwarf);
        dwarf.Leaf(Subprogram, [Named("f"), .. Range(0x10, 8)]);
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("f ?::", dwarf.Find(0x10));
    }

    [Fact]
    public void Find_GoesOnToTheNextUnit_WhenOneDoesNotHaveTheAddress()
    {
        // Both say that they have it, the first one being the one that ends first.
        var dwarf = new DwarfBuilder(4);
        Unit(dwarf, 0x40);
        dwarf.Leaf(Subprogram, [Named("f"), .. Range(0x30, 8)]);
        dwarf.End();
        dwarf.EndUnit();
        Unit(dwarf, 0x50);
        dwarf.Leaf(Subprogram, [Named("g"), .. Range(0x20, 8)]);
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("f ?::", dwarf.Find(0x30));
        Assert.Equal("g ?::", dwarf.Find(0x20));
        Assert.Equal("", dwarf.Find(0x28));
    }

    [Fact]
    public void Find_TakesTheInnermostFunction()
    {
        var dwarf = new DwarfBuilder(4);
        Unit(dwarf);
        dwarf.Begin(Subprogram, [Named("f"), .. Range(0x10, 0x20)]);
        dwarf.Begin(Subprogram, [Named("local"), .. Range(0x18, 8)]);
        dwarf.Leaf(DwarfProgram.Inlined, [Named("inlined"), .. Range(0x18, 4)]);
        dwarf.End();
        dwarf.Leaf(DwarfProgram.Inlined, [Named("later"), .. Range(0x20, 4)]);
        dwarf.End();
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("f ?::", dwarf.Find(0x10));
        Assert.Equal("inlined ?::; local ?::", dwarf.Find(0x18));
        Assert.Equal("local ?::", dwarf.Find(0x1c));
        Assert.Equal("later ?::; f ?::", dwarf.Find(0x20));
    }

    [Fact]
    public void Find_PassesOverUnitsOfTypes()
    {
        var dwarf = new DwarfBuilder(5);
        Unit(dwarf);
        dwarf.End();
        dwarf.EndUnit(unitType: 2);
        Unit(dwarf);
        dwarf.Leaf(Subprogram, [Named("f"), .. Range(0x10, 8)]);
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("f ?::", dwarf.Find(0x10));
    }

    [Fact]
    public void Name_CanBeInAnotherUnit()
    {
        var dwarf = new DwarfBuilder(4);
        Unit(dwarf);
        ulong f = dwarf.Leaf(Subprogram, Named("f"));
        dwarf.End();
        dwarf.EndUnit();
        Unit(dwarf);
        dwarf.Leaf(Subprogram, [(DwarfAttribute.AbstractOrigin, DwarfForm.RefAddr, f), .. Range(0x10, 8)]);
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("f ?::", dwarf.Find(0x10));
    }

    [Fact]
    public void Name_ThatLinkersSee_ComesFirst()
    {
        var dwarf = new DwarfBuilder(4);
        Unit(dwarf);
        ulong declaration = dwarf.Leaf(Subprogram, Named("member"), (DwarfAttribute.LinkageName, DwarfForm.String, "_ZN1a6memberEv"));
        ulong definition = dwarf.Leaf(Subprogram, (DwarfAttribute.Specification, DwarfForm.Ref1, declaration));
        dwarf.Leaf(Subprogram, [(DwarfAttribute.AbstractOrigin, DwarfForm.Ref2, definition), .. Range(0x10, 8)]);
        dwarf.Leaf(Subprogram, [Named("own"), (DwarfAttribute.Specification, DwarfForm.Ref8, declaration), .. Range(0x18, 8)]);
        dwarf.Leaf(Subprogram, [(DwarfAttribute.LinkageName, DwarfForm.String, "_own"), Named("own"), .. Range(0x20, 8)]);
        dwarf.End();
        dwarf.EndUnit();

        Assert.Equal("_ZN1a6memberEv ?::", dwarf.Find(0x10));
        Assert.Equal("own ?::", dwarf.Find(0x18));
        Assert.Equal("_own ?::", dwarf.Find(0x20));
    }

    [Fact]
    public void Call_WithoutLineOrColumn()
    {
        var dwarf = new DwarfBuilder(4);
        dwarf.Lines.Bytes(new LineProgramBuilder(4).SetAddress(0x10).Row(0, 1, -1, 2).EndSequence(8).ToArray());
        Unit(dwarf, attributes: (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL));
        dwarf.Begin(Subprogram, [Named("f"), .. Range(0x10, 8)]);
        dwarf.Begin(DwarfProgram.Inlined, [Named("g"), .. Range(0x10, 8), (DwarfAttribute.CallFile, DwarfForm.Data1, 2UL)]);
        dwarf.Leaf(
            DwarfProgram.Inlined,
            [
                Named("h"),
                .. Range(0x10, 8),
                (DwarfAttribute.CallFile, DwarfForm.Data1, 0UL),
                (DwarfAttribute.CallLine, DwarfForm.Data1, 3UL),
            ]);
        dwarf.End();
        dwarf.End();
        dwarf.End();
        dwarf.EndUnit();

        // The row has no line, and then its column means nothing; a call's column of zero is none, and so was its file of zero.
        Assert.Equal("h a.c::; g ?:3:; f inc/b.h::", dwarf.Find(0x10));
    }

    internal static (DwarfAttribute, DwarfForm, object) Named(string name) => (DwarfAttribute.Name, DwarfForm.String, name);

    internal static (DwarfAttribute, DwarfForm, object)[] Range(ulong begin, ulong length) =>
        [(DwarfAttribute.LowPc, DwarfForm.Addr, begin), (DwarfAttribute.HighPc, DwarfForm.Data1, length)];

    internal static void Unit(DwarfBuilder dwarf, ulong end = 0x60, params (DwarfAttribute, DwarfForm, object)[] attributes) =>
        dwarf.Begin(DwarfProgram.CompileUnit, [.. Range(0x8, end - 8), .. attributes]);
}
