using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Keeps the code of a module with a source map where it is: the map gives offsets in the file. What the sections before it take less
/// than in the input is made up for: a byte or two by a longer size of the export section, which every such module has, more by a
/// custom section without a name. Source Map Format, WebAssembly.
/// </summary>
internal static class CodePadding
{
    // The id, a size, and the length of the name.
    private const int MinSectionLength = 3;

    private static ReadOnlySpan<byte> SourceMap => "sourceMappingURL"u8;

    /// <summary>Finds the code section of a module that has a source map: its index, or -1.</summary>
    internal static int FindMappedCode(ModuleInfo module)
    {
        int code = -1;
        bool hasMap = false;
        for (int i = 0; i < module.Sections.Length; i++)
        {
            SectionInfo section = module.Sections[i];
            if (section.Id == SectionId.Code)
            {
                code = i;
            }

            hasMap |= section.Id == SectionId.Custom && section.Name.Of(module.Bytes.Span).SequenceEqual(SourceMap);
        }

        return hasMap ? code : -1;
    }

    /// <summary>Whether so many bytes can be put before the code.</summary>
    internal static bool TryFit(long byteLength, ModuleInfo module, out int padding)
    {
        padding = (int)byteLength;
        if (InExports(padding) == 0)
        {
            return true;
        }

        // The new export section is no longer than this.
        int exportLength = 0;
        foreach (ExportInfo export in module.Exports)
        {
            exportLength += export.Name.Length + WasmWriter.MaxU32Length + 1 + WasmWriter.MaxU32Length;
        }

        return exportLength != 0 && WasmWriter.SizeOfU32((uint)exportLength) + padding <= WasmWriter.MaxU32Length;
    }

    /// <summary>How many more bytes the size of the export section takes.</summary>
    internal static int InExports(int padding) => padding < MinSectionLength ? padding : 0;

    /// <summary>Whether a section is what <see cref="Write"/> writes.</summary>
    internal static bool Is(ModuleInfo module, in SectionInfo section) =>
        section.Name.Length == 0 && section.Contents.Of(module.Bytes.Span).IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Writes the custom section, unless the export section is enough.</summary>
    internal static void Write(int padding, ModuleAssembler output)
    {
        if (padding < MinSectionLength)
        {
            return;
        }

        // One byte more of contents may take one more for their size, so that there is not always a shortest form that fits.
        int sizeLength = 1;
        while (WasmWriter.SizeOfU32((uint)(padding - 1 - sizeLength)) > sizeLength)
        {
            sizeLength++;
        }

        int contentLength = padding - 1 - sizeLength;
        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Custom);
        for (int i = 0; i < contentLength; i++)
        {
            writer.WriteByte(0);
        }

        writer.EndLonger(section, sizeLength - WasmWriter.SizeOfU32((uint)contentLength));
    }
}
