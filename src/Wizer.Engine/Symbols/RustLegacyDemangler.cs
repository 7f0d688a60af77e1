using System.Globalization;
using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Rust's older names: <c>_ZN3app4load17h0123456789abcdefE</c>, a nested name of C++ whose last part is a hash. What C++ does not
/// allow in a name is written <c>$LT$</c>, <c>$u20$</c> or, for <c>::</c>, as two dots.
/// </summary>
internal static class RustLegacyDemangler
{
    // As symbols are called on Linux, on Windows, and on macOS.
    private static readonly string[] s_prefixes = ["_ZN", "ZN", "__ZN"];

    /// <summary>The parts, with <c>::</c> between them and the hash last; null when the name is no such one.</summary>
    /// <param name="name">What may be one.</param>
    /// <param name="length">How much of it the name is.</param>
    internal static string? TryDemangle(string name, out int length)
    {
        length = 0;
        int at = FindParts(name);
        if (at < 0 || !Ascii.IsValid(name.AsSpan(at)))
        {
            return null;
        }

        var text = new StringBuilder(name.Length);
        for (bool isFirst = true; at < name.Length && name[at] != 'E'; isFirst = false)
        {
            int partLength = ReadLength(name, ref at);
            if (partLength < 0)
            {
                return null;
            }

            if (!isFirst)
            {
                text.Append("::");
            }

            AppendPart(text, name.AsSpan(at, partLength));
            at += partLength;
        }

        if (at >= name.Length)
        {
            return null;
        }

        length = at + 1;
        return text.ToString();
    }

    private static int FindParts(string name)
    {
        foreach (string prefix in s_prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return prefix.Length;
            }
        }

        return -1;
    }

    // Negative when there is none, or the name has not as many characters.
    private static int ReadLength(string name, ref int at)
    {
        int first = at;
        int length = 0;
        while (at < name.Length && char.IsAsciiDigit(name[at]) && length <= name.Length)
        {
            length = (length * 10) + (name[at++] - '0');
        }

        return at > first && length <= name.Length - at ? length : -1;
    }

    private static void AppendPart(StringBuilder text, ReadOnlySpan<char> rest)
    {
        // A part must not start with what is no letter.
        if (rest.StartsWith("_$"))
        {
            rest = rest[1..];
        }

        while (!rest.IsEmpty)
        {
            int taken;
            if (rest[0] == '.')
            {
                bool isPath = rest.Length > 1 && rest[1] == '.';
                text.Append(isPath ? "::" : ".");
                taken = isPath ? 2 : 1;
            }
            else if (rest[0] == '$')
            {
                taken = AppendEscape(text, rest);
            }
            else
            {
                taken = rest.IndexOfAny('$', '.');
                if (taken > 0)
                {
                    text.Append(rest[..taken]);
                }
            }

            if (taken <= 0)
            {
                text.Append(rest);
                return;
            }

            rest = rest[taken..];
        }
    }

    // How much it is; 0 when it is nothing known.
    private static int AppendEscape(StringBuilder text, ReadOnlySpan<char> rest)
    {
        int end = rest[1..].IndexOf('$');
        if (end < 0)
        {
            return 0;
        }

        ReadOnlySpan<char> escape = rest.Slice(1, end);
        string? plain = escape switch
        {
            "SP" => "@",
            "BP" => "*",
            "RF" => "&",
            "LT" => "<",
            "GT" => ">",
            "LP" => "(",
            "RP" => ")",
            "C" => ",",
            _ => Character(escape),
        };
        text.Append(plain);
        return plain == null ? 0 : end + 2;
    }

    private static string? Character(ReadOnlySpan<char> escape)
    {
        bool isNumber = escape.Length > 1 && escape[0] == 'u' && !escape[1..].ContainsAnyExcept("0123456789abcdef");
        return isNumber
            && uint.TryParse(escape[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            && Rune.TryCreate(value, out Rune rune)
            && !Rune.IsControl(rune)
            ? rune.ToString()
            : null;
    }
}
