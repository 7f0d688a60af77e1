using System.Text;

namespace Wizer.Engine.Symbols;

// Numbers, identifiers, and what constants are made of.
internal sealed partial class RustV0Demangler
{
    /// <summary>A number to the base 62, where nothing but the <c>_</c> behind it is zero.</summary>
    private bool TryReadNumber(out ulong value)
    {
        value = 0;
        if (TryTake('_'))
        {
            return true;
        }

        UInt128 number = 0;
        for (; !TryTake('_'); _at++)
        {
            char digit = Peek();
            int worth = digit switch
            {
                >= '0' and <= '9' => digit - '0',
                >= 'a' and <= 'z' => digit - 'a' + 10,
                >= 'A' and <= 'Z' => digit - 'A' + 36,
                _ => -1,
            };
            number = (number * 62) + (uint)worth;
            if (worth < 0 || number > ulong.MaxValue)
            {
                return false;
            }
        }

        if (number == ulong.MaxValue)
        {
            return false;
        }

        value = (ulong)number + 1;
        return true;
    }

    /// <summary>A number that need not be there: zero then, and one more otherwise.</summary>
    private bool TryReadOptionalNumber(char tag, out ulong value)
    {
        value = 0;
        if (!TryTake(tag))
        {
            return !_hasFailed;
        }

        bool isGood = TryReadNumber(out value) && value != ulong.MaxValue;
        value++;
        return isGood;
    }

    private bool TryReadIdentifier(out string identifier, out bool isPunycode)
    {
        identifier = "";
        isPunycode = TryTake('u');
        if (!char.IsAsciiDigit(Peek()))
        {
            return false;
        }

        int length = 0;
        do
        {
            length = (length * 10) + (_name[_at++] - '0');
        }
        while (length != 0 && length <= _name.Length && char.IsAsciiDigit(Peek()));

        // It keeps apart the length and a name that begins with a digit.
        TryTake('_');
        if (length > _name.Length - _at)
        {
            return false;
        }

        identifier = _name.Substring(_at, length);
        _at += length;
        return !isPunycode || !(length == 0 || identifier[^1] == '_');
    }

    private static string Text(string identifier, bool isPunycode)
    {
        if (!isPunycode)
        {
            return identifier;
        }

        int end = identifier.LastIndexOf('_');
        string basic = end < 0 ? "" : identifier[..end];
        string extended = identifier[(end + 1)..];
        return Punycode.TryDecode(basic, extended)
            ?? (basic.Length == 0 ? $"punycode{{{extended}}}" : $"punycode{{{basic}-{extended}}}");
    }

    /// <summary>Hexadecimal digits up to a <c>_</c>.</summary>
    private bool TryReadHex(out string digits)
    {
        int start = _at;
        while (char.IsAsciiHexDigitLower(Peek()))
        {
            _at++;
        }

        digits = _name[start.._at];
        return TryTake('_');
    }

    private static bool TryParseHex(string digits, out ulong value)
    {
        value = 0;
        string significant = digits.TrimStart('0');
        foreach (char digit in significant)
        {
            value = (value << 4) | (uint)Convert.ToInt32(digit.ToString(), 16);
        }

        return significant.Length <= 16;
    }

    private static string? TryParseText(string digits)
    {
        if (digits.Length % 2 != 0)
        {
            return null;
        }

        byte[] bytes = Convert.FromHexString(digits);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private void PrintQuoted(char quote, string text)
    {
        var quoted = new StringBuilder().Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            RustEscape.Append(quoted, rune, quote);
        }

        Print(quoted.Append(quote).ToString());
    }
}
