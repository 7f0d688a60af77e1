using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Exports what a snapshot reads: every memory as <c>__wizer_memory_N</c>, every mutable global as <c>__wizer_global_N</c>.
/// Everything else stays byte for byte.
/// </summary>
internal static class Instrumenter
{
    /// <summary>Writes the copy.</summary>
    /// <param name="context">The module.</param>
    /// <param name="output">Where to.</param>
    /// <param name="keeps">Which of its own exports the copy has, since not every engine can show them all; null for every one.</param>
    internal static void Write(ModuleContext context, ModuleAssembler output, Predicate<ExportInfo>? keeps = null) =>
        Write(context.Module, context.MutableGlobals, context.Module.Memories.Length, output, keeps);

    /// <summary>Writes a copy of a module of which no snapshot is taken.</summary>
    /// <param name="module">The module.</param>
    /// <param name="output">Where to.</param>
    /// <param name="keeps">Which of its exports the copy has.</param>
    internal static void WriteFiltered(ModuleInfo module, ModuleAssembler output, Predicate<ExportInfo> keeps) =>
        Write(module, [], 0, output, keeps);

    private static void Write(
        ModuleInfo module, int[] globals, int memoryCount, ModuleAssembler output, Predicate<ExportInfo>? keeps)
    {
        ExportInfo[] exports = keeps is null ? module.Exports : Array.FindAll(module.Exports, keeps);
        output.Writer.WritePreamble();
        bool isWritten = false;
        foreach (SectionInfo section in module.Sections)
        {
            if (!isWritten && BelongsBehindExports(section.Id))
            {
                WriteExports(module, exports, globals, memoryCount, output);
                isWritten = true;
            }

            if (section.Id != SectionId.Export)
            {
                output.AddSection(section);
            }
        }

        if (!isWritten)
        {
            WriteExports(module, exports, globals, memoryCount, output);
        }
    }

    // The export section stands where it stood; a module that had none gets it where the grammar wants it.
    private static bool BelongsBehindExports(SectionId id) => id is SectionId.Export or SectionId.Start or SectionId.Element
        or SectionId.DataCount or SectionId.Code or SectionId.Data;

    private static void WriteExports(ModuleInfo module, ExportInfo[] exports, int[] globals, int memoryCount, ModuleAssembler output)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Export);
        writer.WriteU32((uint)(exports.Length + globals.Length + memoryCount));
        foreach (ExportInfo export in exports)
        {
            writer.WriteByteVector(export.Name.Of(bytes));
            writer.WriteByte((byte)export.Kind);
            writer.WriteU32(export.Index);
        }

        foreach (int index in globals)
        {
            writer.WriteName(ModuleContext.GlobalExportName(index));
            writer.WriteByte((byte)ExternKind.Global);
            writer.WriteU32((uint)index);
        }

        for (int index = 0; index < memoryCount; index++)
        {
            writer.WriteName(ModuleContext.MemoryExportName(index));
            writer.WriteByte((byte)ExternKind.Memory);
            writer.WriteU32((uint)index);
        }

        writer.EndSized(section);
    }
}
