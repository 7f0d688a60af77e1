using System.Text;
using Xunit;

namespace Wizer.Cli.Tests;

public sealed class CommandWordsTests
{
    [Fact]
    public void Words_AreTheLastOfTheCommandLine() => Assert.Equal(
        ["a\udcff", "b"], CommandWords.FromBytes(["a\ufffd", "b"], [.. "dotnet\0wizer.dll\0a"u8, 0xff, .. "\0b\0"u8]).ToArray());

    [Theory]
    [InlineData("")]
    [InlineData("b\0")]
    [InlineData("a\ufffd\0c\0")]
    [InlineData("a\ufffd\0b")]
    public void Words_AreLeftAlone_WhenTheyAreOthers(string commandLine)
    {
        string[] words = ["a\ufffd", "b"];
        Assert.Equal(words, CommandWords.FromBytes(words, Encoding.UTF8.GetBytes(commandLine)).ToArray());
    }

    [Fact]
    public void Words_ThatAreText_AreNotLookedFor()
    {
        string[] words = ["a", "\ud83d\ude00", ""];
        Assert.True(CommandWords.Restore(words) == words.AsSpan());
    }
}
