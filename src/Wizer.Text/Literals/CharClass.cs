using System.Buffers;

namespace Wizer.Text;

/// <summary>The classes of characters that tokens are made of. Core 3.0, Text Format: Lexical Format, Characters.</summary>
internal static class CharClass
{
    private static readonly SearchValues<byte> s_idChars =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~"u8);

    /// <summary>How many characters of identifiers and keywords the bytes begin with.</summary>
    internal static int CountIdChars(ReadOnlySpan<byte> bytes)
    {
        int count = bytes.IndexOfAnyExcept(s_idChars);
        return count < 0 ? bytes.Length : count;
    }

    /// <summary>Whether the byte may stand in an identifier or keyword.</summary>
    internal static bool IsIdChar(byte b) => s_idChars.Contains(b);

    /// <summary>Whether the byte is reserved punctuation, which tokens may not be made of but are delimited with.</summary>
    internal static bool IsReservedPunctuation(byte b) => b is (byte)',' or (byte)';' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}';

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    internal static int HexValue(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
