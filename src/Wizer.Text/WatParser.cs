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
        TokenCursor cursor = Open(source, fileName);

        // Tools accept the two forms of the test scripts in files of their own, too.
        Token form = cursor.Peek(cursor.Peek(2).Kind == TokenKind.Id ? 3 : 2);
        if (cursor.AtGroup("module"u8) && form.Kind == TokenKind.Keyword && form.Of(source) is [(byte)'b' or (byte)'q', ..])
        {
            EncodeStrings(ref cursor, output, options ?? WatOptions.Default);
        }
        else
        {
            EncodeFields(ref cursor, output, options ?? WatOptions.Default);
        }
    }

    /// <summary>A cursor at the start of a text.</summary>
    internal static TokenCursor Open(ReadOnlySpan<byte> source, string fileName)
    {
        ReadOnlyMemory<Token> tokens = Lexer.Tokenize(source, fileName, out ReadOnlyMemory<Annotation> annotations);
        return new TokenCursor(source, tokens.Span, fileName, AnnotationList.Between(annotations, 0, source.Length));
    }

    private static void EncodeFields(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        bool isModule = cursor.TryOpen("module"u8);
        ModuleParser.Parse(ref cursor, output, options);
        if (isModule)
        {
            cursor.Close();
        }

        cursor.Expect(TokenKind.End);
    }

    private static void EncodeStrings(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        cursor.TryOpen("module"u8);
        cursor.TryTake(TokenKind.Id, out _);
        if (cursor.TryTakeKeyword("binary"u8))
        {
            StringList.Take(ref cursor, output);
        }
        else
        {
            cursor.ExpectKeyword("quote"u8);
            using var text = new PooledBuffer();
            StringList.Take(ref cursor, text);

            // No quotes within quotes: that would only nest.
            TokenCursor inner = Open(text.WrittenSpan, cursor.FileName);
            EncodeFields(ref inner, output, options);
        }

        cursor.Close();
        cursor.Expect(TokenKind.End);
    }
}
