using Wizer.Generate;
using Xunit;

namespace Wizer.Binary.Tests.Generate;

/// <summary>The generator's reading of its table: what a good row means, and where a bad one is reported.</summary>
public sealed class InstructionTableTests
{
    private const string Add = "I32Add \ti32.add\t0x6a\t-\ti32 i32\ti32\tbinary\t-\tmvp\t-\tNumeric Instructions";

    [Fact]
    public void Row_KeepsItsCells()
    {
        InstructionRow row = Assert.Single(Parse("# a comment", "", Add).Rows);
        Assert.Equal("I32Add", row.Name);
        Assert.Equal("i32.add", row.Text);
        Assert.Equal(0x6a, row.Opcode);
        Assert.Equal(["i32", "i32"], row.Operands!);
        Assert.Equal(["i32"], row.Results!);
        Assert.Equal("[i32 i32] → [i32]", row.SignatureText);
        Assert.True(row.IsRegular);
        Assert.Equal("Binary", row.Family.Name);
        Assert.Equal((int)NanLanes.None, row.Nan);
        Assert.Equal(0, row.Width);
        Assert.Equal(3, row.Line);
    }

    [Fact]
    public void Row_TakesItsPageFromThePrefix()
    {
        InstructionRow row = Assert.Single(Parse("I8x16RelaxedSwizzle\ti8x16.relaxed_swizzle\t0xfd 0x100\t-\t*\t-\tvector\tf32x4\trelaxed-simd\t16\tx").Rows);
        Assert.Equal(0xfd, row.Prefix);
        Assert.Equal(0x100, row.Code);
        Assert.Equal(0x400, row.Opcode);
        Assert.Null(row.Operands!);
        Assert.Empty(row.Results!);
        Assert.Equal((int)NanLanes.F32x4, row.Nan);
        Assert.False(row.IsRegular);
    }

    [Theory]
    [InlineData("I32Add\ti32.add\t0x6a", "expected 11 cells separated by tabs, none of them empty")]
    [InlineData("I32Add\ti32.add\t\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "expected 11 cells separated by tabs, none of them empty")]
    [InlineData("I32Sub\ti32.add\t0x6a\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`I32Sub` is not the Pascal case of `i32.add`, nor that with a suffix")]
    [InlineData("I32Add\ti32 add\t0x6a\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`i32 add` is not a mnemonic")]
    [InlineData("I32Add\ti32.add\t6a\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`6a` is not a hexadecimal number")]
    [InlineData("I32Add\ti32.add\t0x16a\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`0x16a` is not an opcode")]
    [InlineData("I32Add\ti32.add\t0xfc\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`0xfc` is not an opcode")]
    [InlineData("I32Add\ti32.add\t0xfc 0x100\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "`0xfc 0x100` is not an opcode")]
    [InlineData("I32Add\ti32.add\t0x6a\tNone\t-\t-\tbinary\t-\tmvp\t-\tx", "unknown kind of immediates `None`")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\ti33\t-\tbinary\t-\tmvp\t-\tx", "unknown type `i33`")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\ti32 i32 i32 i32\t-\tbinary\t-\tmvp\t-\tx", "`i32 i32 i32 i32` is more than 3: write `*` and do it by hand")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\t-\ti32 i32\tbinary\t-\tmvp\t-\tx", "`i32 i32` is more than 1: write `*` and do it by hand")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\t-\t-\tsum\t-\tmvp\t-\tx", "unknown family `sum`")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\t-\t-\tbinary\ti32\tmvp\t-\tx", "`i32` is not a kind of NaN")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\t-\t-\tbinary\t-\tMVP\t-\tx", "`MVP` is not the name of a proposal")]
    [InlineData("I32Add\ti32.add\t0x6a\t-\t-\t-\tbinary\t-\tmvp\t3\tx", "`3` is not a width in bytes")]
    [InlineData("I32Add\ti32.add\t0x6b\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "a second row is named `I32Add`")]
    [InlineData("I32AddTwice\ti32.add\t0x6a\t-\t-\t-\tbinary\t-\tmvp\t-\tx", "a second row has this code")]
    public void BadRow_IsReportedWithItsLine(string row, string what)
    {
        TableException error = Assert.Throws<TableException>(() => Parse(Add, row));
        Assert.Equal($"instructions.tsv(2): error : {what}", error.Message);
    }

    [Fact]
    public void SharedMnemonic_MustBeAdjacent()
    {
        const string Nop = "Nop\tnop\t0x01\t-\t-\t-\tcontrol\t-\tmvp\t-\tx";
        const string AddAgain = "I32AddAgain\ti32.add\t0x6b\t-\t-\t-\tbinary\t-\tmvp\t-\tx";
        Assert.Equal(3, Parse(Add, AddAgain, Nop).Rows.Count);
        TableException error = Assert.Throws<TableException>(() => Parse(Add, Nop, AddAgain));
        Assert.Equal("instructions.tsv(3): error : rows that share the text `i32.add` must be adjacent", error.Message);
    }

    private static InstructionTable Parse(params string[] lines) => InstructionTable.Parse("instructions.tsv", lines, "");
}
