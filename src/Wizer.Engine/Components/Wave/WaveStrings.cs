using System.Globalization;
using System.Text;

namespace Wizer.Engine.Components.Wave;

/// <summary>Reads characters and strings with their escapes. Component Model, WAVE: Chars, Strings, Multiline Strings.</summary>
internal static class WaveStrings
{
    private const string TripleQuote = "\"\"\"";

    /// <summary>Reads a character that is known to begin with its quote.</summary>
    internal static Rune ReadChar(WaveCursor cursor)
    {
        cursor.Position++;
        if (cursor.IsAtEnd || cursor.Text[cursor.Position] is '\'' or '\n')
        {
            throw cursor.Fail("expected a character between single quotes; those of a quote and of a line end are `\\'` and `\\n`");
        }

        Rune value = ReadRune(cursor);
        if (cursor.IsAtEnd || cursor.Text[cursor.Position] != '\'')
        {
            throw cursor.Fail("expected a single quote behind one character");
        }

        cursor.Position++;
        return value;
    }

    /// <summary>Reads a string that is known to begin with its quote.</summary>
    internal static string ReadString(WaveCursor cursor)
    {
        if (cursor.Text.AsSpan(cursor.Position).StartsWith(TripleQuote))
        {
            return ReadLines(cursor);
        }

        int start = cursor.Position++;
        var value = new StringBuilder();
        while (true)
        {
            if (cursor.IsAtEnd)
            {
                throw cursor.Fail(start, "the string has no end");
            }

            switch (cursor.Text[cursor.Position])
            {
                case '"':
                    cursor.Position++;
                    return value.ToString();
                case '\n':
                    throw cursor.Fail("a line end in a string is written `\\n`; a string of several lines is between `\"\"\"`");
                default:
                    value.Append(ReadRune(cursor));
                    break;
            }
        }
    }

    private static string ReadLines(WaveCursor cursor)
    {
        string text = cursor.Text;
        int start = cursor.Position;
        int line = start + TripleQuote.Length;
        int end = text.IndexOf(TripleQuote, line, StringComparison.Ordinal);
        if (end < 0)
        {
            throw cursor.Fail(start, "the string has no end");
        }

        line += text.AsSpan(line).StartsWith("\r\n") ? 2 : text.AsSpan(line).StartsWith("\n") ? 1 : 0;
        if (text[line - 1] != '\n')
        {
            throw cursor.Fail(line, "expected a line end behind the `\"\"\"` that begins a string");
        }

        int last = text.LastIndexOf('\n', end - 1) + 1;
        ReadOnlySpan<char> indent = text.AsSpan(last, end - last);
        if (indent.ContainsAnyExcept(' '))
        {
            throw cursor.Fail(end, "expected nothing but spaces before the `\"\"\"` that ends a string");
        }

        var value = new StringBuilder();
        while (line < last)
        {
            int next = text.IndexOf('\n', line) + 1;
            if (!text.AsSpan(line, next - line).StartsWith(indent))
            {
                throw cursor.Fail(line, "expected a line that is indented at least as much as the `\"\"\"` that ends the string");
            }

            int lineEnd = next - (text[next - 2] == '\r' ? 2 : 1);
            cursor.Position = line + indent.Length;
            while (cursor.Position < lineEnd)
            {
                value.Append(ReadRune(cursor));
            }

            // The last line end belongs to the quotes.
            value.Append(next < last ? "\n" : "");
            line = next;
        }

        cursor.Position = end + TripleQuote.Length;
        return value.ToString();
    }

    private static Rune ReadRune(WaveCursor cursor)
    {
        if (cursor.Text[cursor.Position] == '\\')
        {
            return ReadEscape(cursor);
        }

        if (!Rune.TryGetRuneAt(cursor.Text, cursor.Position, out Rune rune))
        {
            throw cursor.Fail("malformed text: this is no Unicode scalar value");
        }

        cursor.Position += rune.Utf16SequenceLength;
        return rune;
    }

    private static Rune ReadEscape(WaveCursor cursor)
    {
        ReadOnlySpan<char> rest = cursor.Text.AsSpan(cursor.Position + 1);
        char value = (rest.IsEmpty ? '\0' : rest[0]) switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' => '\\',
            '\'' => '\'',
            '"' => '"',
            _ => '\0',
        };
        if (value != 0)
        {
            cursor.Position += 2;
            return new Rune(value);
        }

        const int MaxDigits = 6;
        int length = rest.StartsWith("u{") ? rest.IndexOf('}') : -1;
        if (length > 2 && length <= 2 + MaxDigits
            && int.TryParse(rest[2..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            && Rune.IsValid(code))
        {
            cursor.Position += 1 + length + 1;
            return new Rune(code);
        }

        throw cursor.Fail(
            "unknown escape: there are `\\n`, `\\r`, `\\t`, `\\\\`, `\\'`, `\\\"`, and `\\u{...}` with a Unicode scalar value");
    }
}
