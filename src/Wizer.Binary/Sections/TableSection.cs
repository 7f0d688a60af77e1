namespace Wizer.Binary;

/// <summary>The table section. Core 3.0, Binary Format: Table Section.</summary>
internal static class TableSection
{
    private const byte WithInitCode = 0x40;

    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxTables, "tables");
        var tables = new ItemList<TableInfo>(info.Tables.Length + count);
        tables.AddRange(info.Tables);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            bool hasInit = reader.TryPeek(out byte code) && code == WithInitCode;
            if (hasInit)
            {
                reader.ReadByte();
                long at = reader.Offset;
                if (reader.ReadByte() != 0)
                {
                    Throw.Malformed("malformed table", at);
                }
            }

            TableType type = TypeReader.ReadTableType(ref reader);
            tables.Add(new TableInfo(type, hasInit ? ConstExpr.Skip(ref reader) : default, offset));
        }

        info.Tables = tables.ToArray();
    }
}
