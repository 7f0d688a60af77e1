using System.Diagnostics;
using System.Text;
using System.Text.Unicode;

namespace Wizer.Text;

/// <summary>Strings and their escapes. Core 3.0, Text Format: Values, Strings.</summary>
internal static class StringLiteral
{
    /// <summary>The length of the escape the bytes begin with, or 0 when it is none.</summary>
    internal static int ScanEscape(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(bytes[0] == '\\');
        if (bytes.Length < 2)
        {
            return 0;
        }

        switch (bytes[1])
        {
            case (byte)'t' or (byte)'n' or (byte)'r' or (byte)'"' or (byte)'\'' or (byte)'\\':
                return 2;
            case (byte)'u':
                return ScanUnicodeEscape(bytes, out _);
            default:
                return bytes.Length >= 3 && CharClass.HexValue(bytes[1]) >= 0 && CharClass.HexValue(bytes[2]) >= 0 ? 3 : 0;
        }
    }

    /// <summary>Writes the bytes a string stands for.</summary>
    /// <param name="literal">The string with its quotes, as the lexer accepted it.</param>
    /// <param name="destination">At least as long as the literal between its quotes; no escape gets longer.</param>
    /// <returns>How many bytes were written.</returns>
    internal static int Decode(ReadOnlySpan<byte> literal, Span<byte> destination)
    {
        ReadOnlySpan<byte> rest = literal[1..^1];
        int written = 0;
        while (true)
        {
            int plain = rest.IndexOf((byte)'\\');
            if (plain < 0)
            {
                rest.CopyTo(destination[written..]);
                return written + rest.Length;
            }

            rest[..plain].CopyTo(destination[written..]);
            written += plain;
            rest = rest[plain..];
            written += DecodeEscape(rest, destination[written..]);
            rest = rest[ScanEscape(rest)..];
        }
    }

    /// <summary>The bytes a string stands for, in memory of their own.</summary>
    internal static byte[] Decode(ReadOnlySpan<byte> literal)
    {
        byte[] bytes = new byte[literal.Length - 2];
        int length = Decode(literal, bytes);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    /// <summary>Whether the bytes a string stands for are UTF-8.</summary>
    internal static bool IsUtf8(ReadOnlySpan<byte> literal) =>
        Utf8.IsValid(literal.Contains((byte)'\\') ? Decode(literal) : literal[1..^1]);

    private static int DecodeEscape(ReadOnlySpan<byte> escape, Span<byte> destination)
    {
        switch (escape[1])
        {
            case (byte)'t':
                destination[0] = (byte)'\t';
                return 1;
            case (byte)'n':
                destination[0] = (byte)'\n';
                return 1;
            case (byte)'r':
                destination[0] = (byte)'\r';
                return 1;
            case (byte)'"' or (byte)'\'' or (byte)'\\':
                destination[0] = escape[1];
                return 1;
            case (byte)'u':
                ScanUnicodeEscape(escape, out Rune rune);
                return rune.EncodeToUtf8(destination);
            default:
                destination[0] = (byte)((CharClass.HexValue(escape[1]) << 4) | CharClass.HexValue(escape[2]));
                return 1;
        }
    }

    /// <summary><c>\u{hexnum}</c>, for a Unicode scalar value.</summary>
    private static int ScanUnicodeEscape(ReadOnlySpan<byte> bytes, out Rune rune)
    {
        rune = default;
        int close = bytes.IndexOf((byte)'}');
        return close > 3 && bytes[2] == '{'
            && NumberSyntax.TryParseHex(bytes[3..close], out ulong value)
            && value <= 0x10ffff && Rune.TryCreate((uint)value, out rune)
            ? close + 1
            : 0;
    }
}
