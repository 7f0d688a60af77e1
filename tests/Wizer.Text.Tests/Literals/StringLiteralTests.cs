using System.Text;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Literals;

public sealed class StringLiteralTests
{
    [Theory]
    [InlineData("""
        ""
        """, "")]
    [InlineData("""
        "a\t\n\r\"\'\\z"
        """, "61090A0D22275C7A")]
    [InlineData("""
        "\00\7f\Ff\80"
        """, "007FFF80")]
    [InlineData("""
        "\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{1_0000}\u{10ffff}"
        """, "007FC280DFBFE0A080EFBFBFF0908080F48FBFBF")]
    [InlineData("""
        "ü☃😀"
        """, "C3BCE29883F09F9880")]
    public void DecodesToTheseBytes(string literal, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(StringLiteral.Decode(Encoding.UTF8.GetBytes(literal))));

    [Theory]
    [InlineData("\\", "illegal escape")]
    [InlineData("\\x\"", "illegal escape")]
    [InlineData("\\0\"", "illegal escape")]
    [InlineData("\\0g\"", "illegal escape")]
    [InlineData("\\u\"", "illegal escape")]
    [InlineData("\\u{}\"", "illegal escape")]
    [InlineData("\\u{110000}\"", "illegal escape")]
    [InlineData("\\u{d800}\"", "illegal escape")]
    [InlineData("\\u{dfff}\"", "illegal escape")]
    [InlineData("\\u{41\"", "illegal escape")]
    [InlineData("a\nb\"", "unclosed string")]
    [InlineData("a\tb\"", "illegal control character in string literal")]
    [InlineData("a\u007fb\"", "illegal control character in string literal")]
    [InlineData("abc", "unclosed string")]
    public void IsMalformed(string rest, string reason)
    {
        WatException e = Assert.Throws<WatException>(() => Wat.Compile("(data \"" + rest));
        Assert.Equal(reason, e.Reason);
    }

    [Fact]
    public void NamesMustBeUtf8_AndDataNeedNotBe()
    {
        Assert.Throws<WatException>(() => Wat.Compile("""(export "\ff" (func 0))"""));
        Assert.Throws<WatException>(() => Wat.Compile("""(import "\80" "" (func))"""));
        Wat.Compile("""(data "\ff\80")""");
    }
}
