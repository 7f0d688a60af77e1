using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Takes the names of dropped data segments out of a <c>name</c> section, so that the new segments at their indices do not get
/// them. Everything else in it stays byte for byte. Core 3.0, Appendix: Custom Sections, Data Names.
/// </summary>
internal static class DataNameRewriter
{
    private const byte DataSubsection = 9;

    /// <summary>Writes a custom section; all but <c>name</c> as they are.</summary>
    /// <param name="module">The input.</param>
    /// <param name="section">A custom section of it.</param>
    /// <param name="dataCount">How many data segments keep their names.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, in SectionInfo section, uint dataCount, ModuleAssembler output)
    {
        if (!section.Name.Of(module.Bytes.Span).SequenceEqual("name"u8)
            || !TryFindDataNames(module, section, out ByteRange subsection, out ByteRange names))
        {
            output.AddSection(section);
            return;
        }

        ByteRange kept = FindKept(module, names, dataCount, out uint keptCount);
        ByteRange before = Between(section.Contents.Offset, subsection.Offset);
        ByteRange behind = Between(subsection.End, section.Contents.End);
        uint size = (uint)(WasmWriter.SizeOfU32(keptCount) + kept.Length);
        uint subsectionSize = keptCount == 0 ? 0 : 1 + (uint)WasmWriter.SizeOfU32(size) + size;
        WasmWriter writer = output.Writer;
        writer.WriteByte((byte)SectionId.Custom);
        writer.WriteU32((uint)before.Length + subsectionSize + (uint)behind.Length);
        output.AddInput(before);
        if (keptCount != 0)
        {
            writer.WriteByte(DataSubsection);
            writer.WriteU32(size);
            writer.WriteU32(keptCount);
            output.AddInput(kept);
        }

        output.AddInput(behind);
    }

    /// <summary>Finds the names of data segments; what follows something malformed is nobody's to read.</summary>
    private static bool TryFindDataNames(ModuleInfo module, in SectionInfo section, out ByteRange subsection, out ByteRange names)
    {
        ByteRange range = Between(section.Name.End, section.Contents.End);
        var reader = new WasmReader(range.Of(module.Bytes.Span), range.Offset);
        try
        {
            while (!reader.IsAtEnd)
            {
                int start = (int)reader.Offset;
                byte id = reader.ReadByte();
                names = reader.ReadByteVector();
                if (id == DataSubsection)
                {
                    subsection = Between(start, names.End);
                    return true;
                }
            }
        }
        catch (WasmFormatException)
        {
            // As everywhere, the names before it are good.
        }

        subsection = default;
        names = default;
        return false;
    }

    /// <summary>
    /// Finds the entries that stay. Indices ascend, so those of dropped segments come last; from an entry on that is malformed
    /// or out of order nothing is kept, because nobody can tell what it names.
    /// </summary>
    private static ByteRange FindKept(ModuleInfo module, ByteRange names, uint dataCount, out uint keptCount)
    {
        var reader = new WasmReader(names.Of(module.Bytes.Span), names.Offset);
        int start = names.Offset;
        int end = names.Offset;
        keptCount = 0;
        try
        {
            uint count = reader.ReadU32();
            start = (int)reader.Offset;
            end = start;
            for (uint next = 0; keptCount < count; keptCount++)
            {
                uint index = reader.ReadU32();
                if (index < next || index >= dataCount)
                {
                    break;
                }

                reader.ReadName();
                end = (int)reader.Offset;
                next = index + 1;
            }
        }
        catch (WasmFormatException)
        {
            // The entries before it stay.
        }

        return Between(start, end);
    }

    private static ByteRange Between(int start, int end) => new(start, end - start);
}
