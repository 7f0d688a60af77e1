using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Exports what a snapshot reads: every memory as <c>__wizer_memory_N</c>, every mutable global as <c>__wizer_global_N</c>, and where
/// tables are shown these as <c>__wizer_table_N</c> and functions as <c>__wizer_func_N</c>. Everything else stays byte for byte.
/// </summary>
internal static class Instrumenter
{
    /// <summary>Writes the copy.</summary>
    /// <param name="context">The module.</param>
    /// <param name="output">Where to.</param>
    /// <param name="keeps">Which of its own exports the copy has, since not every engine can show them all; null for every one.</param>
    internal static void Write(ModuleContext context, ModuleAssembler output, Predicate<ExportInfo>? keeps = null) =>
        Write(context.Module, AddedBy(context), output, keeps);

    /// <summary>Writes a copy of a module of which no snapshot is taken.</summary>
    /// <param name="module">The module.</param>
    /// <param name="output">Where to.</param>
    /// <param name="keeps">Which of its exports the copy has.</param>
    internal static void WriteFiltered(ModuleInfo module, ModuleAssembler output, Predicate<ExportInfo> keeps) =>
        Write(module, [], output, keeps);

    private static List<(string Name, ExternKind Kind, int Index)> AddedBy(ModuleContext context)
    {
        ModuleInfo module = context.Module;
        var added = new List<(string Name, ExternKind Kind, int Index)>();
        foreach (int index in context.MutableGlobals)
        {
            added.Add((ModuleContext.GlobalExportName(index), ExternKind.Global, index));
        }

        for (int index = 0; index < module.Memories.Length; index++)
        {
            added.Add((ModuleContext.MemoryExportName(index), ExternKind.Memory, index));
        }

        for (int index = 0; index < module.Tables.Length && context.ShowsTables; index++)
        {
            added.Add((ModuleContext.TableExportName(index), ExternKind.Table, index));
        }

        for (int index = 0; index < module.FuncTypeIndices.Length && context.ShowsTables; index++)
        {
            added.Add((ModuleContext.FuncExportName(index), ExternKind.Func, index));
        }

        return added;
    }

    private static void Write(
        ModuleInfo module, List<(string Name, ExternKind Kind, int Index)> added, ModuleAssembler output, Predicate<ExportInfo>? keeps)
    {
        ExportInfo[] exports = keeps is null ? module.Exports : Array.FindAll(module.Exports, keeps);
        output.Writer.WritePreamble();
        bool isWritten = false;
        foreach (SectionInfo section in module.Sections)
        {
            if (!isWritten && BelongsBehindExports(section.Id))
            {
                WriteExports(module, exports, added, output);
                isWritten = true;
            }

            if (section.Id != SectionId.Export)
            {
                output.AddSection(section);
            }
        }

        if (!isWritten)
        {
            WriteExports(module, exports, added, output);
        }
    }

    // The export section stands where it stood; a module that had none gets it where the grammar wants it.
    private static bool BelongsBehindExports(SectionId id) => id is SectionId.Export or SectionId.Start or SectionId.Element
        or SectionId.DataCount or SectionId.Code or SectionId.Data;

    private static void WriteExports(
        ModuleInfo module, ExportInfo[] exports, List<(string Name, ExternKind Kind, int Index)> added, ModuleAssembler output)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Export);
        writer.WriteU32((uint)(exports.Length + added.Count));
        foreach (ExportInfo export in exports)
        {
            writer.WriteByteVector(export.Name.Of(bytes));
            writer.WriteByte((byte)export.Kind);
            writer.WriteU32(export.Index);
        }

        foreach ((string name, ExternKind kind, int index) in added)
        {
            writer.WriteName(name);
            writer.WriteByte((byte)kind);
            writer.WriteU32((uint)index);
        }

        writer.EndSized(section);
    }
}
