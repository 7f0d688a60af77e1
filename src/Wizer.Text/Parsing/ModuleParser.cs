using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Encodes the text of a module, in three walks over its tokens: the first gives every field its index, because names may be
/// used before they are defined; the second encodes the types, because a function may use one that is defined behind it; the
/// third encodes everything else, adding a type where an inline one is new. Nothing recurses, so no nesting is too deep.
/// What each walk needs is an object that has its own state and gets the cursor with each call.
/// Core 3.0, Text Format: Modules.
/// </summary>
internal sealed class ModuleParser : IDisposable
{
    private readonly ModuleSections _sections;
    private readonly ModuleNames _names = new();
    private readonly Identifiers _identifiers;
    private readonly FieldBinder _binder;
    private readonly TypeEncoder _types;
    private readonly BranchHints _hints = new();
    private readonly InstructionEncoder _instructions;
    private readonly FieldEncoder _fields;

    private ModuleParser(ModuleSections sections, WasmFeatures features)
    {
        _sections = sections;
        _identifiers = new Identifiers(_names);
        _binder = new FieldBinder(_identifiers, _names, new CustomSectionEncoder(sections));
        var valTypes = new ValTypeReader(_identifiers, _names);
        _types = new TypeEncoder(_identifiers, valTypes, _names, sections);
        var labels = new LabelScope(_identifiers, _names);
        var immediates = new ImmediateEncoder(_identifiers, valTypes, _types, labels, _names, sections);
        _instructions = new InstructionEncoder(_identifiers, immediates, labels, _hints, _names);
        var segments = new SegmentEncoder(_identifiers, valTypes, _instructions, _names, sections);
        var externTypes = new ExternTypeEncoder(valTypes, _types, features);
        _fields = new FieldEncoder(_identifiers, valTypes, _types, _instructions, segments, externTypes, _names, sections);
    }

    /// <summary>Encodes the fields from the cursor up to the parenthesis or the end that closes the module.</summary>
    /// <param name="cursor">Behind <c>module</c>, or at the first field where that is left out.</param>
    /// <param name="output">What the module is appended to.</param>
    /// <param name="options">How it is encoded.</param>
    /// <param name="id">Its identifier, where that was taken already.</param>
    internal static void Parse(ref TokenCursor cursor, PooledBuffer output, WatOptions options, Token id = default)
    {
        using var sections = new ModuleSections();
        using var parser = new ModuleParser(sections, options.Features);
        parser.Run(ref cursor, id);

        var writer = new WasmWriter(output);
        sections.WriteTo(writer);
        if (options.NameSection)
        {
            NameSectionWriter.Write(parser._names, cursor.Source, writer);
        }

        sections.Custom.WriteTo(writer, CustomSections.Last);
    }

    /// <inheritdoc/>
    public void Dispose() => _instructions.Dispose();

    private void Run(ref TokenCursor cursor, Token id)
    {
        bool isInComponent = id.Kind == TokenKind.Id;
        if (id.Kind == TokenKind.Id || cursor.TryTake(TokenKind.Id, out id))
        {
            _names.ModuleSymbol = _identifiers.Symbol(ref cursor, id);
        }

        List<Field> fields = _binder.BindFields(ref cursor);
        int end = cursor.Position;
        EncodeTypes(ref cursor, fields);
        foreach (Field field in fields)
        {
            cursor.Position = field.Position;
            _fields.Encode(ref cursor, field.Kind);
        }

        _hints.WriteTo(_sections);
        if (isInComponent && _names.ModuleSymbol is { } symbol && _names.Interner.NameOf(cursor.Source, symbol).IsEmpty)
        {
            // The identifier is the component's, and the annotation says that the module has no name.
            _names.ModuleSymbol = null;
        }

        // An annotation that nobody has taken stands where it has no meaning.
        if (cursor.Annotations.FirstLeft is { } annotation)
        {
            cursor.Fail($"misplaced {annotation.Id} annotation", annotation);
        }

        cursor.Position = end;
    }

    private void EncodeTypes(ref TokenCursor cursor, List<Field> fields)
    {
        foreach (Field field in fields)
        {
            cursor.Position = field.Position;
            if (field.Kind == FieldKind.Type)
            {
                _types.EncodeType(ref cursor, _sections.Add(SectionId.Type), isAlone: true);
                cursor.Close();
            }
            else if (field.Kind == FieldKind.Rec)
            {
                _types.EncodeRec(ref cursor);
                cursor.Close();
            }
        }
    }
}
