namespace Wizer.Text;

/// <summary>
/// The spelling of numbers: digits, underscores between two digits, signs, prefixes. Core 3.0, Text Format: Values, Integers
/// and Floating-Point.
/// </summary>
internal static class NumberSyntax
{
    /// <summary>Which kind of number a run of characters is, or <see cref="TokenKind.Reserved"/> when it is none.</summary>
    internal static TokenKind Classify(ReadOnlySpan<byte> run)
    {
        ReadOnlySpan<byte> rest = run;
        bool isSigned = SkipSign(ref rest);
        if (isSigned && IsSpecial(rest))
        {
            return TokenKind.Float;
        }

        bool isHex = SkipHexPrefix(ref rest);
        if (!SkipDigits(ref rest, isHex))
        {
            return TokenKind.Reserved;
        }

        if (rest.IsEmpty)
        {
            return isSigned ? TokenKind.Int : TokenKind.Nat;
        }

        if (rest[0] == '.')
        {
            rest = rest[1..];
            SkipDigits(ref rest, isHex);
        }

        if (!rest.IsEmpty && IsExponentMark(rest[0], isHex))
        {
            rest = rest[1..];
            SkipSign(ref rest);
            if (!SkipDigits(ref rest, isHex: false))
            {
                return TokenKind.Reserved;
            }
        }

        return rest.IsEmpty ? TokenKind.Float : TokenKind.Reserved;
    }

    /// <summary>Whether this is <c>inf</c>, <c>nan</c> or <c>nan:0x…</c>, without a sign.</summary>
    internal static bool IsSpecial(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("nan:0x"u8))
        {
            return text.SequenceEqual("inf"u8) || text.SequenceEqual("nan"u8);
        }

        ReadOnlySpan<byte> digits = text[6..];
        return SkipDigits(ref digits, isHex: true) && digits.IsEmpty;
    }

    /// <summary>Parses hexadecimal digits without a prefix.</summary>
    /// <returns>False when these are none, or they exceed 64 bits.</returns>
    internal static bool TryParseHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        ReadOnlySpan<byte> rest = digits;
        return SkipDigits(ref rest, isHex: true) && rest.IsEmpty && TryParseMagnitude(digits, isHex: true, out value);
    }

    /// <summary>The value of digits whose spelling has been checked.</summary>
    /// <returns>False when they exceed 64 bits.</returns>
    internal static bool TryParseMagnitude(ReadOnlySpan<byte> digits, bool isHex, out ulong value)
    {
        value = 0;
        uint radix = isHex ? 16u : 10u;
        foreach (byte b in digits)
        {
            if (b == '_')
            {
                continue;
            }

            ulong high = Math.BigMul(value, radix, out ulong low);
            value = low + (uint)CharClass.HexValue(b);
            if (high != 0 || value < low)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Moves past a sign, if there is one.</summary>
    internal static bool SkipSign(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    /// <summary>Moves past <c>0x</c>, if it is there.</summary>
    internal static bool SkipHexPrefix(ref ReadOnlySpan<byte> rest)
    {
        if (!rest.StartsWith("0x"u8))
        {
            return false;
        }

        rest = rest[2..];
        return true;
    }

    private static bool IsExponentMark(byte b, bool isHex) =>
        isHex ? b is (byte)'p' or (byte)'P' : b is (byte)'e' or (byte)'E';

    // One digit at least; an underscore only between two digits.
    private static bool SkipDigits(ref ReadOnlySpan<byte> rest, bool isHex)
    {
        int count = 0;
        while (count < rest.Length && (IsDigit(rest[count], isHex) || (rest[count] == '_' && count != 0 && rest[count - 1] != '_')))
        {
            count++;
        }

        if (count == 0 || rest[count - 1] == '_')
        {
            return false;
        }

        rest = rest[count..];
        return true;
    }

    private static bool IsDigit(byte b, bool isHex) => isHex ? CharClass.HexValue(b) >= 0 : b is >= (byte)'0' and <= (byte)'9';
}
