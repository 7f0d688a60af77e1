using System.Globalization;
using System.Numerics;
using System.Text;
using Wizer.Binary;
using Xunit;

namespace Wizer.Text.Tests.Literals;

public sealed class FloatLiteralTests
{
    [Theory]
    [InlineData("0", 0x00000000u)]
    [InlineData("-0", 0x80000000u)]
    [InlineData("-0.0e99", 0x80000000u)]
    [InlineData("1", 0x3f800000u)]
    [InlineData("1.", 0x3f800000u)]
    [InlineData("+1.5", 0x3fc00000u)]
    [InlineData("1_0.2_5e+0_1", 0x42cd0000u)]
    [InlineData("0x1.8p1", 0x40400000u)]
    [InlineData("0x1_0.8", 0x41840000u)]
    [InlineData("0x.8p0", 0x3f000000u, false)]
    [InlineData("-0x1p-149", 0x80000001u)]
    [InlineData("0x1p-150", 0x00000000u)]
    [InlineData("0x1.000001p-150", 0x00000001u)]
    [InlineData("0x1.fffffep+127", 0x7f7fffffu)]
    [InlineData("3.4028234e38", 0x7f7fffffu)]
    [InlineData("inf", 0x7f800000u)]
    [InlineData("-inf", 0xff800000u)]
    [InlineData("nan", 0x7fc00000u)]
    [InlineData("-nan", 0xffc00000u)]
    [InlineData("nan:0x1", 0x7f800001u)]
    [InlineData("-nan:0x7f_ffff", 0xffffffffu)]
    public void F32_ParsesToTheseBits(string text, uint expected, bool isNumber = true)
    {
        Assert.Equal(isNumber, IsNumber(text));
        if (isNumber)
        {
            Assert.True(FloatLiteral.TryParseF32(Encoding.ASCII.GetBytes(text), out uint bits));
            Assert.Equal(expected, bits);
        }
    }

    [Theory]
    [InlineData("0x1p128")]
    [InlineData("0x1.ffffffp127")]
    [InlineData("-0x1.ffffff000000000000000001p127")]
    [InlineData("3.4028236e38")]
    [InlineData("1e99999999999999999999999")]
    [InlineData("0x1p99999999999999999999999")]
    [InlineData("nan:0x0")]
    [InlineData("nan:0x80_0000")]
    [InlineData("-nan:0x1_0000_0000_0000_0000")]
    public void F32_IsOutOfRange(string text)
    {
        Assert.True(IsNumber(text));
        Assert.False(FloatLiteral.TryParseF32(Encoding.ASCII.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("1__0")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("1_.0")]
    [InlineData("1._0")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e_1")]
    [InlineData(".5")]
    [InlineData("0x")]
    [InlineData("0x.1")]
    [InlineData("0x1p")]
    [InlineData("0x1p0xa")]
    [InlineData("0X1")]
    [InlineData("+-1")]
    [InlineData("1f")]
    [InlineData("Inf")]
    [InlineData("nan:")]
    [InlineData("nan:0x")]
    [InlineData("nan:1")]
    [InlineData("infinity")]
    public void IsNoNumber(string text) => Assert.False(IsNumber(text));

    [Fact]
    public void ExponentsMakeUpForAnyNumberOfZeros()
    {
        string zeros = new('0', 50_000);
        Assert.Equal(1.0, ParseF64($"0.{zeros}1e50001"));
        Assert.Equal(1.0, ParseF64($"1{zeros}e-50000"));
        Assert.Equal(1.0, ParseF64($"0x0.{zeros}1p200004"));
        Assert.Equal(1.0, ParseF64($"0x1{zeros}p-200000"));
        Assert.Equal(0.0, ParseF64($"{zeros}e99999999999999999999"));
        Assert.Equal(0.0, ParseF64("1e-99999999999999999999"));
        Assert.Equal(0.0, ParseF64("0x1p-99999999999999999999"));
        Assert.Equal(double.Epsilon, ParseF64($"2.4703282292062328{zeros}e-324"));
    }

    public static TheoryData<ulong> F64Bits() =>
    [
        0, 1, 2, 0x000f_ffff_ffff_fffe, 0x000f_ffff_ffff_ffff, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x3fef_ffff_ffff_ffff,
        0x3ff0_0000_0000_0000, 0x3ff0_0000_0000_0001, 0x4330_0000_0000_0000, 0x7fe0_0000_0000_0000, 0x7fef_ffff_ffff_fffe,
        0x7fef_ffff_ffff_ffff, .. RandomBits(60, 0x7fef_ffff_ffff_ffff),
    ];

    public static TheoryData<uint> F32Bits() =>
    [
        0, 1, 2, 0x007f_fffe, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x4b00_0000, 0x7f00_0000,
        0x7f7f_fffe, 0x7f7f_ffff, .. RandomBits(60, 0x7f7f_ffff).Select(bits => (uint)bits),
    ];

    [Theory]
    [MemberData(nameof(F64Bits))]
    public void F64_RoundsToNearestEven_AroundTheMiddleOfNeighbours(ulong bits)
    {
        int exponent = Math.Max((int)(bits >> 52), 1) - 1075;
        ulong significand = (bits & 0xf_ffff_ffff_ffff) | (bits >> 52 == 0 ? 0 : 1UL << 52);
        CheckRounding(bits, significand, exponent, 0x7ff0_0000_0000_0000, text =>
            FloatLiteral.TryParseF64(Encoding.ASCII.GetBytes(text), out ulong parsed) ? parsed : null);
    }

    [Theory]
    [MemberData(nameof(F32Bits))]
    public void F32_RoundsToNearestEven_AroundTheMiddleOfNeighbours(uint bits)
    {
        int exponent = Math.Max((int)(bits >> 23), 1) - 150;
        ulong significand = (bits & 0x7f_ffff) | (bits >> 23 == 0 ? 0 : 1UL << 23);
        CheckRounding(bits, significand, exponent, 0x7f80_0000, text =>
            FloatLiteral.TryParseF32(Encoding.ASCII.GetBytes(text), out uint parsed) ? parsed : null);
    }

    [Fact]
    public void PrintedNumbers_ParseToTheSameBits()
    {
        foreach (ulong bits in TellingBits(significandBits: 52, exponentBits: 11).Concat(RandomBits(20_000, ulong.MaxValue)))
        {
            string text = FloatText.OfF64(bits);
            Assert.True(FloatLiteral.TryParseF64(Encoding.ASCII.GetBytes(text), out ulong f64));
            Assert.True(bits == f64, $"{text} is 0x{f64:x16}, not 0x{bits:x16}");
        }

        foreach (uint bits in TellingBits(significandBits: 23, exponentBits: 8).Concat(RandomBits(20_000, uint.MaxValue)))
        {
            string text = FloatText.OfF32(bits);
            Assert.True(FloatLiteral.TryParseF32(Encoding.ASCII.GetBytes(text), out uint f32));
            Assert.True(bits == f32, $"{text} is 0x{f32:x8}, not 0x{bits:x8}");
        }
    }

    [Fact]
    public void PrintedNumbers_AreTheNearestToTheirText()
    {
        // What is written must mean the same to other tools, however they parse: so by exact arithmetic, and not by our parser.
        foreach (ulong bits in TellingBits(significandBits: 52, exponentBits: 11).Where(bits => bits < 0x7ff0_0000_0000_0000))
        {
            Assert.Equal(bits, ExactBits(FloatText.OfF64(bits), significandBits: 53, minExponent: -1074));
        }

        foreach (uint bits in TellingBits(significandBits: 23, exponentBits: 8).Where(bits => bits < 0x7f80_0000))
        {
            Assert.Equal(bits, (uint)ExactBits(FloatText.OfF32(bits), significandBits: 24, minExponent: -149));
        }
    }

    [Theory]
    [InlineData(0x3e60_0000_0000_0000, "2.9802322387695312E-08")]    // 2^-25
    [InlineData(0x0410_0000_0000_0000, "4.1045368012983762E-289")]   // 2^-958
    [InlineData(0x3fb9_9999_9999_999a, "0.1")]
    [InlineData(0x8000_0000_0000_0000, "-0")]
    [InlineData(0x0000_0000_0000_0001, "5E-324")]
    [InlineData(0xfff0_0000_0000_0001, "-nan:0x1")]
    [InlineData(0xffff_ffff_ffff_ffff, "-nan:0xfffffffffffff")]
    [InlineData(0xfff0_0000_0000_0000, "-inf")]
    [InlineData(0x7ff8_0000_0000_0000, "nan")]
    public void F64_IsSpelled(ulong bits, string text) => Assert.Equal(text, FloatText.OfF64(bits));

    [Fact]
    public void Literals_OfAnyLength_RoundLikeExactArithmetic()
    {
        // Digits that are taken as they come, up to many more than a number has.
        var random = new Random(20_26);
        for (int i = 0; i < 3_000; i++)
        {
            int count = 1 + random.Next(i % 10 == 0 ? 1_200 : 40);
            char[] digits = new char[count];
            for (int at = 0; at < count; at++)
            {
                digits[at] = (char)('0' + random.Next(10));
            }

            int point = random.Next(count);
            string number = new string(digits, 0, point + 1) + "." + new string(digits, point + 1, count - point - 1);
            string f64 = $"{number}e{random.Next(-340, 300) - point}";
            Assert.True(FloatLiteral.TryParseF64(Encoding.ASCII.GetBytes(f64), out ulong bits64), f64);
            Assert.True(bits64 == ExactBits(f64, significandBits: 53, minExponent: -1074), f64);
            string f32 = $"{number}e{random.Next(-55, 37) - point}";
            Assert.True(FloatLiteral.TryParseF32(Encoding.ASCII.GetBytes(f32), out uint bits32), f32);
            Assert.True(bits32 == ExactBits(f32, significandBits: 24, minExponent: -149), f32);
        }
    }

    /// <summary>
    /// Zero, all powers of two, the numbers beside them and half way to the next power, NaNs with each bit of the payload; of both
    /// signs.
    /// </summary>
    private static IEnumerable<ulong> TellingBits(int significandBits, int exponentBits)
    {
        ulong infinity = ((1UL << exponentBits) - 1) << significandBits;
        ulong sign = 1UL << (significandBits + exponentBits);
        List<ulong> magnitudes = [0, infinity];
        for (int i = 0; i < significandBits; i++)
        {
            magnitudes.AddRange([1UL << i, (1UL << i) + 1, (1UL << i) - 1, infinity | (1UL << i)]);
        }

        for (ulong power = 1UL << significandBits; power < infinity; power += 1UL << significandBits)
        {
            magnitudes.AddRange([power, power + 1, power - 1, power + 2, power | (1UL << (significandBits - 1)), (power | (1UL << (significandBits - 1))) - 1]);
        }

        magnitudes.AddRange([infinity - 1, infinity | 1, (infinity | (1UL << significandBits)) - 1]);
        return magnitudes.Concat(magnitudes.Select(bits => bits | sign));
    }

    /// <summary>What a decimal number rounds to, by integer arithmetic: to the nearest, ties to even. Not for what is too large.</summary>
    private static ulong ExactBits(string text, int significandBits, int minExponent)
    {
        string[] parts = text.Split(['e', 'E']);
        string[] digits = parts[0].Split('.');
        string fraction = digits.Length == 2 ? digits[1] : "";
        BigInteger numerator = BigInteger.Parse(digits[0] + fraction, CultureInfo.InvariantCulture);
        int power = (parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - fraction.Length;
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-power, 0));
        numerator *= BigInteger.Pow(10, Math.Max(power, 0));
        if (numerator.IsZero)
        {
            return 0;
        }

        // The quotient has as many bits as a significand, or fewer where numbers are subnormal.
        int exponent = (int)(numerator.GetBitLength() - denominator.GetBitLength()) - significandBits;
        for (; ; exponent++)
        {
            int at = Math.Max(exponent, minExponent);
            BigInteger quotient = BigInteger.DivRem(numerator << Math.Max(-at, 0), denominator << Math.Max(at, 0), out BigInteger rest);
            if (quotient.GetBitLength() > significandBits)
            {
                continue;
            }

            BigInteger twice = rest * 2;
            BigInteger divisor = denominator << Math.Max(at, 0);
            quotient += twice > divisor || (twice == divisor && !quotient.IsEven) ? 1 : 0;

            // The leading bit, and a carry out of the significand, count in the exponent.
            return (ulong)quotient + ((ulong)(at - minExponent) << (significandBits - 1));
        }
    }

    /// <summary>
    /// Spells significand × 2^exponent, the middle between it and the next number, and what lies a little beside that middle,
    /// exactly, in decimal and in hexadecimal. The arithmetic is naive on purpose.
    /// </summary>
    private static void CheckRounding(ulong bits, ulong significand, int exponent, ulong infinity, Func<string, ulong?> parse)
    {
        ulong? next = bits + 1 == infinity ? null : bits + 1;
        BigInteger middle = ((BigInteger)significand * 2) + 1;
        foreach ((BigInteger value, int power, ulong? expected) in ((BigInteger, int, ulong?)[])
            [
                (significand, exponent, bits),
                (middle, exponent - 1, bits % 2 == 0 ? bits : next),
                ((middle << 70) - 1, exponent - 71, bits),
                ((middle << 70) + 1, exponent - 71, next),
            ])
        {
            Assert.Equal(expected, parse(Decimal(value, power)));
            Assert.Equal(expected, parse($"0x{value.ToString("x", CultureInfo.InvariantCulture)}p{power}"));
        }
    }

    private static string Decimal(BigInteger value, int power) => power >= 0
        ? $"{value << power}.0"
        : $"{value * BigInteger.Pow(5, -power)}e{power}";

    private static IEnumerable<ulong> RandomBits(int count, ulong limit)
    {
        var random = new Random(20_25);
        for (int i = 0; i < count; i++)
        {
            yield return limit == ulong.MaxValue ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : (ulong)random.NextInt64((long)limit);
        }
    }

    private static double ParseF64(string text)
    {
        Assert.True(IsNumber(text));
        Assert.True(FloatLiteral.TryParseF64(Encoding.ASCII.GetBytes(text), out ulong bits));
        return BitConverter.UInt64BitsToDouble(bits);
    }

    private static bool IsNumber(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        TokenKind kind = NumberSyntax.Classify(bytes);
        return kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float || NumberSyntax.IsSpecial(bytes);
    }
}
