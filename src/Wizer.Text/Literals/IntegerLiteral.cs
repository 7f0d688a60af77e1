namespace Wizer.Text;

/// <summary>Integer literals. Core 3.0, Text Format: Values, Integers.</summary>
internal static class IntegerLiteral
{
    /// <summary>Parses an unsigned number of up to 64 bits.</summary>
    /// <param name="text">A <see cref="TokenKind.Nat"/>, or its digits after <c>offset=</c>.</param>
    /// <param name="bits">The width it must fit.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when it does not fit.</returns>
    internal static bool TryParseUnsigned(ReadOnlySpan<byte> text, int bits, out ulong value)
    {
        bool isHex = NumberSyntax.SkipHexPrefix(ref text);
        return NumberSyntax.TryParseMagnitude(text, isHex, out value) && (bits == 64 || value >> bits == 0);
    }

    /// <summary>
    /// Parses an integer that may be meant as signed or as unsigned: from -2^(bits-1) to 2^bits - 1.
    /// </summary>
    /// <param name="text">A <see cref="TokenKind.Nat"/> or <see cref="TokenKind.Int"/>.</param>
    /// <param name="bits">The width it must fit.</param>
    /// <param name="value">Its two's complement bits, zero-extended.</param>
    /// <returns>False when it does not fit.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, int bits, out ulong value)
    {
        bool isNegative = text[0] == '-';
        NumberSyntax.SkipSign(ref text);
        if (!TryParseUnsigned(text, bits, out value))
        {
            return false;
        }

        if (isNegative)
        {
            if (value > 1UL << (bits - 1))
            {
                return false;
            }

            value = (0 - value) & (ulong.MaxValue >> (64 - bits));
        }

        return true;
    }
}
