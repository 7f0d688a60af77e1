namespace Wizer.Binary;

/// <summary>
/// Checks everything of a module but its function bodies, in the order of the sections. Core 3.0, Validation: Modules.
/// </summary>
internal ref struct SectionValidator
{
    private readonly ValidationContext _context;
    private readonly ModuleInfo _module;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ConstExprValidator _constExprs;

    internal SectionValidator(ValidationContext context)
    {
        _context = context;
        _module = context.Module;
        _bytes = context.Module.Bytes.Span;
        _constExprs = new ConstExprValidator(context);
    }

    /// <summary>Checks all sections; afterwards the context is complete.</summary>
    internal readonly void Validate()
    {
        // The index spaces do not depend on the order, but the first error does: imports come before the function section.
        new TypeValidator(_context).Validate();
        CheckImports();
        CheckFunctions();
        CheckTables();
        CheckMemories();
        CheckTags();
        CheckGlobals();
        CheckExports();
        CheckStart();
        CheckElementSegments();
        CheckDataSegments();
    }

    private readonly void CheckImports()
    {
        if (_module.ImportGroups.Length != 0 && !_context.IsEnabled(WasmFeatures.CompactImports))
        {
            FeatureGate.NotEnabled("compact imports", _module.ImportGroups[0].Offset);
        }

        // A type that no import has, in a group of none, is not part of the module: there is nothing to check it for.
        foreach (ImportInfo import in _module.Imports)
        {
            int index = (int)import.Index;
            switch (import.Kind)
            {
                case ExternKind.Func:
                    _context.FuncTypeAt(_module.FuncTypeIndices[index], import.Offset);
                    break;
                case ExternKind.Table:
                    CheckTableType(_module.Tables[index].Type, import.Offset);
                    break;
                case ExternKind.Memory:
                    CheckMemoryType(_module.Memories[index].Type, import.Offset);
                    break;
                case ExternKind.Global:
                    GlobalType global = _module.Globals[index].Type;
                    _context.CheckType(global.Value, import.Offset);
                    CheckMutableGlobalFeature(global, import.Offset);
                    break;
                case ExternKind.Tag:
                    CheckTagType(_module.Tags[index].TypeIndex, import.Offset);
                    break;
            }
        }
    }

    private readonly void CheckFunctions()
    {
        uint[] typeIndices = _module.FuncTypeIndices;
        CheckCount("functions", typeIndices.Length, WasmLimits.MaxFunctions, SectionId.Function);
        var funcs = new FuncType[typeIndices.Length];
        FuncType?[] types = _context.FuncTypes;
        for (int i = 0; i < funcs.Length; i++)
        {
            uint typeIndex = typeIndices[i];
            FuncType? type = typeIndex < (uint)types.Length ? types[typeIndex] : null;
            funcs[i] = type ?? _context.FuncTypeAt(typeIndex, OffsetOfFunction(i));
        }

        _context.Funcs = funcs;
    }

    private readonly void CheckTables()
    {
        TableInfo[] tables = _module.Tables;
        CheckCount("tables", tables.Length, WasmLimits.MaxTables, SectionId.Table);
        if (tables.Length > 1 && !_context.IsEnabled(WasmFeatures.ReferenceTypes))
        {
            Throw.Invalid("multiple tables: reference types support is not enabled", tables[1].Offset);
        }

        for (int i = _module.ImportedTableCount; i < tables.Length; i++)
        {
            ref readonly TableInfo table = ref tables[i];
            CheckTableType(table.Type, table.Offset);
            if (table.Init.Length != 0)
            {
                // Tables come before globals, so only imported ones are there to be read.
                _constExprs.Validate(table.Init, table.Type.Element, _module.ImportedGlobalCount);
            }
            else if (!table.Type.Element.IsDefaultable)
            {
                Throw.Invalid("type mismatch: a table of non-nullable references needs an initializer", table.Offset);
            }
        }
    }

    private readonly void CheckMemories()
    {
        MemoryInfo[] memories = _module.Memories;
        CheckCount("memories", memories.Length, WasmLimits.MaxMemories, SectionId.Memory);
        if (memories.Length > 1 && !_context.IsEnabled(WasmFeatures.MultiMemory))
        {
            Throw.Invalid("multiple memories: multi-memory support is not enabled", memories[1].Offset);
        }

        for (int i = _module.ImportedMemoryCount; i < memories.Length; i++)
        {
            CheckMemoryType(memories[i].Type, memories[i].Offset);
        }
    }

    private readonly void CheckTags()
    {
        CheckCount("tags", _module.Tags.Length, WasmLimits.MaxTags, SectionId.Tag);
        for (int i = _module.ImportedTagCount; i < _module.Tags.Length; i++)
        {
            CheckTagType(_module.Tags[i].TypeIndex, _module.Tags[i].Offset);
        }
    }

    private readonly void CheckGlobals()
    {
        GlobalInfo[] globals = _module.Globals;
        CheckCount("globals", globals.Length, WasmLimits.MaxGlobals, SectionId.Global);
        for (int i = _module.ImportedGlobalCount; i < globals.Length; i++)
        {
            ref readonly GlobalInfo global = ref globals[i];
            _context.CheckType(global.Type.Value, global.Offset);
            _constExprs.Validate(global.Init, global.Type.Value, i);
        }
    }

    private readonly void CheckExports()
    {
        ExportInfo[] exports = _module.Exports;
        var names = new NameSet(exports.Length);
        foreach (ExportInfo export in exports)
        {
            switch (export.Kind)
            {
                case ExternKind.Func:
                    CheckIndex("function", export.Index, _module.FuncTypeIndices.Length, export.Offset);
                    _context.DeclareFunc(export.Index);
                    break;
                case ExternKind.Table:
                    CheckIndex("table", export.Index, _module.Tables.Length, export.Offset);
                    break;
                case ExternKind.Memory:
                    CheckIndex("memory", export.Index, _module.Memories.Length, export.Offset);
                    break;
                case ExternKind.Global:
                    CheckIndex("global", export.Index, _module.Globals.Length, export.Offset);
                    CheckMutableGlobalFeature(_module.Globals[export.Index].Type, export.Offset);
                    break;
                case ExternKind.Tag:
                    CheckIndex("tag", export.Index, _module.Tags.Length, export.Offset);
                    break;
            }

            if (!names.Add(export.Name, _bytes))
            {
                Throw.Invalid($"duplicate export name \"{_module.NameAt(export.Name)}\"", export.Offset);
            }
        }
    }

    private readonly void CheckStart()
    {
        if (_module.StartFunc is not uint start)
        {
            return;
        }

        int offset = ContentsOf(SectionId.Start).Offset;
        CheckIndex("function", start, _module.FuncTypeIndices.Length, offset);
        FuncType type = _context.Funcs[start];
        if (type.ParameterArray.Length != 0 || type.ResultArray.Length != 0)
        {
            Throw.Invalid($"start function must have type [] -> [], found {type}", offset);
        }
    }

    private readonly void CheckElementSegments()
    {
        foreach (ElementSegmentInfo segment in _module.ElementSegments)
        {
            if (segment.HasExpressions)
            {
                _context.CheckType(segment.Type, segment.Offset);
            }

            if (segment.Mode == SegmentMode.Active)
            {
                CheckIndex("table", segment.TableIndex, _module.Tables.Length, segment.Offset);
                TableType table = _module.Tables[segment.TableIndex].Type;
                if (!_context.Types.IsSubtype(segment.Type, table.Element))
                {
                    Throw.Invalid($"type mismatch: elements of type {segment.Type} for a table of {table.Element}", segment.Offset);
                }

                _constExprs.Validate(segment.OffsetExpr, table.Limits.AddressType, _module.Globals.Length);
            }
            else if (!_context.IsEnabled(WasmFeatures.BulkMemory))
            {
                FeatureGate.NotEnabled("bulk memory", segment.Offset);
            }

            CheckElementItems(segment);
        }
    }

    private readonly void CheckElementItems(ElementSegmentInfo segment)
    {
        var reader = new WasmReader(segment.Items.Of(_bytes), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++)
        {
            if (segment.HasExpressions)
            {
                _constExprs.Validate(ref reader, segment.Type, _module.Globals.Length);
            }
            else
            {
                long at = reader.Offset;
                uint funcIndex = reader.ReadU32();
                CheckIndex("function", funcIndex, _module.FuncTypeIndices.Length, at);
                _context.DeclareFunc(funcIndex);
            }
        }
    }

    private readonly void CheckDataSegments()
    {
        foreach (DataSegmentInfo segment in _module.DataSegments)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                CheckIndex("memory", segment.MemoryIndex, _module.Memories.Length, segment.Offset);
                ValType address = _module.Memories[segment.MemoryIndex].Type.Limits.AddressType;
                _constExprs.Validate(segment.OffsetExpr, address, _module.Globals.Length);
            }
            else if (!_context.IsEnabled(WasmFeatures.BulkMemory))
            {
                FeatureGate.NotEnabled("bulk memory", segment.Offset);
            }
        }
    }

    internal readonly void CheckTableType(TableType type, long offset)
    {
        _context.CheckRefType(type.Element, offset);
        Limits limits = type.Limits;
        ulong most = limits.Is64 ? ulong.MaxValue : uint.MaxValue;
        if (limits.Minimum > most || limits.Maximum > most)
        {
            Throw.Invalid("table size must be at most 2^32-1", offset);
        }

        CheckLimits(limits, offset);
        if (limits.IsShared)
        {
            Throw.Invalid("shared tables are not supported", offset);
        }
    }

    internal readonly void CheckMemoryType(MemoryType type, long offset)
    {
        if (type.PageSizeLog2 is not (0 or 16))
        {
            Throw.Invalid($"invalid custom page size: 2^{type.PageSizeLog2}, only 1 and 65536 are allowed", offset);
        }

        if (type.PageSizeLog2 != 16 && !_context.IsEnabled(WasmFeatures.CustomPageSizes))
        {
            FeatureGate.NotEnabled("custom page sizes", offset);
        }

        Limits limits = type.Limits;
        ulong most = type.PageSizeLog2 == 16 ? (limits.Is64 ? 1UL << 48 : 1UL << 16) : limits.Is64 ? ulong.MaxValue : uint.MaxValue;
        if (limits.Minimum > most || limits.Maximum > most)
        {
            string text = most switch
            {
                1UL << 16 => "65536 pages (4GiB)",
                1UL << 48 => "2^48 pages (16EiB)",
                uint.MaxValue => "2^32-1 pages of one byte",
                _ => "2^64-1 pages of one byte",
            };
            Throw.Invalid($"memory size must be at most {text}", offset);
        }

        CheckLimits(limits, offset);
        if (limits.IsShared)
        {
            if (!_context.IsEnabled(WasmFeatures.Threads))
            {
                FeatureGate.NotEnabled("threads", offset);
            }

            if (limits.Maximum is null)
            {
                Throw.Invalid("shared memory must have maximum", offset);
            }
        }
    }

    private readonly void CheckLimits(Limits limits, long offset)
    {
        if (limits.Is64 && !_context.IsEnabled(WasmFeatures.Memory64))
        {
            FeatureGate.NotEnabled("memory64", offset);
        }

        if (limits.Minimum > limits.Maximum)
        {
            Throw.Invalid($"size minimum must not be greater than maximum: {limits.Minimum} > {limits.Maximum}", offset);
        }
    }

    private readonly void CheckTagType(uint typeIndex, long offset)
    {
        if (!_context.IsEnabled(WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions))
        {
            FeatureGate.NotEnabled("exceptions", offset);
        }

        FuncType type = _context.FuncTypeAt(typeIndex, offset);
        if (type.ResultArray.Length != 0)
        {
            Throw.Invalid($"non-empty tag result type: {type}", offset);
        }
    }

    private readonly void CheckMutableGlobalFeature(GlobalType type, long offset)
    {
        if (type.IsMutable && !_context.IsEnabled(WasmFeatures.MutableGlobals))
        {
            FeatureGate.NotEnabled("mutable global", offset);
        }
    }

    // The reader has counted each section; here imports and definitions are taken together.
    private readonly void CheckCount(string what, int count, int most, SectionId section)
    {
        if (count > most)
        {
            Throw.Invalid($"too many {what}: {count}, at most {most} are supported", ContentsOf(section).Offset);
        }
    }

    private static void CheckIndex(string what, uint index, int count, long offset)
    {
        if (index >= (uint)count)
        {
            Throw.Unknown(what, index, count, offset);
        }
    }

    private readonly ByteRange ContentsOf(SectionId id)
    {
        foreach (SectionInfo section in _module.Sections)
        {
            if (section.Id == id)
            {
                return section.Contents;
            }
        }

        return default;
    }

    // The function section keeps no offsets: only an error needs one.
    private readonly long OffsetOfFunction(int funcIndex)
    {
        int defined = funcIndex - _module.ImportedFuncCount;
        ByteRange contents = ContentsOf(SectionId.Function);
        var reader = new WasmReader(contents.Of(_bytes), contents.Offset);
        reader.ReadU32();
        for (int i = 0; i < defined; i++)
        {
            reader.ReadU32();
        }

        return reader.Offset;
    }
}
