using System.Diagnostics.CodeAnalysis;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Custom sections, names and branch hints. Core 3.0, Appendix: Custom Sections and Annotations.</summary>
internal ref partial struct ModuleParser
{
    /// <summary>Takes the annotations between two fields.</summary>
    /// <param name="isFirst">Whether no field has been seen; then the module can still be given its name.</param>
    private void TakeModuleAnnotations(bool isFirst)
    {
        while (_cursor.TryTakeAnnotation(AnnotationKind.Custom, out Annotation? custom))
        {
            EncodeCustom(custom);
        }

        if (isFirst && _identifiers.TryTakeName(ref _cursor, "module", out int symbol))
        {
            _names.ModuleSymbol = symbol;
        }

        if (_cursor.TryTakeAnnotation(AnnotationKind.BranchHint, out Annotation? hint))
        {
            AnnotationContents.Fail(_cursor, hint, "not in a function");
        }
    }

    /// <summary>Reports an annotation that stands where it has no meaning.</summary>
    private readonly void CheckAnnotations()
    {
        if (_cursor.Annotations.FirstLeft is { } annotation)
        {
            _cursor.Fail($"misplaced {annotation.Id} annotation", annotation);
        }
    }

    private readonly void EncodeCustom(Annotation annotation)
    {
        TokenCursor contents = _cursor.At(annotation);
        ReadOnlySpan<byte> source = _cursor.Source;
        Token name = AnnotationContents.TakeName(ref contents, annotation, "missing section name");
        int place = contents.TryTake(TokenKind.LeftParen, out _) ? TakePlace(ref contents, annotation) : CustomSections.Last;
        WasmWriter output = _sections.Custom.Begin(out int mark);
        output.WriteByteVector(StringLiteral.Decode(name.Of(source)));
        StringList.Take(ref contents, output.Output);
        AnnotationContents.Close(ref contents, annotation);
        _sections.Custom.End(mark, place);
    }

    /// <summary>Takes <c>before first)</c>, <c>after code)</c> and their like.</summary>
    private readonly int TakePlace(ref TokenCursor contents, Annotation annotation)
    {
        bool isBefore = contents.TryTakeKeyword("before"u8);
        if (!isBefore && !contents.TryTakeKeyword("after"u8))
        {
            AnnotationContents.Fail(_cursor, annotation, "malformed placement");
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
            AnnotationContents.Fail(_cursor, annotation, "malformed section kind");
            return 0;
        }

        if (!contents.TryTake(TokenKind.RightParen, out _))
        {
            AnnotationContents.Fail(_cursor, annotation, "unexpected token");
        }

        return place;
    }
}
