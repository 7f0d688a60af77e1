namespace Wizer.Binary;

/// <summary>
/// The import section: it opens every index space. Core 3.0, Binary Format: Import Section; compact import section proposal.
/// </summary>
internal static class ImportSection
{
    // In the place of a kind, behind an empty name: several imports of one module follow.
    private const byte SharedModule = 0x7f;
    private const byte SharedType = 0x7e;

    internal static void Read(ref WasmReader reader, ModuleInfo info)
    {
        int count = reader.ReadCount(WasmLimits.MaxImports, "imports");
        var spaces = new IndexSpaces(count);
        for (int i = 0; i < count; i++)
        {
            int offset = (int)reader.Offset;
            ByteRange module = reader.ReadName();
            ByteRange name = reader.ReadName();
            if (name.Length == 0 && reader.TryPeek(out byte marker) && marker is SharedModule or SharedType)
            {
                ReadGroup(ref reader, ref spaces, module, offset);
            }
            else
            {
                spaces.AddImport(ReadType(ref reader), module, name, offset);
            }
        }

        spaces.MoveTo(info);
    }

    /// <summary>Reads the type of an import, as the type that imports of a group share is written too.</summary>
    internal static ImportType ReadType(ref WasmReader reader)
    {
        int at = (int)reader.Offset;
        byte kind = reader.ReadByte();
        switch ((ExternKind)kind)
        {
            case ExternKind.Func:
                return new ImportType((ExternKind)kind, at) { TypeIndex = reader.ReadU32() };
            case ExternKind.Table:
                return new ImportType((ExternKind)kind, at) { Table = TypeReader.ReadTableType(ref reader) };
            case ExternKind.Memory:
                return new ImportType((ExternKind)kind, at) { Memory = TypeReader.ReadMemoryType(ref reader) };
            case ExternKind.Global:
                return new ImportType((ExternKind)kind, at) { Global = TypeReader.ReadGlobalType(ref reader) };
            case ExternKind.Tag:
                return new ImportType((ExternKind)kind, at) { TypeIndex = TypeReader.ReadTagType(ref reader) };
            default:
                Throw.Malformed("malformed import kind", at);
                return default;
        }
    }

    private static void ReadGroup(ref WasmReader reader, ref IndexSpaces spaces, ByteRange module, int offset)
    {
        bool sharesType = reader.ReadByte() == SharedType;
        int typeStart = (int)reader.Offset;
        ImportType type = sharesType ? ReadType(ref reader) : default;
        var typeRange = new ByteRange(typeStart, (int)reader.Offset - typeStart);
        int countAt = (int)reader.Offset;
        int count = reader.ReadCount();
        spaces.CheckRoom(count, countAt);
        spaces.Groups.Add(new ImportGroupInfo(spaces.ImportCount, count, sharesType, module, typeRange, offset));
        for (int i = 0; i < count; i++)
        {
            int itemOffset = (int)reader.Offset;
            ByteRange name = reader.ReadName();
            spaces.AddImport(sharesType ? type : ReadType(ref reader), module, name, itemOffset);
        }
    }

    /// <summary>What is imported; what its kind does not need is left out.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Offset">The module offset of the kind.</param>
    internal readonly record struct ImportType(ExternKind Kind, int Offset)
    {
        /// <summary>Of a function or a tag.</summary>
        internal uint TypeIndex { get; init; }

        internal TableType Table { get; init; }

        internal MemoryType Memory { get; init; }

        internal GlobalType Global { get; init; }
    }

    private struct IndexSpaces(int expectedCount)
    {
        internal ItemList<ImportGroupInfo> Groups = new(0);

        private ItemList<ImportInfo> _imports = new(expectedCount);
        private ItemList<uint> _funcs = new(0);
        private ItemList<TableInfo> _tables = new(0);
        private ItemList<MemoryInfo> _memories = new(0);
        private ItemList<GlobalInfo> _globals = new(0);
        private ItemList<TagInfo> _tags = new(0);

        internal readonly int ImportCount => _imports.Count;

        /// <summary>Groups of many imports add up: the limit holds for all of them.</summary>
        internal readonly void CheckRoom(int count, int offset)
        {
            if (count > WasmLimits.MaxImports - _imports.Count)
            {
                long total = (long)_imports.Count + count;
                Throw.Malformed($"too many imports: {total}, at most {WasmLimits.MaxImports} are supported", offset);
            }
        }

        internal void AddImport(in ImportType type, ByteRange module, ByteRange name, int offset)
        {
            CheckRoom(1, offset);
            int index;
            switch (type.Kind)
            {
                case ExternKind.Func:
                    index = _funcs.Count;
                    _funcs.Add(type.TypeIndex);
                    break;
                case ExternKind.Table:
                    index = _tables.Count;
                    _tables.Add(new TableInfo(type.Table, default, type.Offset));
                    break;
                case ExternKind.Memory:
                    index = _memories.Count;
                    _memories.Add(new MemoryInfo(type.Memory, type.Offset));
                    break;
                case ExternKind.Global:
                    index = _globals.Count;
                    _globals.Add(new GlobalInfo(type.Global, default, type.Offset));
                    break;
                default:
                    index = _tags.Count;
                    _tags.Add(new TagInfo(type.TypeIndex, type.Offset));
                    break;
            }

            _imports.Add(new ImportInfo(module, name, type.Kind, (uint)index, offset));
        }

        internal void MoveTo(ModuleInfo info)
        {
            info.Imports = _imports.ToArray();
            info.ImportGroups = Groups.ToArray();
            info.FuncTypeIndices = _funcs.ToArray();
            info.Tables = _tables.ToArray();
            info.Memories = _memories.ToArray();
            info.Globals = _globals.ToArray();
            info.Tags = _tags.ToArray();
            info.ImportedFuncCount = info.FuncTypeIndices.Length;
            info.ImportedTableCount = info.Tables.Length;
            info.ImportedMemoryCount = info.Memories.Length;
            info.ImportedGlobalCount = info.Globals.Length;
            info.ImportedTagCount = info.Tags.Length;
        }
    }
}
