using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the import section of a module whose memories and tables have grown: a host has to provide what is large enough for the
/// segments.
/// </summary>
internal static class ImportSectionRewriter
{
    /// <summary>Whether the section cannot stay as it is.</summary>
    internal static bool IsNeeded(ModuleInfo module, SnapshotData snapshot)
    {
        for (int i = 0; i < module.ImportedMemoryCount; i++)
        {
            if (snapshot.PageCounts[i] != module.Memories[i].Type.Limits.Minimum)
            {
                return true;
            }
        }

        for (int i = 0; i < module.ImportedTableCount; i++)
        {
            if (snapshot.References.TableAt(i) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the section.</summary>
    internal static void Write(ModuleInfo module, SnapshotData snapshot, ModuleAssembler output)
    {
        WasmWriter writer = output.Writer;
        int section = writer.BeginSection(SectionId.Import);
        writer.WriteU32((uint)module.Imports.Length);
        foreach (ImportInfo import in module.Imports)
        {
            if (import.Kind == ExternKind.Memory)
            {
                MemoryType type = module.Memories[import.Index].Type;
                ImportWriter.WriteNames(module, import, writer);
                writer.WriteMemoryType(type with { Limits = type.Limits with { Minimum = snapshot.PageCounts[import.Index] } });
            }
            else if (import.Kind == ExternKind.Table && snapshot.References.TableAt((int)import.Index) is { } table)
            {
                ImportWriter.WriteNames(module, import, writer);
                writer.WriteBytes(table);
            }
            else
            {
                ImportWriter.Write(module, import, writer);
            }
        }

        writer.EndSized(section);
    }
}
