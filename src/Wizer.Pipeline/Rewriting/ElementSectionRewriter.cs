using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the element section where it cannot stay as it is: what is left of the old segments, in their order, the new ones, and one that
/// declares functions. Core 3.0, Binary Format: Element Section.
/// </summary>
internal static class ElementSectionRewriter
{
    /// <summary>Writes the section.</summary>
    /// <param name="module">The input; it may have no such section.</param>
    /// <param name="changes">What becomes of its segments; null for nothing.</param>
    /// <param name="declaredFuncs">What one more segment is to declare, if anything.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, ElementChanges? changes, uint[] declaredFuncs, ModuleAssembler output)
    {
        ElementSegmentInfo[] segments = module.ElementSegments;
        int count = (changes?.Count ?? segments.Length) + (declaredFuncs.Length == 0 ? 0 : 1);
        if (count > WasmLimits.MaxElementSegments)
        {
            Throw.TooManyElementSegments(count);
        }

        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Element);
        writer.WriteU32((uint)count);
        for (int i = 0; i < segments.Length; i++)
        {
            if (changes is null || changes.IsKept(i))
            {
                writer.WriteBytes(module.Bytes.Span[segments[i].Offset..segments[i].Items.End]);
            }
            else
            {
                writer.WriteBytes(changes.ReplacementOf(i));
            }
        }

        for (int i = 0; i < changes?.Added.Count; i++)
        {
            writer.WriteBytes(changes.Added[i]);
        }

        if (declaredFuncs.Length != 0)
        {
            WriteDeclaration(writer, declaredFuncs);
        }

        writer.EndSized(section);
    }

    private static void WriteDeclaration(WasmWriter writer, uint[] funcs)
    {
        writer.WriteByte((byte)ElementForm.DeclarativeFuncs);
        writer.WriteByte(ElementForms.FuncKind);
        writer.WriteU32((uint)funcs.Length);
        foreach (uint funcIndex in funcs)
        {
            writer.WriteU32(funcIndex);
        }
    }
}
