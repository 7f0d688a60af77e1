using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Names, which are strings in UTF-8. Core 3.0, Text Format: Values, Names.</summary>
internal static class NameTokens
{
    /// <summary>Takes a name and writes it.</summary>
    internal static void Write(ref TokenCursor cursor, WasmWriter output)
    {
        Token token = cursor.Expect(TokenKind.String);
        ReadOnlySpan<byte> literal = token.Of(cursor.Source);
        if (!StringLiteral.IsUtf8(literal))
        {
            cursor.Fail("malformed UTF-8 encoding", token);
        }

        if (literal.Contains((byte)'\\'))
        {
            output.WriteByteVector(StringLiteral.Decode(literal));
        }
        else
        {
            output.WriteByteVector(literal[1..^1]);
        }
    }
}
