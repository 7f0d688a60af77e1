using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Encodes modules from the text format. Core 3.0, Text Format.</summary>
public static class WatParser
{
    /// <summary>Encodes a module.</summary>
    /// <param name="source">The text in UTF-8: <c>(module …)</c>, or just its fields.</param>
    /// <param name="fileName">What errors call the source.</param>
    /// <param name="options">How to encode; the defaults when null.</param>
    /// <returns>The module in the binary format. It is well-formed; nothing says that it is valid.</returns>
    /// <exception cref="WatException">The text is malformed.</exception>
    public static byte[] ToBinary(ReadOnlySpan<byte> source, string fileName, WatOptions? options = null)
    {
        using var output = new PooledBuffer();
        Encode(source, fileName, output, options);
        return output.ToArray();
    }

    /// <summary>Encodes a module to the end of a buffer.</summary>
    /// <param name="source">The text in UTF-8: <c>(module …)</c>, or just its fields.</param>
    /// <param name="fileName">What errors call the source.</param>
    /// <param name="output">Owned by the caller; after an error, what was appended is not a module.</param>
    /// <param name="options">How to encode; the defaults when null.</param>
    /// <exception cref="WatException">The text is malformed.</exception>
    public static void Encode(ReadOnlySpan<byte> source, string fileName, PooledBuffer output, WatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ReadOnlyMemory<Token> tokens = Lexer.Tokenize(source, fileName);
        var cursor = new TokenCursor(source, tokens.Span, fileName);
        EncodeModule(ref cursor, output, options ?? WatOptions.Default);
        if (cursor.Kind != TokenKind.End)
        {
            cursor.Unexpected();
        }
    }

    /// <summary>Encodes the module at the cursor, parentheses included.</summary>
    internal static void EncodeModule(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        if (!cursor.TryOpen("module"u8))
        {
            ModuleParser.Parse(ref cursor, output, options);
            return;
        }

        // Tools accept the two forms of the test scripts in files of their own, too.
        int ahead = cursor.Kind == TokenKind.Id ? 1 : 0;
        ReadOnlySpan<byte> form = cursor.Peek(ahead).Of(cursor.Source);
        if (form.SequenceEqual("binary"u8) || form.SequenceEqual("quote"u8))
        {
            cursor.Position += ahead + 1;
            EncodeStrings(ref cursor, output, options, isQuote: form[0] == 'q');
        }
        else
        {
            ModuleParser.Parse(ref cursor, output, options);
        }

        cursor.Close();
    }

    private static void EncodeStrings(ref TokenCursor cursor, PooledBuffer output, WatOptions options, bool isQuote)
    {
        if (!isQuote)
        {
            TakeStrings(ref cursor, output);
            return;
        }

        using var text = new PooledBuffer();
        TakeStrings(ref cursor, text);
        Encode(text.WrittenSpan, cursor.FileName, output, options);
    }

    /// <summary>Takes strings up to the next token that is none, and appends their bytes.</summary>
    /// <param name="cursor">At the first string.</param>
    /// <param name="output">What is appended to.</param>
    internal static void TakeStrings(ref TokenCursor cursor, PooledBuffer output)
    {
        while (cursor.TryTake(TokenKind.String, out Token token))
        {
            ReadOnlySpan<byte> literal = token.Of(cursor.Source);
            output.Advance(StringLiteral.Decode(literal, output.GetSpan(literal.Length)));
        }
    }
}
