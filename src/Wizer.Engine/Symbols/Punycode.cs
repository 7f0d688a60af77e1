using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>RFC 3492, with letters in lower case only.</summary>
internal static class Punycode
{
    // Longer names are shown as they are written.
    private const int MaxLength = 128;

    private const int Base = 36;
    private const int MinThreshold = 1;
    private const int MaxThreshold = 26;
    private const int Skew = 38;
    private const int InitialDamp = 700;
    private const int InitialBias = 72;
    private const int InitialCharacter = 0x80;

    /// <summary>The text; null when it is none, or too long.</summary>
    /// <param name="basic">Its characters of ASCII.</param>
    /// <param name="extended">The others, and where they belong.</param>
    internal static string? TryDecode(string basic, string extended)
    {
        if (basic.Length > MaxLength)
        {
            return null;
        }

        List<Rune> text = [];
        foreach (char character in basic)
        {
            text.Add(new Rune(character));
        }

        long character32 = InitialCharacter;
        long index = 0;
        int bias = InitialBias;
        int damp = InitialDamp;
        for (int at = 0; at < extended.Length; index++)
        {
            if (!TryReadDelta(extended, ref at, bias, out long delta))
            {
                return null;
            }

            int length = text.Count + 1;
            index += delta;
            character32 += index / length;
            index %= length;
            if (character32 > uint.MaxValue || length > MaxLength || !Rune.TryCreate((uint)character32, out Rune rune))
            {
                return null;
            }

            text.Insert((int)index, rune);
            bias = Adapt(delta / damp, length);
            damp = 2;
        }

        var result = new StringBuilder();
        foreach (Rune rune in text)
        {
            result.Append(rune.ToString());
        }

        return result.ToString();
    }

    private static bool TryReadDelta(string digits, ref int at, int bias, out long delta)
    {
        delta = 0;
        long weight = 1;
        for (int k = Base; at < digits.Length; k += Base)
        {
            char digit = digits[at++];
            int worth = char.IsAsciiDigit(digit) ? digit - '0' + 26 : char.IsAsciiLetterLower(digit) ? digit - 'a' : -1;

            // Nothing that large is a character, at any place.
            if (worth < 0 || weight > int.MaxValue)
            {
                return false;
            }

            delta += worth * weight;
            int threshold = Math.Clamp(k - bias, MinThreshold, MaxThreshold);
            if (worth < threshold)
            {
                return delta < 1L << 40;
            }

            weight *= Base - threshold;
        }

        return false;
    }

    private static int Adapt(long delta, int length)
    {
        delta += delta / length;
        int k = 0;
        while (delta > (Base - MinThreshold) * MaxThreshold / 2)
        {
            delta /= Base - MinThreshold;
            k += Base;
        }

        return k + (int)((Base - MinThreshold + 1) * delta / (delta + Skew));
    }
}
