using System.Globalization;
using System.Text;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Shows a <see cref="ModuleSummary"/> to people.</summary>
internal sealed class TextInspection(ModuleSummary summary, StringBuilder text)
{
    private ModuleInfo Module => summary.Module;

    public static string Format(ModuleSummary summary, string name)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{name}: {summary.Module.Bytes.Length:N0} bytes\n");
        new TextInspection(summary, text).Append();
        return text.ToString();
    }

    private void Append()
    {
        AppendSections();
        AppendImports();
        AppendExports();
        AppendMemories();
        AppendTables();
        AppendElementSegments();
        AppendSegments();
    }

    private void AppendSections()
    {
        Line($"\nSections\n    {"offset",10} {"bytes",14} {"items",10}");
        foreach (SectionInfo section in Module.Sections)
        {
            string items = summary.ItemCount(section)?.ToString("N0", CultureInfo.InvariantCulture) ?? "";
            string name = section.Id == SectionId.Custom ? $"custom {Quote(section.Name)}" : summary.SectionName(section);
            string offset = "0x" + section.Offset.ToString("x", CultureInfo.InvariantCulture);
            Line($"    {offset,10} {section.Whole.Length,14:N0} {items,10}  {name}");
        }
    }

    private void AppendImports()
    {
        AppendTitle("Imports", Module.Imports.Length);
        foreach (ImportInfo import in Module.Imports)
        {
            string type = summary.TypeOf(import.Kind, import.Index);
            Line($"    {Kind(import.Kind),-6} {import.Index,6}  {Quote(import.Module)} {Quote(import.Name)}: {type}");
        }
    }

    private void AppendExports()
    {
        AppendTitle("Exports", Module.Exports.Length);
        foreach (ExportInfo export in Module.Exports)
        {
            Line($"    {Kind(export.Kind),-6} {export.Index,6}  {Quote(export.Name)}: {summary.TypeOf(export.Kind, export.Index)}");
        }
    }

    private void AppendMemories()
    {
        AppendTitle("Memories", Module.Memories.Length);
        for (int i = 0; i < Module.Memories.Length; i++)
        {
            long count = 0;
            long byteLength = 0;
            foreach (DataSegmentInfo segment in Module.DataSegments)
            {
                if (segment.Mode == SegmentMode.Active && segment.MemoryIndex == i)
                {
                    count++;
                    byteLength += segment.Data.Length;
                }
            }

            string imported = i < Module.ImportedMemoryCount ? ", imported" : "";
            string type = summary.TypeOf(ExternKind.Memory, (uint)i);
            Line($"    {i,6}  {type}{imported}; {byteLength:N0} bytes in {count:N0} segment{(count == 1 ? "" : "s")}");
        }
    }

    private void AppendTables()
    {
        AppendTitle("Tables", Module.Tables.Length);
        for (int i = 0; i < Module.Tables.Length; i++)
        {
            string imported = i < Module.ImportedTableCount ? ", imported" : "";
            string width = Module.Tables[i].Type.Limits.Is64 ? ", 64-bit" : "";
            Line($"    {i,6}  {summary.TypeOf(ExternKind.Table, (uint)i)}{width}{imported}");
        }
    }

    private void AppendElementSegments()
    {
        AppendTitle("Element segments", Module.ElementSegments.Length);
        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            ElementSegmentInfo segment = Module.ElementSegments[i];
            string place = segment.Mode == SegmentMode.Active
                ? $"table {segment.TableIndex} at {Offset(segment)}"
                : segment.Mode.ToString().ToLowerInvariant();
            Line($"    {i,6}  {place}, {segment.Count:N0} of {segment.Type}");
        }
    }

    private string Offset(in ElementSegmentInfo segment) =>
        summary.ConstantOf(segment.OffsetExpr) is { } offset
            ? offset.ToString("N0", CultureInfo.InvariantCulture)
            : "an offset computed at instantiation";

    private void AppendSegments()
    {
        AppendTitle("Data segments", Module.DataSegments.Length);
        for (int i = 0; i < Module.DataSegments.Length; i++)
        {
            DataSegmentInfo segment = Module.DataSegments[i];
            string place = segment.Mode == SegmentMode.Passive ? "passive" : $"memory {segment.MemoryIndex} at {Address(segment)}";
            Line($"    {i,6}  {place}, {segment.Data.Length:N0} bytes");
        }
    }

    private string Address(in DataSegmentInfo segment) =>
        summary.AddressOf(segment) is { } address
            ? "0x" + address.ToString("x", CultureInfo.InvariantCulture)
            : "an address computed at instantiation";

    private void AppendTitle(string title, int count)
    {
        Line($"\n{title}: {count:N0}");
    }

    private void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Kind(ExternKind kind) => kind.ToString().ToLowerInvariant();

    private string Quote(ByteRange name) => QuotedText.Of(Module.NameAt(name));
}
