using System.Text.Json;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Shows a <see cref="ModuleSummary"/> to programs; <c>docs/report.md</c> describes the members.</summary>
internal sealed class JsonInspection(ModuleSummary summary, Utf8JsonWriter json)
{
    private const int SchemaVersion = 1;

    private ModuleInfo Module => summary.Module;

    public static void Write(ModuleSummary summary, string? path, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", SchemaVersion);
        json.WriteString("path", path);
        json.WriteNumber("byteLength", summary.Module.Bytes.Length);
        new JsonInspection(summary, json).Write();
        json.WriteEndObject();
    }

    private void Write()
    {
        WriteSections();
        WriteImports();
        WriteExports();
        WriteMemories();
        WriteTables();
        WriteElementSegments();
        WriteSegments();
        WriteNumberOrNull("startFunction", Module.StartFunc);
    }

    private void WriteSections()
    {
        json.WriteStartArray("sections");
        foreach (SectionInfo section in Module.Sections)
        {
            json.WriteStartObject();
            json.WriteNumber("id", (byte)section.Id);
            json.WriteString("name", section.Id == SectionId.Custom ? Module.NameAt(section.Name) : summary.SectionName(section));
            json.WriteNumber("offset", section.Offset);
            json.WriteNumber("byteLength", section.Whole.Length);
            WriteNumberOrNull("itemCount", summary.ItemCount(section));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteImports()
    {
        json.WriteStartArray("imports");
        foreach (ImportInfo import in Module.Imports)
        {
            json.WriteStartObject();
            json.WriteString("module", Module.NameAt(import.Module));
            json.WriteString("name", Module.NameAt(import.Name));
            WriteItem(import.Kind, import.Index);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteExports()
    {
        json.WriteStartArray("exports");
        foreach (ExportInfo export in Module.Exports)
        {
            json.WriteStartObject();
            json.WriteString("name", Module.NameAt(export.Name));
            WriteItem(export.Kind, export.Index);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteItem(ExternKind kind, uint index)
    {
        json.WriteString("kind", kind.ToString().ToLowerInvariant());
        json.WriteNumber("index", index);
        json.WriteString("type", summary.TypeOf(kind, index));
    }

    private void WriteMemories()
    {
        json.WriteStartArray("memories");
        for (int i = 0; i < Module.Memories.Length; i++)
        {
            MemoryType type = Module.Memories[i].Type;
            json.WriteStartObject();
            json.WriteNumber("index", i);
            json.WriteBoolean("isImported", i < Module.ImportedMemoryCount);
            json.WriteNumber("minimumPages", type.Limits.Minimum);
            WriteNumberOrNull("maximumPages", type.Limits.Maximum);
            json.WriteNumber("pageByteLength", type.PageSize);
            json.WriteBoolean("is64", type.Limits.Is64);
            json.WriteBoolean("isShared", type.Limits.IsShared);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteTables()
    {
        json.WriteStartArray("tables");
        for (int i = 0; i < Module.Tables.Length; i++)
        {
            TableType type = Module.Tables[i].Type;
            json.WriteStartObject();
            json.WriteNumber("index", i);
            json.WriteBoolean("isImported", i < Module.ImportedTableCount);
            json.WriteString("elementType", type.Element.ToString());
            json.WriteNumber("minimum", type.Limits.Minimum);
            WriteNumberOrNull("maximum", type.Limits.Maximum);
            json.WriteBoolean("is64", type.Limits.Is64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteElementSegments()
    {
        json.WriteStartArray("elementSegments");
        foreach (ElementSegmentInfo segment in Module.ElementSegments)
        {
            bool isActive = segment.Mode == SegmentMode.Active;
            json.WriteStartObject();
            json.WriteString("mode", segment.Mode.ToString().ToLowerInvariant());
            WriteNumberOrNull("table", isActive ? segment.TableIndex : null);
            WriteNumberOrNull("offset", isActive ? summary.ConstantOf(segment.OffsetExpr) : null);
            json.WriteString("elementType", segment.Type.ToString());
            json.WriteNumber("count", segment.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteSegments()
    {
        json.WriteStartArray("segments");
        foreach (DataSegmentInfo segment in Module.DataSegments)
        {
            bool isActive = segment.Mode == SegmentMode.Active;
            json.WriteStartObject();
            json.WriteString("mode", isActive ? "active" : "passive");
            WriteNumberOrNull("memory", isActive ? segment.MemoryIndex : null);
            WriteNumberOrNull("address", summary.AddressOf(segment));
            json.WriteNumber("byteLength", segment.Data.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteNumberOrNull(string name, ulong? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
