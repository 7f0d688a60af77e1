namespace Wizer.Binary;

/// <summary>The import section: it opens every index space. Core 3.0, Binary Format: Import Section.</summary>
internal static class ImportSection
{
    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxImports, "imports");
        var imports = new ItemList<ImportInfo>(count);
        var funcs = new ItemList<uint>(0);
        var tables = new ItemList<TableInfo>(0);
        var memories = new ItemList<MemoryInfo>(0);
        var globals = new ItemList<GlobalInfo>(0);
        var tags = new ItemList<TagInfo>(0);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            ByteRange module = reader.ReadName();
            ByteRange name = reader.ReadName();
            int at = (int)reader.Offset;
            byte kind = reader.ReadByte();
            int index;
            switch ((ExternKind)kind)
            {
                case ExternKind.Func:
                    index = funcs.Count;
                    funcs.Add(reader.ReadU32());
                    break;
                case ExternKind.Table:
                    index = tables.Count;
                    tables.Add(new TableInfo(TypeReader.ReadTableType(ref reader), default, at));
                    break;
                case ExternKind.Memory:
                    index = memories.Count;
                    memories.Add(new MemoryInfo(TypeReader.ReadMemoryType(ref reader), at));
                    break;
                case ExternKind.Global:
                    index = globals.Count;
                    globals.Add(new GlobalInfo(TypeReader.ReadGlobalType(ref reader), default, at));
                    break;
                case ExternKind.Tag:
                    index = tags.Count;
                    tags.Add(new TagInfo(TypeReader.ReadTagType(ref reader), at));
                    break;
                default:
                    Throw.Malformed("malformed import kind", at);
                    return;
            }

            imports.Add(new ImportInfo(module, name, (ExternKind)kind, (uint)index, offset));
        }

        info.Imports = imports.ToArray();
        info.FuncTypeIndices = funcs.ToArray();
        info.Tables = tables.ToArray();
        info.Memories = memories.ToArray();
        info.Globals = globals.ToArray();
        info.Tags = tags.ToArray();
        info.ImportedFuncCount = info.FuncTypeIndices.Length;
        info.ImportedTableCount = info.Tables.Length;
        info.ImportedMemoryCount = info.Memories.Length;
        info.ImportedGlobalCount = info.Globals.Length;
        info.ImportedTagCount = info.Tags.Length;
    }
}
