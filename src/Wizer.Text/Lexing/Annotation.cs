namespace Wizer.Text;

/// <summary>
/// The annotations that mean something here; all others are white space. Core 3.0, Appendix: Custom Sections and Annotations.
/// </summary>
internal enum AnnotationKind : byte
{
    /// <summary><c>(@custom "name" (after last) "bytes")</c>: a custom section.</summary>
    Custom,

    /// <summary><c>(@name "…")</c>: what the <c>name</c> section calls something, whatever its identifier is.</summary>
    Name,

    /// <summary><c>(@metadata.code.branch_hint "\00")</c>: whether a branch is likely.</summary>
    BranchHint,
}

/// <summary>An annotation.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where its parenthesis stands in the source.</param>
/// <param name="Contents">The tokens behind its identifier, the closing parenthesis included.</param>
internal sealed record Annotation(AnnotationKind Kind, int Start, ReadOnlyMemory<Token> Contents)
{
    /// <summary>Its identifier, with the <c>@</c>.</summary>
    internal string Id => Kind switch
    {
        AnnotationKind.Custom => "@custom",
        AnnotationKind.Name => "@name",
        _ => "@metadata.code.branch_hint",
    };

    /// <summary>Finds what an identifier stands for; false for an annotation that is white space.</summary>
    internal static bool TryParseKind(ReadOnlySpan<byte> id, out AnnotationKind kind)
    {
        int index = id.SequenceEqual("custom"u8) ? (int)AnnotationKind.Custom
            : id.SequenceEqual("name"u8) ? (int)AnnotationKind.Name
            : id.SequenceEqual("metadata.code.branch_hint"u8) ? (int)AnnotationKind.BranchHint
            : -1;
        kind = (AnnotationKind)index;
        return index >= 0;
    }
}
