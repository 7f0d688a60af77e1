using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Encodes the text of a module, in three walks over its tokens: the first gives every field its index, because names may be
/// used before they are defined; the second encodes the types, because a function may use one that is defined behind it; the
/// third encodes everything else, adding a type where an inline one is new. Nothing recurses, so no nesting is too deep.
/// Core 3.0, Text Format: Modules.
/// </summary>
internal ref partial struct ModuleParser
{
    private readonly ModuleSections _sections;
    private readonly ModuleNames _names;
    private readonly Identifiers _identifiers;
    private readonly ValTypeReader _valTypes;
    private readonly TypeEncoder _typeEncoder;
    private readonly FieldBinder _binder;
    private readonly BranchHints _hints;
    private readonly InstructionEncoder _instructions;
    private readonly SegmentEncoder _segments;
    private readonly WasmFeatures _features;
    private TokenCursor _cursor;

    // The next index of each kind, in the order of the fields: the first walk counted the same way.
    private uint _nextFunc;
    private uint _nextTable;
    private uint _nextMemory;
    private uint _nextGlobal;
    private uint _nextTag;

    // The locals of one function at a time.
    private readonly List<ValType> _localTypes;

    private ModuleParser(TokenCursor cursor, ModuleSections sections, WasmFeatures features)
    {
        _cursor = cursor;
        _features = features;
        _sections = sections;
        _names = new ModuleNames();
        _identifiers = new Identifiers(_names);
        _binder = new FieldBinder(_identifiers, _names, new CustomSectionEncoder(sections));
        _valTypes = new ValTypeReader(_identifiers, _names);
        _typeEncoder = new TypeEncoder(_identifiers, _valTypes, _names, sections);
        var labels = new LabelScope(_identifiers, _names);
        _hints = new BranchHints();
        var immediates = new ImmediateEncoder(_identifiers, _valTypes, _typeEncoder, labels, _names, sections);
        _instructions = new InstructionEncoder(_identifiers, immediates, labels, _hints, _names);
        _segments = new SegmentEncoder(_identifiers, _valTypes, _instructions, _names, sections);
        _localTypes = [];
    }

    /// <summary>Encodes the fields from the cursor up to the parenthesis or the end that closes the module.</summary>
    /// <param name="cursor">Behind <c>module</c>, or at the first field where that is left out.</param>
    /// <param name="output">What the module is appended to.</param>
    /// <param name="options">How it is encoded.</param>
    internal static void Parse(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        using var sections = new ModuleSections();
        var parser = new ModuleParser(cursor, sections, options.Features);
        try
        {
            parser.Run();
        }
        finally
        {
            parser._instructions.Dispose();
        }

        var writer = new WasmWriter(output);
        sections.WriteTo(writer);
        if (options.NameSection)
        {
            NameSectionWriter.Write(parser._names, cursor.Source, writer);
        }

        sections.Custom.WriteTo(writer, CustomSections.Last);

        cursor.Position = parser._cursor.Position;
    }

    private void Run()
    {
        if (_cursor.TryTake(TokenKind.Id, out Token id))
        {
            _names.ModuleSymbol = _identifiers.Symbol(ref _cursor, id);
        }

        List<Field> fields = _binder.BindFields(ref _cursor);
        int end = _cursor.Position;
        EncodeTypes(fields);
        foreach (Field field in fields)
        {
            _cursor.Position = field.Position;
            Encode(field.Kind);
        }

        _hints.WriteTo(_sections);
        CheckAnnotations();
        _cursor.Position = end;
    }

    private void EncodeTypes(List<Field> fields)
    {
        foreach (Field field in fields)
        {
            _cursor.Position = field.Position;
            if (field.Kind == FieldKind.Type)
            {
                _typeEncoder.EncodeType(ref _cursor, _sections.Add(SectionId.Type), isAlone: true);
                _cursor.Close();
            }
            else if (field.Kind == FieldKind.Rec)
            {
                _typeEncoder.EncodeRec(ref _cursor);
                _cursor.Close();
            }
        }
    }

    private void Encode(FieldKind kind)
    {
        switch (kind)
        {
            case FieldKind.Type or FieldKind.Rec:
                // Done already.
                return;
            case FieldKind.Import:
                EncodeImport();
                break;
            case FieldKind.Func:
                EncodeFunc();
                break;
            case FieldKind.Table:
                EncodeTable();
                break;
            case FieldKind.Memory:
                EncodeMemory();
                break;
            case FieldKind.Global:
                EncodeGlobal();
                break;
            case FieldKind.Tag:
                EncodeTag();
                break;
            case FieldKind.Export:
                EncodeExport();
                break;
            case FieldKind.Start:
                EncodeStart();
                break;
            case FieldKind.Elem:
                _segments.EncodeElem(ref _cursor);
                break;
            case FieldKind.Data:
                _segments.EncodeData(ref _cursor);
                break;
        }

        _cursor.Close();
    }

    /// <summary>Takes a string that must be UTF-8 and writes it as a name.</summary>
    private void WriteName(WasmWriter output)
    {
        Token token = _cursor.Expect(TokenKind.String);
        ReadOnlySpan<byte> literal = token.Of(_cursor.Source);
        if (!StringLiteral.IsUtf8(literal))
        {
            _cursor.Fail("malformed UTF-8 encoding", token);
        }

        if (literal.Contains((byte)'\\'))
        {
            output.WriteByteVector(StringLiteral.Decode(literal));
        }
        else
        {
            output.WriteByteVector(literal[1..^1]);
        }
    }
}
