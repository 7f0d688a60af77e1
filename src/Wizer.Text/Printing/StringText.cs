using System.Globalization;
using System.Text;

namespace Wizer.Text;

/// <summary>Spells strings and identifiers. Core 3.0, Text Format: Values.</summary>
internal static class StringText
{
    /// <summary>Writes bytes as a string: what is printable as it is, all else as <c>\hh</c>.</summary>
    internal static void WriteBytes(TextWriter output, ReadOnlySpan<byte> bytes)
    {
        // Most of a data segment is written a piece at a time.
        Span<char> piece = stackalloc char[512];
        int length = 0;
        output.Write('"');
        foreach (byte b in bytes)
        {
            if (length > piece.Length - 3)
            {
                output.Write(piece[..length]);
                length = 0;
            }

            if (b is >= 0x20 and < 0x7f and not ((byte)'"' or (byte)'\\'))
            {
                piece[length++] = (char)b;
            }
            else
            {
                piece[length++] = '\\';
                piece[length++] = HexDigit(b >> 4);
                piece[length++] = HexDigit(b & 15);
            }
        }

        output.Write(piece[..length]);
        output.Write('"');
    }

    /// <summary>A name as a string: readable in any script, nothing that a terminal could misunderstand.</summary>
    internal static string Quote(string name)
    {
        var text = new StringBuilder("\"");
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
            {
                text.Append('\\').Append(rune);
            }
            else if (IsPrintable(rune))
            {
                text.Append(rune);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
        }

        return text.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
