using Wizer.Binary;
using Wizer.Text;

namespace Wizer.TestSupport.Scripts;

/// <summary>A module as a script holds it; encoded only when someone asks.</summary>
public abstract class ScriptModule
{
    /// <summary>The module in the binary format.</summary>
    /// <exception cref="WatException">It is text and malformed.</exception>
    public abstract byte[] Encode();
}

/// <summary><c>(module binary "…")</c>.</summary>
public sealed class BinaryScriptModule(byte[] bytes) : ScriptModule
{
    public override byte[] Encode() => bytes;
}

/// <summary><c>(module quote "…")</c>: text that may not even consist of tokens.</summary>
public sealed class QuoteScriptModule(byte[] text, string fileName) : ScriptModule
{
    /// <summary>The quoted text, in UTF-8 if it is well-formed at all.</summary>
    public ReadOnlyMemory<byte> Text { get; } = text;

    public override byte[] Encode() => WatParser.ToBinary(Text.Span, fileName, Wat.WithoutNames);
}

/// <summary><c>(module …)</c> with its fields in the script itself.</summary>
public sealed class TextScriptModule : ScriptModule
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly ReadOnlyMemory<Token> _tokens;
    private readonly string _fileName;

    internal TextScriptModule(ReadOnlyMemory<byte> source, ReadOnlyMemory<Token> tokens, string fileName)
    {
        _source = source;
        _tokens = tokens;
        _fileName = fileName;
    }

    public override byte[] Encode()
    {
        var cursor = new TokenCursor(_source.Span, _tokens.Span, _fileName);
        using var output = new PooledBuffer();
        ModuleParser.Parse(ref cursor, output, Wat.WithoutNames);
        if (cursor.Kind != TokenKind.End)
        {
            cursor.Unexpected();
        }

        return output.ToArray();
    }
}
