using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Encodes custom sections, which are annotations in the text. Core 3.0, Appendix: Custom Sections and Annotations.</summary>
/// <param name="sections">Where they go.</param>
internal sealed class CustomSectionEncoder(ModuleSections sections)
{
    internal void Encode(ref TokenCursor cursor, Annotation annotation)
    {
        TokenCursor contents = cursor.At(annotation);
        ReadOnlySpan<byte> source = cursor.Source;
        Token name = AnnotationContents.TakeName(ref contents, annotation, "missing section name");
        int place = contents.TryTake(TokenKind.LeftParen, out _) ? TakePlace(ref cursor, ref contents, annotation) : CustomSections.Last;
        WasmWriter output = sections.Custom.Begin(out int mark);
        output.WriteByteVector(StringLiteral.Decode(name.Of(source)));
        StringList.Take(ref contents, output.Output);
        AnnotationContents.Close(ref contents, annotation);
        sections.Custom.End(mark, place);
    }

    /// <summary>Takes <c>before first)</c>, <c>after code)</c> and their like.</summary>
    private int TakePlace(ref TokenCursor cursor, ref TokenCursor contents, Annotation annotation)
    {
        bool isBefore = contents.TryTakeKeyword("before"u8);
        if (!isBefore && !contents.TryTakeKeyword("after"u8))
        {
            AnnotationContents.Fail(cursor, annotation, "malformed placement");
        }

        int place;
        if (contents.TryTakeKeyword(isBefore ? "first"u8 : "last"u8))
        {
            place = isBefore ? CustomSections.First : CustomSections.Last;
        }
        else if (CustomSections.TryParse(contents.Text, out SectionId id))
        {
            contents.Take();
            place = isBefore ? CustomSections.Before(id) : CustomSections.After(id);
        }
        else
        {
            AnnotationContents.Fail(cursor, annotation, "malformed section kind");
            return 0;
        }

        if (!contents.TryTake(TokenKind.RightParen, out _))
        {
            AnnotationContents.Fail(cursor, annotation, "unexpected token");
        }

        return place;
    }
}
