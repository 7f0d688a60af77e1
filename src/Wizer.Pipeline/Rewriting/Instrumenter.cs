using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Exports what a snapshot reads: every memory as <c>__wizer_memory_N</c>, every mutable global as <c>__wizer_global_N</c>.
/// Everything else stays byte for byte.
/// </summary>
internal static class Instrumenter
{
    internal static void Write(ModuleContext context, ModuleAssembler output)
    {
        ModuleInfo module = context.Module;
        output.Writer.WritePreamble();
        bool isWritten = false;
        foreach (SectionInfo section in module.Sections)
        {
            if (!isWritten && BelongsBehindExports(section.Id))
            {
                WriteExports(context, output);
                isWritten = true;
            }

            if (section.Id != SectionId.Export)
            {
                output.AddSection(section);
            }
        }

        if (!isWritten)
        {
            WriteExports(context, output);
        }
    }

    // The export section stands where it stood; a module that had none gets it where the grammar wants it.
    private static bool BelongsBehindExports(SectionId id) => id is SectionId.Export or SectionId.Start or SectionId.Element
        or SectionId.DataCount or SectionId.Code or SectionId.Data;

    private static void WriteExports(ModuleContext context, ModuleAssembler output)
    {
        ModuleInfo module = context.Module;
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Export);
        writer.WriteU32((uint)(module.Exports.Length + context.MutableGlobals.Length + module.Memories.Length));
        foreach (ExportInfo export in module.Exports)
        {
            writer.WriteByteVector(export.Name.Of(bytes));
            writer.WriteByte((byte)export.Kind);
            writer.WriteU32(export.Index);
        }

        foreach (int index in context.MutableGlobals)
        {
            writer.WriteName(ModuleContext.GlobalExportName(index));
            writer.WriteByte((byte)ExternKind.Global);
            writer.WriteU32((uint)index);
        }

        for (int index = 0; index < module.Memories.Length; index++)
        {
            writer.WriteName(ModuleContext.MemoryExportName(index));
            writer.WriteByte((byte)ExternKind.Memory);
            writer.WriteU32((uint)index);
        }

        writer.EndSized(section);
    }
}
