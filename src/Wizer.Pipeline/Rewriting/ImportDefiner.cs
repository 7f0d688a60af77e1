using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes a module that defines what another one imports, before anything of it runs. Definitions come behind the imports of their kind
/// that are left, in their order and before all others of that kind: every index stays what it is, and code stays byte for byte, where
/// possible at its offset in the file.
/// </summary>
internal sealed class ImportDefiner
{
    private const int MinPaddingLength = 3;

    private readonly ModuleInfo _module;
    private readonly ImportPlan _plan;
    private readonly ModuleAssembler _output;
    private readonly DefinedSizes _sizes;
    private readonly List<ImportInfo> _defined = [];
    private readonly List<ImportInfo> _exported = [];

    // How far before its old place the code comes, and whether it would without a section before it.
    private int _shift;
    private bool _isPadded;

    private ImportDefiner(ModuleInfo module, ImportPlan plan, ModuleAssembler output)
    {
        _module = module;
        _plan = plan;
        _output = output;
        _sizes = new DefinedSizes(module, plan);
        foreach (ImportInfo import in module.Imports)
        {
            if (IsDefined(import))
            {
                _defined.Add(import);
            }
        }

        FindExports();
    }

    /// <summary>Writes the module.</summary>
    /// <param name="context">The input.</param>
    /// <param name="plan">What is defined in it.</param>
    /// <returns>What is initialized.</returns>
    /// <exception cref="WizerException">A memory or table would have to be larger than its type allows.</exception>
    internal static ModuleContext Apply(ModuleContext context, ImportPlan plan)
    {
        using var assembler = new ModuleAssembler(context.Module.Bytes);
        var definer = new ImportDefiner(context.Module, plan, assembler);
        definer.Write();
        ModuleSlices slices = assembler.Finish();
        using var buffer = new PooledBuffer((int)slices.ByteLength);
        new BufferWriterSink(buffer).Write(slices);

        // Whatever validation has learned is about indices and bodies.
        return new ModuleContext(ModuleReader.Parse(buffer.ToArray()), context.Validation)
        {
            InputByteLength = context.InputByteLength,
            CodeShift = definer._shift,
            HasPadding = definer._isPadded,
            ShowsTables = context.ShowsTables,
            IsLibrary = SharedLibrary.Find(context.Module) is not null,
        };
    }

    private bool IsDefined(in ImportInfo import) => import.Kind switch
    {
        ExternKind.Memory => _plan.DefinesMemories,
        ExternKind.Table => _plan.DefinesTables,
        ExternKind.Global => _plan.ValueOf(import.Index) is not null,
        _ => false,
    };

    // Hosts reach into memories and tables, and got these from outside.
    private void FindExports()
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        var names = new HashSet<string>();
        foreach (ImportInfo import in _defined)
        {
            bool isState = import.Kind is ExternKind.Memory or ExternKind.Table;
            if (isState && _module.FindExport(import.Name.Of(bytes)) < 0 && names.Add(_module.NameAt(import.Name)))
            {
                _exported.Add(import);
            }
        }
    }

    private void Write()
    {
        _output.Writer.WritePreamble();
        var missing = new MissingSections(_module, NeedsSection);
        int count = _module.Sections.Length;
        for (int i = 0; i <= count; i++)
        {
            while (missing.TryTake(i, count, out SectionId id))
            {
                WriteSection(id);
            }

            if (i < count)
            {
                WriteSection(_module.Sections[i]);
            }
        }
    }

    private bool NeedsSection(SectionId id) => id switch
    {
        SectionId.Table => _plan.DefinesTables,
        SectionId.Memory => _plan.DefinesMemories,
        SectionId.Global => _plan.DefinesGlobals,
        SectionId.Export => _exported.Count != 0,
        _ => false,
    };

    private void WriteSection(in SectionInfo section)
    {
        bool isWritten = section.Id switch
        {
            SectionId.Element or SectionId.Data => _plan.DefinesGlobals,
            SectionId.Table => NeedsSection(section.Id) || _plan.DefinesGlobals,
            _ => section.Id == SectionId.Import || NeedsSection(section.Id),
        };
        if (isWritten)
        {
            WriteSection(section.Id);
            return;
        }

        if (section.Id == SectionId.Code)
        {
            KeepPlace(section);
        }

        // Nobody is to give the module a part of a memory any more.
        if (!_plan.DefinesMemories || !SharedLibrary.Is(_module, section))
        {
            _output.AddSection(section);
        }
    }

    private void KeepPlace(in SectionInfo code)
    {
        int headerLength = 1 + WasmWriter.SizeOfU32((uint)code.Contents.Length);
        _shift = code.Contents.Offset - headerLength - (int)_output.ByteLength;
        if (_shift >= MinPaddingLength)
        {
            CodePadding.Write(_shift, _output);
            _shift = 0;
            _isPadded = true;
        }
    }

    private void WriteSection(SectionId id)
    {
        if (id == SectionId.Import && _defined.Count == _module.Imports.Length)
        {
            return;
        }

        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(id);
        switch (id)
        {
            case SectionId.Import:
                WriteImports(writer);
                break;
            case SectionId.Table:
                WriteTables(writer);
                break;
            case SectionId.Memory:
                WriteMemories(writer);
                break;
            case SectionId.Global:
                WriteGlobals(writer);
                break;
            case SectionId.Export:
                WriteExports(writer);
                break;
            case SectionId.Element:
                WriteElements(writer);
                break;
            default:
                WriteData(writer);
                break;
        }

        writer.EndSized(section);
    }

    private void WriteImports(WasmWriter writer)
    {
        writer.WriteU32((uint)(_module.Imports.Length - _defined.Count));
        foreach (ImportInfo import in _module.Imports)
        {
            if (!IsDefined(import))
            {
                ImportWriter.Write(_module, import, writer);
            }
        }
    }

    private void WriteTables(WasmWriter writer)
    {
        int keptCount = _plan.DefinesTables ? 0 : _module.ImportedTableCount;
        writer.WriteU32((uint)(_module.Tables.Length - keptCount));
        for (int i = keptCount; i < _module.Tables.Length; i++)
        {
            TableInfo table = _module.Tables[i];
            if (table.Init.Length != 0)
            {
                writer.WriteBytes([0x40, 0x00]);
            }

            writer.WriteTableType(i < _module.ImportedTableCount ? _sizes.OfTable(i) : table.Type);
            WriteExpressions(table.Init, writer);
        }
    }

    private void WriteMemories(WasmWriter writer)
    {
        writer.WriteU32((uint)_module.Memories.Length);
        for (int i = 0; i < _module.Memories.Length; i++)
        {
            writer.WriteMemoryType(i < _module.ImportedMemoryCount ? _sizes.OfMemory(i) : _module.Memories[i].Type);
        }
    }

    private void WriteGlobals(WasmWriter writer)
    {
        int firstDefined = 0;
        while (_plan.ValueOf((uint)firstDefined) is null)
        {
            firstDefined++;
        }

        writer.WriteU32((uint)(_module.Globals.Length - firstDefined));
        for (int i = firstDefined; i < _module.Globals.Length; i++)
        {
            GlobalInfo global = _module.Globals[i];
            writer.WriteGlobalType(global.Type);
            if (_plan.ValueOf((uint)i) is { } value)
            {
                value.WriteTo(writer, global.Type.Value);
                writer.WriteOpcode(Opcode.End);
            }
            else
            {
                WriteExpressions(global.Init, writer);
            }
        }
    }

    private void WriteExports(WasmWriter writer)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        writer.WriteU32((uint)(_module.Exports.Length + _exported.Count));
        foreach (ExportInfo export in _module.Exports)
        {
            WriteExport(export.Name.Of(bytes), export.Kind, export.Index, writer);
        }

        foreach (ImportInfo import in _exported)
        {
            WriteExport(import.Name.Of(bytes), import.Kind, import.Index, writer);
        }
    }

    private static void WriteExport(ReadOnlySpan<byte> name, ExternKind kind, uint index, WasmWriter writer)
    {
        writer.WriteByteVector(name);
        writer.WriteByte((byte)kind);
        writer.WriteU32(index);
    }

    private void WriteElements(WasmWriter writer)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        writer.WriteU32((uint)_module.ElementSegments.Length);
        foreach (ElementSegmentInfo segment in _module.ElementSegments)
        {
            int start = WriteOffset(segment.Mode, segment.Offset, segment.OffsetExpr, writer);
            writer.WriteBytes(bytes[start..segment.Items.Offset]);
            if (segment.HasExpressions)
            {
                WriteExpressions(segment.Items, writer);
            }
            else
            {
                writer.WriteBytes(segment.Items.Of(bytes));
            }
        }
    }

    private void WriteData(WasmWriter writer)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        writer.WriteU32((uint)_module.DataSegments.Length);
        foreach (DataSegmentInfo segment in _module.DataSegments)
        {
            int start = WriteOffset(segment.Mode, segment.Offset, segment.OffsetExpr, writer);
            writer.WriteBytes(bytes[start..segment.Data.End]);
        }
    }

    // Up to behind the offset of an active segment, where the rest of it starts; any other starts where it did.
    private int WriteOffset(SegmentMode mode, int start, ByteRange offset, WasmWriter writer)
    {
        if (mode != SegmentMode.Active)
        {
            return start;
        }

        writer.WriteBytes(_module.Bytes.Span[start..offset.Offset]);
        WriteExpressions(offset, writer);
        return offset.End;
    }

    // Only imported globals could be read in all versions of the language: those that are none any more give way to their values.
    private void WriteExpressions(ByteRange expressions, WasmWriter writer)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        var reader = new WasmReader(expressions.Of(bytes), expressions.Offset);
        while (!reader.IsAtEnd)
        {
            int start = (int)reader.Offset;
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (instruction.Opcode == Opcode.GlobalGet && _plan.ValueOf(instruction.Index) is { } value)
            {
                value.WriteTo(writer, _module.Globals[instruction.Index].Type.Value);
            }
            else
            {
                writer.WriteBytes(bytes[start..(int)reader.Offset]);
            }
        }
    }
}
