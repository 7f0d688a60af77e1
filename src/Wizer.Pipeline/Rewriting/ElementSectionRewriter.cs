using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the element section where it cannot stay as it is. Segments keep their indices; one that the run has dropped becomes an
/// empty one of its type. Core 3.0, Binary Format: Element Section.
/// </summary>
internal static class ElementSectionRewriter
{
    private const byte Declarative = 3;
    private const byte FuncKind = 0;

    /// <summary>Writes the section.</summary>
    /// <param name="module">The input; it may have no such section.</param>
    /// <param name="dropped">The segments that are empty now.</param>
    /// <param name="declaredFuncs">What one more segment is to declare, if anything.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, DroppedSegments dropped, uint[] declaredFuncs, ModuleAssembler output)
    {
        ElementSegmentInfo[] segments = module.ElementSegments;
        int count = segments.Length + (declaredFuncs.Length == 0 ? 0 : 1);
        if (count > WasmLimits.MaxElementSegments)
        {
            Throw.TooManyElementSegments(count);
        }

        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Element);
        writer.WriteU32((uint)count);
        for (int i = 0; i < segments.Length; i++)
        {
            if (dropped.HasElement(i))
            {
                WriteEmpty(writer, module, segments[i]);
            }
            else
            {
                writer.WriteBytes(module.Bytes.Span[segments[i].Offset..segments[i].Items.End]);
            }
        }

        if (declaredFuncs.Length != 0)
        {
            writer.WriteByte(Declarative);
            writer.WriteByte(FuncKind);
            writer.WriteU32((uint)declaredFuncs.Length);
            foreach (uint funcIndex in declaredFuncs)
            {
                writer.WriteU32(funcIndex);
            }
        }

        writer.EndSized(section);
    }

    // A passive segment: flags, the type of its elements, how many, and those.
    private static void WriteEmpty(WasmWriter writer, ModuleInfo module, in ElementSegmentInfo segment)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span[segment.Offset..segment.Items.Offset];
        var reader = new WasmReader(bytes, segment.Offset);
        reader.ReadU32();
        if (segment.HasExpressions)
        {
            TypeReader.ReadRefType(ref reader);
        }
        else
        {
            reader.ReadByte();
        }

        writer.WriteBytes(bytes[..reader.Position]);
        writer.WriteU32(0);
    }
}
