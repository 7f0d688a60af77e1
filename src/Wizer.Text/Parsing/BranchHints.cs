using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// The hints for branches, which stand before their instructions in the text and in a section of their own in the module.
/// Core 3.0, Appendix: Custom Sections and Annotations; branch hinting proposal.
/// </summary>
internal sealed class BranchHints
{
    // By ascending function and offset.
    private readonly List<(uint Func, uint Offset, Hint Hint)> _hints = [];
    private uint? _func;
    private int _bodyStart;

    /// <summary>What is likely: that a branch is taken, or that it is not.</summary>
    internal enum Hint : byte
    {
        None,
        Unlikely,
        Likely,
    }

    /// <summary>Begins with a body.</summary>
    /// <param name="func">Whose.</param>
    /// <param name="bodyStart">Where it starts in its section.</param>
    internal void Begin(uint func, int bodyStart)
    {
        _func = func;
        _bodyStart = bodyStart;
    }

    /// <summary>Ends with it: there are no hints in what comes next.</summary>
    internal void End() => _func = null;

    /// <summary>Takes the hint, if any, for the instruction that comes next.</summary>
    internal Hint Take(ref TokenCursor cursor)
    {
        if (_func is null || !cursor.TryTakeAnnotation(AnnotationKind.BranchHint, out Annotation? annotation))
        {
            return Hint.None;
        }

        TokenCursor contents = cursor.At(annotation);
        byte[] value = [];
        while (contents.TryTake(TokenKind.String, out Token token))
        {
            value = [.. value, .. StringLiteral.Decode(token.Of(cursor.Source))];
        }

        AnnotationContents.Close(ref contents, annotation);
        if (value is not [0 or 1])
        {
            AnnotationContents.Fail(cursor, annotation, "malformed hint");
        }

        if (cursor.TryTakeAnnotation(AnnotationKind.BranchHint, out Annotation? another))
        {
            AnnotationContents.Fail(cursor, another, "duplicate annotation");
        }

        return value[0] == 0 ? Hint.Unlikely : Hint.Likely;
    }

    /// <summary>Keeps a hint for the instruction whose opcode is written next.</summary>
    internal void Apply(Hint hint, WasmWriter code)
    {
        if (hint != Hint.None)
        {
            _hints.Add((_func!.Value, (uint)(code.Length - _bodyStart), hint));
        }
    }

    /// <summary>Writes the hints where they must stand: before the code.</summary>
    internal void WriteTo(ModuleSections sections)
    {
        if (_hints.Count == 0)
        {
            return;
        }

        // They were kept when the opcodes were written, so offsets ascend.
        WasmWriter output = sections.Custom.Begin(out int mark);
        output.WriteByteVector(BranchHintSection.Name);
        output.WriteU32((uint)_hints.DistinctBy(hint => hint.Func).Count());
        foreach (IGrouping<uint, (uint Func, uint Offset, Hint Hint)> func in _hints.GroupBy(hint => hint.Func))
        {
            output.WriteU32(func.Key);
            output.WriteU32((uint)func.Count());
            foreach ((_, uint offset, Hint hint) in func)
            {
                output.WriteU32(offset);
                output.WriteByteVector(hint == Hint.Likely ? [1] : [0]);
            }
        }

        sections.Custom.End(mark, CustomSections.Before(SectionId.Code));
    }
}
