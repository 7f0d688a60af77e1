using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Encodes modules and components from the text format. Core 3.0, Text Format; Component Model, Explainer.</summary>
public static class WatParser
{
    /// <summary>Encodes a module or a component.</summary>
    /// <param name="source">The text in UTF-8: <c>(component …)</c>, <c>(module …)</c>, or just the fields of a module.</param>
    /// <param name="fileName">What errors call the source.</param>
    /// <param name="options">How to encode; the defaults when null.</param>
    /// <returns>The module or component in the binary format. It is well-formed; nothing says that it is valid.</returns>
    /// <exception cref="WatException">The text is malformed.</exception>
    public static byte[] ToBinary(ReadOnlySpan<byte> source, string fileName, WatOptions? options = null)
    {
        using var output = new PooledBuffer();
        Encode(source, fileName, output, options);
        return output.ToArray();
    }

    /// <summary>Encodes a module or a component to the end of a buffer.</summary>
    /// <param name="source">The text in UTF-8: <c>(component …)</c>, <c>(module …)</c>, or just the fields of a module.</param>
    /// <param name="fileName">What errors call the source.</param>
    /// <param name="output">Owned by the caller; after an error, what was appended is neither.</param>
    /// <param name="options">How to encode; the defaults when null.</param>
    /// <exception cref="WatException">The text is malformed.</exception>
    public static void Encode(ReadOnlySpan<byte> source, string fileName, PooledBuffer output, WatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        TokenCursor cursor = Open(source, fileName);

        // Tools accept the two forms of the test scripts in files of their own, too.
        options ??= WatOptions.Default;
        Token form = cursor.Peek(cursor.Peek(2).Kind == TokenKind.Id ? 3 : 2);
        bool isComponent = cursor.AtGroup("component"u8);
        bool isInStrings = form.Of(source).SequenceEqual("binary"u8) || form.Of(source).SequenceEqual("quote"u8);
        if (isInStrings && (isComponent || cursor.AtGroup("module"u8)))
        {
            EncodeStrings(ref cursor, output, options, isComponent);
        }
        else
        {
            EncodeText(ref cursor, output, options);
        }
    }

    /// <summary>Encodes what strings are quoted for: a module or component, with or without its parentheses.</summary>
    internal static void EncodeQuoted(
        ReadOnlySpan<byte> text, string fileName, PooledBuffer output, WatOptions options, bool isComponent)
    {
        TokenCursor cursor = Open(text, fileName);
        if (isComponent && !cursor.AtGroup("component"u8))
        {
            ComponentParser.Parse(ref cursor, output, options);
            cursor.Expect(TokenKind.End);
        }
        else
        {
            // No quotes within quotes: that would only nest.
            EncodeText(ref cursor, output, options);
        }
    }

    /// <summary>A cursor at the start of a text.</summary>
    internal static TokenCursor Open(ReadOnlySpan<byte> source, string fileName)
    {
        ReadOnlyMemory<Token> tokens = Lexer.Tokenize(source, fileName, out ReadOnlyMemory<Annotation> annotations);
        return new TokenCursor(source, tokens.Span, fileName, AnnotationList.Between(annotations, 0, source.Length));
    }

    private static void EncodeText(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        bool isComponent = cursor.TryOpen("component"u8);
        bool hasParentheses = isComponent || cursor.TryOpen("module"u8);
        if (isComponent)
        {
            ComponentParser.Parse(ref cursor, output, options);
        }
        else
        {
            ModuleParser.Parse(ref cursor, output, options);
        }

        if (hasParentheses)
        {
            cursor.Close();
        }

        cursor.Expect(TokenKind.End);
    }

    private static void EncodeStrings(ref TokenCursor cursor, PooledBuffer output, WatOptions options, bool isComponent)
    {
        cursor.Take();
        cursor.Take();
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
            EncodeQuoted(text.WrittenSpan, cursor.FileName, output, options, isComponent);
        }

        cursor.Close();
        cursor.Expect(TokenKind.End);
    }
}
