using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes imports one by one, as every engine reads them: those of a group are written out. Core 3.0, Binary Format: Import Section.
/// </summary>
internal static class ImportWriter
{
    /// <summary>Writes an import with the type that it has.</summary>
    internal static void Write(ModuleInfo module, in ImportInfo import, WasmWriter writer)
    {
        WriteNames(module, import, writer);
        switch (import.Kind)
        {
            case ExternKind.Func:
                writer.WriteU32(module.FuncTypeIndices[import.Index]);
                break;
            case ExternKind.Table:
                writer.WriteTableType(module.Tables[import.Index].Type);
                break;
            case ExternKind.Memory:
                writer.WriteMemoryType(module.Memories[import.Index].Type);
                break;
            case ExternKind.Global:
                writer.WriteGlobalType(module.Globals[import.Index].Type);
                break;
            default:
                writer.WriteByte(0);
                writer.WriteU32(module.Tags[import.Index].TypeIndex);
                break;
        }
    }

    /// <summary>Writes what stands before the type.</summary>
    internal static void WriteNames(ModuleInfo module, in ImportInfo import, WasmWriter writer)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        writer.WriteByteVector(import.Module.Of(bytes));
        writer.WriteByteVector(import.Name.Of(bytes));
        writer.WriteByte((byte)import.Kind);
    }
}
