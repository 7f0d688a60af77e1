namespace Wizer.Binary;

/// <summary>The export section. Core 3.0, Binary Format: Export Section.</summary>
internal static class ExportSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxExports, "exports");
        var exports = new ItemList<ExportInfo>(count);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            ByteRange name = reader.ReadName();
            long at = reader.Offset;
            byte kind = reader.ReadByte();
            if (kind > (byte)ExternKind.Tag)
            {
                Throw.Malformed("malformed export kind", at);
            }

            exports.Add(new ExportInfo(name, (ExternKind)kind, reader.ReadU32(), offset));
        }

        info.Exports = exports.ToArray();
    }
}
