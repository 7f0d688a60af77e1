using System.Diagnostics;
using System.Globalization;
using System.Numerics;

namespace Wizer.Text;

/// <summary>
/// Floating-point literals, rounded once from the exact value to the nearest, ties to even. Core 3.0, Text Format: Values,
/// Floating-Point.
/// </summary>
internal static class FloatLiteral
{
    // A decimal number half way between two doubles has at most 767 significant digits. Of the digits behind these it matters only
    // whether one is not zero.
    private const int MaxDecimalDigits = 800;

    // Beyond this everything is zero or infinite, and additions cannot overflow.
    private const long MaxExponent = 1 << 20;

    /// <summary>Parses a literal to the bits of an f32; see <see cref="TryParse"/>.</summary>
    internal static bool TryParseF32(ReadOnlySpan<byte> text, out uint bits)
    {
        bool fits = TryParse(text, BinaryFormat.F32, out ulong wide);
        bits = (uint)wide;
        return fits;
    }

    /// <summary>Parses a literal to the bits of an f64; see <see cref="TryParse"/>.</summary>
    internal static bool TryParseF64(ReadOnlySpan<byte> text, out ulong bits) => TryParse(text, BinaryFormat.F64, out bits);

    /// <summary>Parses any number token: naturals and integers are floating-point numbers too.</summary>
    /// <param name="text">A number token, or a keyword that <see cref="NumberSyntax.IsSpecial"/>.</param>
    /// <param name="format">What to round to.</param>
    /// <param name="bits">The result.</param>
    /// <returns>False when the number is too large, or the payload of a NaN does not fit.</returns>
    private static bool TryParse(ReadOnlySpan<byte> text, BinaryFormat format, out ulong bits)
    {
        ulong sign = text[0] == '-' ? 1UL << (format.Width - 1) : 0;
        NumberSyntax.SkipSign(ref text);
        bool fits = text[0] switch
        {
            (byte)'i' => Constant(format.Infinity, out bits),
            (byte)'n' => TryParseNaN(text, format, out bits),
            _ when NumberSyntax.SkipHexPrefix(ref text) => TryParseHex(text, format, out bits),
            _ => TryParseDecimal(text, format, out bits),
        };

        bits |= sign;
        return fits;
    }

    private static bool Constant(ulong value, out ulong bits)
    {
        bits = value;
        return true;
    }

    private static bool TryParseNaN(ReadOnlySpan<byte> text, BinaryFormat format, out ulong bits)
    {
        if (text.Length == 3)
        {
            return Constant(format.Infinity | (1UL << (format.SignificandBits - 2)), out bits);
        }

        bool fits = NumberSyntax.TryParseHex(text["nan:0x".Length..], out ulong payload)
            && payload != 0 && payload >> (format.SignificandBits - 1) == 0;
        bits = format.Infinity | (fits ? payload : 0);
        return fits;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> text, BinaryFormat format, out ulong bits)
    {
        // The value is significand × 2^exponent, and a little more when the remainder is not zero.
        ulong significand = 0;
        bool hasRemainder = false;
        long exponent = 0;
        bool isFraction = false;
        int at = 0;
        for (; at < text.Length && text[at] is not ((byte)'p' or (byte)'P'); at++)
        {
            if (text[at] == '.')
            {
                isFraction = true;
            }
            else if (text[at] != '_')
            {
                uint digit = (uint)CharClass.HexValue(text[at]);
                if (significand >> 60 == 0)
                {
                    significand = (significand << 4) | digit;
                    exponent -= isFraction ? 4 : 0;
                }
                else
                {
                    hasRemainder |= digit != 0;
                    exponent += isFraction ? 0 : 4;
                }
            }
        }

        return format.TryRound(significand, hasRemainder, exponent + ParseExponent(text[at..]), out bits);
    }

    private static bool TryParseDecimal(ReadOnlySpan<byte> text, BinaryFormat format, out ulong bits)
    {
        // The platform parses correctly rounded, but clamps exponents before it counts zeros. So normalize to 0.d…dE±e first:
        // no leading zeros, no underscores, a bounded number of digits.
        Span<byte> digits = stackalloc byte[MaxDecimalDigits + 16];
        int count = 0;
        long pointAt = 0;
        bool isFraction = false;
        bool hasRemainder = false;
        int at = 0;
        for (; at < text.Length && text[at] is not ((byte)'e' or (byte)'E'); at++)
        {
            byte b = text[at];
            if (b == '.')
            {
                isFraction = true;
            }
            else if (b == '0' && count == 0)
            {
                pointAt -= isFraction ? 1 : 0;
            }
            else if (b != '_')
            {
                pointAt += isFraction ? 0 : 1;
                if (count < MaxDecimalDigits)
                {
                    digits[2 + count++] = b;
                }
                else
                {
                    hasRemainder |= b != '0';
                }
            }
        }

        if (count == 0)
        {
            return Constant(0, out bits);
        }

        digits[0] = (byte)'0';
        digits[1] = (byte)'.';
        int length = 2 + count;
        if (hasRemainder)
        {
            digits[length++] = (byte)'1';
        }

        long exponent = Math.Clamp(pointAt + ParseExponent(text[at..]), -5000, 5000);
        digits[length++] = (byte)'E';
        exponent.TryFormat(digits[length..], out int exponentLength, default, CultureInfo.InvariantCulture);
        digits = digits[..(length + exponentLength)];

        bool parsed;
        if (format.Width == 32)
        {
            parsed = float.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out float single);
            bits = BitConverter.SingleToUInt32Bits(single);
        }
        else
        {
            parsed = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            bits = BitConverter.DoubleToUInt64Bits(value);
        }

        Debug.Assert(parsed, "the digits were normalized");
        return bits != format.Infinity;
    }

    /// <summary>The exponent from its mark on, or 0 when nothing is left; clamped to where its size no longer matters.</summary>
    private static long ParseExponent(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        text = text[1..];
        bool isNegative = text[0] == '-';
        NumberSyntax.SkipSign(ref text);

        // More digits than the literal can have zeros to make up for; literals are shorter than 2^31 bytes.
        ulong limit = (ulong)int.MaxValue * 8;
        bool fits = NumberSyntax.TryParseMagnitude(text, isHex: false, out ulong magnitude);
        long value = (long)(fits ? Math.Min(magnitude, limit) : limit);
        return isNegative ? -value : value;
    }

    /// <summary>An interchange format of IEEE 754.</summary>
    private readonly record struct BinaryFormat(int Width, int SignificandBits)
    {
        internal static BinaryFormat F32 => new(32, 24);

        internal static BinaryFormat F64 => new(64, 53);

        internal ulong Infinity => ((1UL << ExponentBits) - 1) << (SignificandBits - 1);

        private int ExponentBits => Width - SignificandBits;

        // The exponent of the least significant bit of a subnormal number.
        private int MinExponent => 3 - (1 << (ExponentBits - 1)) - SignificandBits;

        /// <summary>Rounds significand × 2^exponent, plus a little when there is a remainder.</summary>
        internal bool TryRound(ulong significand, bool hasRemainder, long exponent, out ulong bits)
        {
            if (significand == 0)
            {
                bits = 0;
                return true;
            }

            // Drop what does not fit the significand, or, for tiny numbers, what lies below the smallest exponent.
            exponent = Math.Clamp(exponent, -MaxExponent, MaxExponent);
            int length = 64 - BitOperations.LeadingZeroCount(significand);
            long drop = Math.Max(length - SignificandBits, MinExponent - exponent);
            exponent += drop;
            if (drop > 64)
            {
                significand = 0;
            }
            else if (drop > 0)
            {
                ulong kept = drop == 64 ? 0 : significand >> (int)drop;
                ulong half = 1UL << (int)(drop - 1);
                ulong dropped = significand & (half | (half - 1));
                bool roundUp = dropped > half || (dropped == half && (hasRemainder || (kept & 1) != 0));
                significand = kept + (roundUp ? 1UL : 0);
            }
            else
            {
                significand <<= (int)-drop;
            }

            // Adding instead of or-ing: the top bit of a normal significand, and the carry of rounding up, count in the exponent.
            long biased = exponent - MinExponent;
            bits = significand + ((ulong)biased << (SignificandBits - 1));
            bool fits = biased < (1L << ExponentBits) && bits < Infinity;
            bits = fits ? bits : Infinity;
            return fits;
        }
    }
}
