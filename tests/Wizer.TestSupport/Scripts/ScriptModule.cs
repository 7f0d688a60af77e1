using Wizer.Binary;
using Wizer.Text;

namespace Wizer.TestSupport.Scripts;

/// <summary>A module or component as a script holds it; encoded only when someone asks.</summary>
public abstract class ScriptModule
{
    /// <summary>Whether it is a component.</summary>
    public bool IsComponent { get; init; }

    /// <summary>The module or component in the binary format.</summary>
    /// <param name="features">What its text may express.</param>
    /// <param name="names">Whether identifiers are kept.</param>
    /// <exception cref="WatException">It is text and malformed.</exception>
    public abstract byte[] Encode(WasmFeatures features = WasmFeatures.All, bool names = false);
}

/// <summary><c>(module binary "…")</c>.</summary>
public sealed class BinaryScriptModule(byte[] bytes) : ScriptModule
{
    public override byte[] Encode(WasmFeatures features = WasmFeatures.All, bool names = false) => bytes;
}

/// <summary><c>(module quote "…")</c>: text that may not even consist of tokens.</summary>
public sealed class QuoteScriptModule(byte[] text, string fileName) : ScriptModule
{
    /// <summary>The quoted text, in UTF-8 if it is well-formed at all.</summary>
    public ReadOnlyMemory<byte> Text { get; } = text;

    public override byte[] Encode(WasmFeatures features = WasmFeatures.All, bool names = false)
    {
        using var output = new PooledBuffer();
        WatParser.EncodeQuoted(Text.Span, fileName, output, new WatOptions { Features = features, NameSection = names }, IsComponent);
        return output.ToArray();
    }
}

/// <summary><c>(module …)</c> with its fields in the script itself.</summary>
public sealed class TextScriptModule : ScriptModule
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly ReadOnlyMemory<Token> _tokens;
    private readonly ReadOnlyMemory<Annotation> _annotations;
    private readonly int _start;
    private readonly string _fileName;

    /// <param name="source">The script.</param>
    /// <param name="tokens">The fields, and the token behind them.</param>
    /// <param name="annotations">Those of the script.</param>
    /// <param name="start">Where in the script the module's own annotations start.</param>
    /// <param name="fileName">Of the script.</param>
    internal TextScriptModule(
        ReadOnlyMemory<byte> source, ReadOnlyMemory<Token> tokens, ReadOnlyMemory<Annotation> annotations, int start, string fileName)
    {
        _source = source;
        _tokens = tokens;
        _annotations = annotations;
        _start = start;
        _fileName = fileName;
    }

    public override byte[] Encode(WasmFeatures features = WasmFeatures.All, bool names = false)
    {
        ReadOnlySpan<Token> tokens = _tokens.Span;
        AnnotationList annotations = AnnotationList.Between(_annotations, _start, tokens[^1].Start);
        var cursor = new TokenCursor(_source.Span, tokens, _fileName, annotations);
        using var output = new PooledBuffer();
        var options = new WatOptions { Features = features, NameSection = names };
        if (IsComponent)
        {
            ComponentParser.Parse(ref cursor, output, options);
        }
        else
        {
            ModuleParser.Parse(ref cursor, output, options);
        }

        if (cursor.Position != tokens.Length - 1)
        {
            cursor.Unexpected();
        }

        return output.ToArray();
    }
}
