using System.Text;
using Xunit;

namespace Wizer.Pipeline.Tests;

public class FuncRenameTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("=b", "", "b")]
    [InlineData("a=", "a", "")]
    public void Parse_SplitsAtTheFirstEqualsSign(string text, string destination, string source) =>
        Assert.Equal(new FuncRename(destination, source), FuncRename.Parse(text));

    [Fact]
    public void Parse_RejectsATextWithoutEqualsSign()
    {
        WizerException error = Assert.Throws<WizerException>(() => FuncRename.Parse("abc"));
        Assert.Equal(WizerError.BadRename, error.Error);
        Assert.Equal("must contain exactly one equals character ('=')", error.Message);
    }

    [Theory]
    [InlineData("a=b a=c", "Duplicated function rename dst a")]
    [InlineData("a=b c=b", "Duplicated function rename src b")]
    [InlineData("x=y a=b a=b", "Duplicated function rename dst a")]
    public void RenameTable_RejectsDuplicates(string renames, string message)
    {
        WizerException error = Assert.Throws<WizerException>(() => Table(renames));
        Assert.Equal(WizerError.BadRename, error.Error);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", null)]
    [InlineData("c", "c")]
    [InlineData("x", "y")]
    [InlineData("y", "x")]
    public void RenameTable_SaysWhatBecomesOfAName(string name, string? expected)
    {
        bool isKept = Table("a=b x=y y=x").TryMap(Encoding.UTF8.GetBytes(name), out byte[]? renamed);
        Assert.Equal(expected is not null, isKept);
        if (isKept)
        {
            Assert.Equal(expected, renamed is null ? name : Encoding.UTF8.GetString(renamed));
        }
    }

    private static RenameTable Table(string renames) => RenameTable.Create([.. renames.Split(' ').Select(FuncRename.Parse)]);
}
