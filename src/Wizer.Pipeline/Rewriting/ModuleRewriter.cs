using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes the module whose instances start in the state of a snapshot. Sections keep their order; those that hold no state
/// stay byte for byte, the code section first of all.
/// </summary>
internal sealed class ModuleRewriter
{
    private readonly ModuleContext _context;
    private readonly ModuleInfo _module;
    private readonly SnapshotData _snapshot;
    private readonly RenameTable _renames;
    private readonly byte[]? _droppedInitFunc;

    // How many of the input's data segments are kept.
    private readonly int _oldDataCount;

    // The functions that only an export or a segment declared that is gone.
    private readonly uint[] _undeclaredFuncs;
    private readonly WizerOptions _options;
    private readonly ModuleAssembler _output;

    // Where the code section is among the input's, if it must not move; otherwise -1.
    private readonly int _mappedCode;

    // By how many bytes the code section would come too early.
    private int _padding;

    private ModuleRewriter(
        ModuleContext context, SnapshotData snapshot, RenameTable renames, WizerOptions options, ModuleAssembler output)
    {
        _context = context;
        _module = context.Module;
        _snapshot = snapshot;
        _renames = renames;
        _droppedInitFunc = options.KeepInitFunc ? null : System.Text.Encoding.UTF8.GetBytes(options.InitFunc);
        _oldDataCount = context.KeptDataCount(options.Layout);
        _undeclaredFuncs = new FuncDeclarations(context, snapshot.References).FindMissing(
            export => Keeps(export.Name.Of(_module.Bytes.Span), out _));
        _options = options;
        _output = output;
        _mappedCode = CodePadding.FindMappedCode(_module);
    }

    private RestoreCode? Restore => _snapshot.References.Restore;

    private bool ReplacesPadding => _context.HasPadding || (_mappedCode >= 0 && _options.Layout != ModuleLayout.Compatible);

    // Whether the element section does not stay as it is.
    private bool WritesElements => _undeclaredFuncs.Length != 0 || _snapshot.References.Elements is not null;

    /// <summary>Writes the module.</summary>
    /// <returns>By how many bytes the code section moved, in a module with a source map; otherwise 0.</returns>
    internal static long Write(
        ModuleContext context, SnapshotData snapshot, RenameTable renames, WizerOptions options, ModuleAssembler output)
    {
        var rewriter = new ModuleRewriter(context, snapshot, renames, options, output);
        long codeMove = rewriter.FindCodeMove();
        bool mayPad = codeMove < 0 && options.Layout != ModuleLayout.Compatible;
        if (mayPad && CodePadding.TryFit(-codeMove, context.Module, out rewriter._padding))
        {
            codeMove = 0;
        }

        rewriter.WriteSections(context.Module.Sections.Length);
        return codeMove;
    }

    // Before anything is written, since the section that makes room comes before others that have yet to be measured.
    private long FindCodeMove()
    {
        if (_mappedCode < 0)
        {
            return 0;
        }

        using var trial = new ModuleAssembler(_module.Bytes);
        new ModuleRewriter(_context, _snapshot, _renames, _options, trial).WriteSections(_mappedCode);
        ByteRange code = _module.Sections[_mappedCode].Contents;
        if (Restore is null)
        {
            return trial.ByteLength + 1 + WasmWriter.SizeOfU32((uint)code.Length) - code.Offset - _context.CodeShift;
        }

        // More functions may take a longer count, and a longer size.
        ByteRange bodies = BehindCount(code);
        long size = SizeOfCode(bodies, out uint count);
        return trial.ByteLength + 1 + WasmWriter.SizeOfU32((uint)size) + WasmWriter.SizeOfU32(count) - bodies.Offset
            - _context.CodeShift;
    }

    /// <summary>Writes the sections of the input up to one of them, and what comes new before that.</summary>
    private void WriteSections(int end)
    {
        _output.Writer.WritePreamble();
        var missing = new MissingSections(_module, NeedsSection);
        int dataPlace = FindPlaceForData();
        for (int i = 0; i <= end; i++)
        {
            while (missing.TryTake(i, dataPlace, out SectionId id))
            {
                WriteMissing(id);
            }

            if (i == dataPlace)
            {
                DataSectionRewriter.Write(_module, _oldDataCount, _snapshot, _output);
            }

            if (i == _mappedCode)
            {
                CodePadding.Write(_padding, _output);
            }

            if (i < end)
            {
                WriteSection(_module.Sections[i]);
            }
        }
    }

    // Whether there has to be a section, of those that may have to be there when the input has none.
    private bool NeedsSection(SectionId id) => id switch
    {
        SectionId.Type => _snapshot.References.AddedTypeCount != 0,
        SectionId.Function or SectionId.Code => Restore is not null,
        SectionId.Global => _snapshot.References.AddedGlobalCount != 0,
        SectionId.Export => _snapshot.References.AddedExportCount != 0,
        SectionId.Start => Restore?.StartFunc is not null,
        SectionId.Element => WritesElements && (_undeclaredFuncs.Length != 0 || _snapshot.References.Elements is { Count: > 0 }),
        SectionId.DataCount => Restore is not null && (_snapshot.References.HasImage || _module.DataCount is not null),
        _ => false,
    };

    private void WriteMissing(SectionId id)
    {
        switch (id)
        {
            case SectionId.Type:
                WriteTypes(default);
                break;
            case SectionId.Function:
                WriteFunctions(default);
                break;
            case SectionId.Global:
                WriteGlobals();
                break;
            case SectionId.Export:
                WriteExports();
                break;
            case SectionId.Start:
                WriteStart();
                break;
            case SectionId.Element:
                ElementSectionRewriter.Write(_module, _snapshot.References.Elements, _undeclaredFuncs, _output);
                break;
            case SectionId.DataCount:
                WriteDataCount();
                break;
            default:
                WriteCode(default);
                break;
        }
    }

    private void WriteSection(in SectionInfo section)
    {
        switch (section.Id)
        {
            case SectionId.Type when _snapshot.References.AddedTypeCount != 0:
                WriteTypes(section.Contents);
                break;
            case SectionId.Import when !_context.IsInComponent && _module.ImportedMemoryCount + _module.ImportedTableCount != 0
                && ImportSectionRewriter.IsNeeded(_module, _snapshot):
                ImportSectionRewriter.Write(_module, _snapshot, _output);
                break;
            case SectionId.Function when Restore is not null:
                WriteFunctions(section.Contents);
                break;
            case SectionId.Code when Restore is not null:
                WriteCode(section.Contents);
                break;
            case SectionId.Start when Restore?.StartFunc is not null:
                // The input's has run.
                WriteStart();
                break;
            case SectionId.Table when _snapshot.References.Tables.Length != 0:
                WriteTables(section);
                break;
            case SectionId.Memory:
                WriteMemories();
                break;
            case SectionId.Global:
                WriteGlobals();
                break;
            case SectionId.Export:
                WriteExports();
                break;
            case SectionId.Element when WritesElements:
                ElementSectionRewriter.Write(_module, _snapshot.References.Elements, _undeclaredFuncs, _output);
                break;
            case SectionId.DataCount:
                WriteDataCount();
                break;
            case SectionId.Start or SectionId.Data:
                // The one has run, the other is written at its place, by WriteSections.
                break;
            case SectionId.Custom when ReplacesPadding && CodePadding.Is(_module, section):
                // Of an earlier run, or of imports that were there; what is needed now is another matter.
                break;
            case SectionId.Custom when ProfileSection.Is(_module, section):
                // What it says is about what has been done.
                break;
            case SectionId.Custom when _oldDataCount < _module.DataSegments.Length || _snapshot.References.Elements is { Renumbers: true }:
                SegmentNameRewriter.Write(_module, section, (uint)_oldDataCount, _snapshot.References.Elements, _output);
                break;
            default:
                _output.AddSection(section);
                break;
        }
    }

    /// <summary>
    /// The index of the section that the data section comes before: the data section itself where there is one; otherwise
    /// the first <c>name</c> section that follows everything else, because some tools expect that one last.
    /// </summary>
    private int FindPlaceForData()
    {
        SectionInfo[] sections = _module.Sections;
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        int place = sections.Length;
        for (int i = sections.Length - 1; i >= 0; i--)
        {
            if (sections[i].Id == SectionId.Data)
            {
                return i;
            }

            if (sections[i].Id != SectionId.Custom)
            {
                break;
            }

            if (sections[i].Name.Of(bytes).SequenceEqual("name"u8))
            {
                place = i;
            }
        }

        return place;
    }

    private void WriteTables(in SectionInfo section)
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        WasmWriter writer = _output.Writer;
        int mark = writer.BeginSection(SectionId.Table);
        writer.WriteU32((uint)(_module.Tables.Length - _module.ImportedTableCount));
        for (int i = _module.ImportedTableCount; i < _module.Tables.Length; i++)
        {
            if (_snapshot.References.TableAt(i) is { } entry)
            {
                writer.WriteBytes(entry);
            }
            else
            {
                // Nothing stands between two of them.
                int end = i + 1 < _module.Tables.Length ? _module.Tables[i + 1].Offset : section.Contents.End;
                writer.WriteBytes(bytes[_module.Tables[i].Offset..end]);
            }
        }

        writer.EndSized(mark);
    }

    private void WriteMemories()
    {
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Memory);
        writer.WriteU32((uint)(_module.Memories.Length - _module.ImportedMemoryCount));
        for (int i = _module.ImportedMemoryCount; i < _module.Memories.Length; i++)
        {
            MemoryType type = _module.Memories[i].Type;
            writer.WriteMemoryType(type with { Limits = type.Limits with { Minimum = _snapshot.PageCounts[i] } });
        }

        writer.EndSized(section);
    }

    private void WriteGlobals()
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Global);
        writer.WriteU32((uint)(_module.Globals.Length - _module.ImportedGlobalCount + _snapshot.References.AddedGlobalCount));
        int nextValue = _context.ImportedValueCount;
        for (int i = _module.ImportedGlobalCount; i < _module.Globals.Length; i++)
        {
            GlobalInfo global = _module.Globals[i];
            if (ModuleContext.IsRead(global.Type))
            {
                writer.WriteGlobalType(global.Type);
                GlobalValue value = _snapshot.Globals[nextValue++];
                new ConstantValue(value.LowBits, value.HighBits).WriteTo(writer, value.Type);
                writer.WriteOpcode(Opcode.End);
            }
            else if (_snapshot.References.GlobalAt(i) is { } init)
            {
                writer.WriteGlobalType(global.Type);
                writer.WriteBytes(init);
            }
            else
            {
                writer.WriteBytes(new ByteRange(global.Offset, global.Init.End - global.Offset).Of(bytes));
            }
        }

        writer.WriteBytes(_snapshot.References.AddedGlobals);
        writer.EndSized(section);
    }

    private void WriteExports()
    {
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        uint count = (uint)_snapshot.References.AddedExportCount;
        foreach (ExportInfo export in _module.Exports)
        {
            count += Keeps(export.Name.Of(bytes), out _) ? 1u : 0;
        }

        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Export);
        writer.WriteU32(count);
        foreach (ExportInfo export in _module.Exports)
        {
            ReadOnlySpan<byte> name = export.Name.Of(bytes);
            if (Keeps(name, out byte[]? renamed))
            {
                writer.WriteByteVector(renamed is null ? name : renamed);
                writer.WriteByte((byte)export.Kind);
                writer.WriteU32(export.Index);
            }
        }

        writer.WriteBytes(_snapshot.References.AddedExports);
        writer.EndLonger(section, CodePadding.InExports(_padding));
    }

    private bool Keeps(ReadOnlySpan<byte> name, out byte[]? renamed)
    {
        renamed = null;
        if ((_droppedInitFunc is not null && name.SequenceEqual(_droppedInitFunc))
            || (_context.HasReactorInit && name.SequenceEqual(ModuleContext.ReactorInitUtf8))
            || (_context.IsLibrary && name.SequenceEqual(SharedLibrary.RelocationFuncUtf8)))
        {
            return false;
        }

        return _renames.TryMap(name, out renamed);
    }

    private void WriteDataCount()
    {
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.DataCount);
        writer.WriteU32(DataSectionRewriter.CountOf(_oldDataCount, _snapshot));
        writer.EndSized(section);
    }

    // What is in the section of the input, and the types that come behind; an empty range where the input has no such section.
    private void WriteTypes(ByteRange old)
    {
        // Of groups, each of which may be several types.
        uint oldCount = old.Length == 0 ? 0 : new WasmReader(old.Of(_module.Bytes.Span), old.Offset).ReadU32();
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Type);
        writer.WriteU32(oldCount + (uint)_snapshot.References.AddedTypeCount);
        writer.WriteBytes(BehindCount(old).Of(_module.Bytes.Span));
        writer.WriteBytes(_snapshot.References.AddedTypes);
        writer.EndSized(section);
    }

    // What is in the section of the input, and the functions that come behind; an empty range where the input has no such section.
    private void WriteFunctions(ByteRange old)
    {
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Function);
        writer.WriteU32((uint)(_module.Bodies.Length + Restore!.TypeIndices.Count));
        writer.WriteBytes(BehindCount(old).Of(_module.Bytes.Span));
        foreach (uint type in Restore.TypeIndices)
        {
            writer.WriteU32(type);
        }

        writer.EndSized(section);
    }

    // The old bodies stay where they are in the input, and are not copied.
    private void WriteCode(ByteRange old)
    {
        ByteRange bodies = BehindCount(old);
        long size = SizeOfCode(bodies, out uint count);
        if (size > uint.MaxValue)
        {
            Throw.SectionTooLarge("code", (ulong)size);
        }

        WasmWriter writer = _output.Writer;
        writer.WriteByte((byte)SectionId.Code);
        writer.WriteU32((uint)size);
        writer.WriteU32(count);
        _output.AddInput(bodies);
        foreach (byte[] body in Restore!.Bodies)
        {
            _output.Writer.WriteByteVector(body);
        }
    }

    private long SizeOfCode(ByteRange oldBodies, out uint count)
    {
        count = (uint)(_module.Bodies.Length + Restore!.Bodies.Count);
        long size = WasmWriter.SizeOfU32(count) + oldBodies.Length;
        foreach (byte[] body in Restore.Bodies)
        {
            size += WasmWriter.SizeOfU32((uint)body.Length) + body.Length;
        }

        return size;
    }

    private ByteRange BehindCount(ByteRange contents)
    {
        if (contents.Length == 0)
        {
            return default;
        }

        var reader = new WasmReader(contents.Of(_module.Bytes.Span), contents.Offset);
        reader.ReadU32();
        return new ByteRange((int)reader.Offset, contents.End - (int)reader.Offset);
    }

    private void WriteStart()
    {
        WasmWriter writer = _output.Writer;
        int section = writer.BeginSection(SectionId.Start);
        writer.WriteU32(Restore!.StartFunc!.Value);
        writer.EndSized(section);
    }
}
