using System.Diagnostics.CodeAnalysis;

namespace Wizer.Text;

/// <summary>What annotations have inside: a name first, mostly, and nothing behind what is expected.</summary>
internal static class AnnotationContents
{
    /// <summary>Takes a name.</summary>
    /// <param name="contents">At the contents of the annotation.</param>
    /// <param name="annotation">For errors.</param>
    /// <param name="missing">What to say when there is none.</param>
    internal static Token TakeName(ref TokenCursor contents, Annotation annotation, string missing)
    {
        if (!contents.TryTake(TokenKind.String, out Token name))
        {
            Fail(contents, annotation, missing);
        }

        if (!StringLiteral.IsUtf8(name.Of(contents.Source)))
        {
            Fail(contents, annotation, "malformed UTF-8 encoding");
        }

        return name;
    }

    /// <summary>Takes the parenthesis that ends it.</summary>
    internal static void Close(ref TokenCursor contents, Annotation annotation)
    {
        if (!contents.TryTake(TokenKind.RightParen, out _))
        {
            Fail(contents, annotation, $"unexpected token {TokenCursor.Quote(contents.Text)}");
        }
    }

    /// <summary>Reports what is wrong with it.</summary>
    [DoesNotReturn]
    internal static void Fail(in TokenCursor cursor, Annotation annotation, string reason) =>
        cursor.Fail($"{annotation.Id} annotation: {reason}", annotation);
}
