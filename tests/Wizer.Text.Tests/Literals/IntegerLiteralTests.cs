using System.Text;
using Xunit;

namespace Wizer.Text.Tests.Literals;

public sealed class IntegerLiteralTests
{
    [Theory]
    [InlineData("0", 32, 0ul)]
    [InlineData("-0", 32, 0ul)]
    [InlineData("0x0_a", 32, 10ul)]
    [InlineData("4_294_967_295", 32, 0xffff_fffful)]
    [InlineData("0xffff_FFFF", 32, 0xffff_fffful)]
    [InlineData("-1", 32, 0xffff_fffful)]
    [InlineData("+1", 32, 1ul)]
    [InlineData("-2147483648", 32, 0x8000_0000ul)]
    [InlineData("-0x8000_0000", 32, 0x8000_0000ul)]
    [InlineData("127", 8, 127ul)]
    [InlineData("255", 8, 255ul)]
    [InlineData("-128", 8, 128ul)]
    [InlineData("65535", 16, 0xfffful)]
    [InlineData("18446744073709551615", 64, ulong.MaxValue)]
    [InlineData("-9223372036854775808", 64, 0x8000_0000_0000_0000ul)]
    public void ParsesToTheseBits(string text, int bits, ulong expected)
    {
        Assert.True(IntegerLiteral.TryParse(Encoding.ASCII.GetBytes(text), bits, out ulong value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("4294967296", 32)]
    [InlineData("-2147483649", 32)]
    [InlineData("0x1_0000_0000", 32)]
    [InlineData("256", 8)]
    [InlineData("-129", 8)]
    [InlineData("18446744073709551616", 64)]
    [InlineData("99999999999999999999999999", 64)]
    [InlineData("0x1_0000_0000_0000_0000", 64)]
    [InlineData("-9223372036854775809", 64)]
    public void IsOutOfRange(string text, int bits) =>
        Assert.False(IntegerLiteral.TryParse(Encoding.ASCII.GetBytes(text), bits, out _));
}
