using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Strings one after the other, which stand for their bytes together. Core 3.0, Text Format: Memories, <c>datastring</c>.
/// </summary>
internal static class StringList
{
    /// <summary>Takes strings up to the next token that is none, and appends their bytes.</summary>
    /// <param name="cursor">At the first string.</param>
    /// <param name="output">What is appended to.</param>
    internal static void Take(ref TokenCursor cursor, PooledBuffer output)
    {
        while (cursor.TryTake(TokenKind.String, out Token token))
        {
            ReadOnlySpan<byte> literal = token.Of(cursor.Source);
            output.Advance(StringLiteral.Decode(literal, output.GetSpan(literal.Length)));
        }
    }
}
