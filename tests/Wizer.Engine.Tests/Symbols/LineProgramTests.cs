using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>Line programs: what each instruction does, and which file is meant.</summary>
public sealed class LineProgramTests
{
    public static TheoryData<int> Versions => [2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Versions))]
    public void SpecialOpcodes_AdvanceBoth(int version)
    {
        // (opcode - 13) / 14 bytes and (opcode - 13) % 14 - 5 lines.
        LineProgramBuilder program = new LineProgramBuilder(version)
            .SetAddress(0x10).Code(13 + 5 + 2, 13 + (14 * 3) + 5 + 4, 0xff).EndSequence(4);
        Check(version, program, (0x10, "/src/a.c:3:0"), (0x13, "/src/a.c:7:0"), (0x24, "/src/a.c:6:0"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void StandardOpcodes(int version)
    {
        LineProgramBuilder program = new LineProgramBuilder(version)
            .SetAddress(0x10)
            .Code(6, 7, 10, 11, 12, 0x85, 0, 5, 9, 1) // Flags, an instruction set of 5, column 9: a row.
            .Code(8, 3, 0x7f, 1) // By what 255 would, 17 bytes, and one line back: a row.
            .Code(9, 0, 1, 3, 10, 1) // By 256 bytes, and ten lines.
            .EndSequence(4);
        Check(
            version,
            program,
            (0x10, "/src/a.c:1:9"),
            (0x20, "/src/a.c:1:9"),
            (0x21, "/src/a.c::"),
            (0x121, "/src/a.c:10:9"),
            (0x125, ""));
    }

    [Fact]
    public void OpcodesOfLaterVersions_AreSkipped()
    {
        LineProgramBuilder program = new LineProgramBuilder(5) { OperandCounts = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0] }
            .Code(13, 0x80, 1, 1, 14) // Two of them, with two operands and none.
            .Code(0, 3, 0x80, 1, 1) // One that extends.
            .Code(0, 2, 4, 7) // A discriminator.
            .SetAddress(0x10).Code(15 + 5).EndSequence(4);
        Check(5, program, (0x10, "/src/a.c:1:0"));
    }

    [Fact]
    public void OpcodesOfEarlierVersions_EndEarlier()
    {
        // What is 10 in later versions is the first special opcode here.
        LineProgramBuilder program = new LineProgramBuilder(2) { OperandCounts = [0, 1, 1, 1, 1, 0, 0, 0, 1] }
            .SetAddress(0x10).Code(10 + 5 + 1).EndSequence(4);
        Check(2, program, (0x10, "/src/a.c:2:0"));
    }

    [Fact]
    public void InstructionsOfSeveralBytesOrOperations()
    {
        LineProgramBuilder program = new LineProgramBuilder(4) { MinInstructionLength = 4, MaxOperations = 3 }
            .SetAddress(0x10).Row(0, 1, 0, 1).Row(2, 1, 1, 1).Row(2, 1, 1, 1).Row(5, 1, 1, 1).EndSequence(3);

        // Four operations are one instruction and one operation more; nine are three instructions; twelve four.
        Check(4, program, (0x10, "/src/a.c:2:1"), (0x14, "/src/a.c:3:1"), (0x1c, "/src/a.c:4:1"), (0x1f, "/src/a.c:4:1"), (0x20, ""));
    }

    [Fact]
    public void RowsOfOneAddress_AreTheLastOne() =>
        Check(5, new LineProgramBuilder(5).SetAddress(0x10).Row(0, 1, 1, 1).Row(0, 2, 1, 2).EndSequence(4), (0x10, "/src/inc/b.h:3:2"));

    [Fact]
    public void RowsOfCodeThatWasLinkedAway_AreNone()
    {
        LineProgramBuilder program = new LineProgramBuilder(5)
            .SetAddress(0).Row(0, 1, 50, 1).EndSequence(0x20)
            .SetAddress(0xffff_fffe).Row(0, 1, 51, 1).Row(0x12, 1, 0, 1).EndSequence(4)
            .SetAddress(0xffff_ffff).Row(0, 1, 52, 1).Row(0x11, 1, 0, 1).EndSequence(4)
            .SetAddress(0x10).Row(0, 1, 1, 1)
            .SetAddress(0).Row(0, 1, 53, 1).Row(0x10, 1, 0, 1)
            .SetAddress(0x14).Row(0, 1, -52, 1).EndSequence(4);
        Check(5, program, (0x10, "/src/a.c:2:1"), (0x13, "/src/a.c:2:1"), (0x14, "/src/a.c:3:1"), (0x18, ""));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Files(int version)
    {
        LineProgramBuilder program = new LineProgramBuilder(version)
            .SetAddress(0x10)
            .Row(0, 0, 0, 1).Row(1, 1, 0, 1).Row(1, 2, 0, 1).Row(1, 3, 0, 1).Row(1, 4, 0, 1).Row(1, 5, 0, 1)
            .EndSequence(4);

        // Before version 5, zero is the unit itself; here it is again in the table, under another name.
        string unit = version < 5 ? "/src/unit.c:1:1" : "/src/a.c:1:1";
        Check(
            version,
            program,
            (0x10, unit),
            (0x11, "/src/a.c:1:1"),
            (0x12, "/src/inc/b.h:1:1"),
            (0x13, "/abs/c.h:1:1"),
            (0x14, "/d.h:1:1"),
            (0x15, "?:1:1"));
    }

    [Theory]
    [InlineData("", "a.c")]
    [InlineData("/", "/a.c")]
    [InlineData(".", "./a.c")]
    [InlineData("C:/src", "C:/src/a.c")]
    [InlineData(@"C:\src", @"C:\src\a.c")]
    [InlineData(@"C:\src\", @"C:\src\a.c")]
    [InlineData(@"\\host\src", @"\\host\src\a.c")]
    public void Directories_AreOfTheCompilersMachine(string compDir, string path)
    {
        var dwarf = new DwarfBuilder();
        dwarf.Lines.Bytes(new LineProgramBuilder(5).SetAddress(0x10).Row(0, 1, 0, 1).EndSequence(4).ToArray());
        dwarf.Leaf(
            DwarfProgram.CompileUnit,
            (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL),
            (DwarfAttribute.CompDir, DwarfForm.String, compDir));
        dwarf.EndUnit();
        Assert.Equal($"? {path}:1:1", dwarf.Find(0x10));
    }

    [Theory]
    [InlineData(@"D:\x.c")]
    [InlineData("D:/x.c")]
    [InlineData(@"\x.c")]
    public void Files_CanHaveDrives(string file)
    {
        DwarfWriter tables = new DwarfWriter().Bytes(0).Text(file).Bytes(0, 0, 0, 0);
        Check(4, new LineProgramBuilder(4) { Tables = tables }.SetAddress(0x10).Row(0, 1, 0, 1).EndSequence(4), (0x10, file + ":1:1"));
    }

    [Fact]
    public void Tables_CanReferToTexts_AndHaveMoreContents()
    {
        var dwarf = new DwarfBuilder();
        var tables = new DwarfWriter();
        tables.Bytes(1, 1, (byte)DwarfForm.LineStrp).Uleb(2).Offset(dwarf.LineText("/")).Offset(dwarf.LineText("dir"));

        // Contents that a vendor has added, with a form of two bytes; a time and a size.
        tables.Bytes(6, 3, 0x0b, 0x80, 0x40, 0x05, 2, 0x0f, 4, 0x06, 1, (byte)DwarfForm.Strp, 5, 0x1e).Uleb(1);
        tables.Bytes(0, 0xff, 0xff).Uleb(1).Number(7, 4).Offset(dwarf.Text("x.c")).Number(0, 16);
        dwarf.Lines.Bytes(new LineProgramBuilder(5) { Tables = tables }.SetAddress(0x10).Row(0, 0, 0, 1).EndSequence(4).ToArray());
        dwarf.Leaf(DwarfProgram.CompileUnit, (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL));
        dwarf.EndUnit();
        Assert.Equal("? dir/x.c:1:1", dwarf.Find(0x10));
    }

    private static void Check(int version, LineProgramBuilder program, params (ulong Address, string Place)[] expected)
    {
        var dwarf = new DwarfBuilder(version);
        dwarf.Lines.Bytes(0xff).Bytes(program.ToArray());
        dwarf.Leaf(
            DwarfProgram.CompileUnit,
            (DwarfAttribute.StmtList, version >= 4 ? DwarfForm.SecOffset : DwarfForm.Data4, 1UL),
            (DwarfAttribute.Name, DwarfForm.String, "unit.c"),
            (DwarfAttribute.CompDir, DwarfForm.String, "/src"));
        dwarf.EndUnit();
        Assert.All(expected, place => Assert.Equal(place.Place.Length == 0 ? "" : "? " + place.Place, dwarf.Find(place.Address)));
    }
}
