using Xunit;

namespace Wizer.Pipeline.Tests;

public sealed class QuotedNameTests
{
    [Theory]
    [InlineData("wizer.initialize", "`wizer.initialize`")]
    [InlineData("", "``")]
    [InlineData("zwei Wörter 😀", "`zwei Wörter 😀`")]
    [InlineData("a\u001b[31m\n", "`a\\u{1b}[31m\\u{a}`")]
    [InlineData("a\u202eb", "`a\\u{202e}b`")]
    public void Of_KeepsNamesInTheirLine(string name, string quoted) => Assert.Equal(quoted, QuotedName.Of(name));

    [Theory]
    [InlineData("wizer.initialize", "wizer.initialize")]
    [InlineData("wasi:cli/run@0.2.0", "wasi:cli/run@0.2.0")]
    [InlineData("", "''")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$x", "'$x'")]
    public void ForShell_IsOneWord(string name, string word) => Assert.Equal(word, QuotedName.ForShell(name));
}
