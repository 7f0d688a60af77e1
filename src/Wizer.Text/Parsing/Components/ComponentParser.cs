using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes the text of a component in one walk: its definitions refer only to what comes before, and keep their order. What the
/// text leaves out is put right before the definition that needs it, in the order of other tools, so that the bytes are theirs.
/// Component Model, Explainer: Component Definitions.
/// </summary>
internal sealed class ComponentParser
{
    private readonly WatOptions _options;
    private readonly Interner _interner = new();
    private readonly Nesting _nesting = new();
    private readonly ComponentIdentifiers _identifiers;
    private readonly ComponentTypeEncoder _types;
    private readonly CanonEncoder _canons;
    private readonly InstanceEncoder _instances;

    private ComponentParser(WatOptions options)
    {
        _options = options;
        _identifiers = new ComponentIdentifiers(_interner);
        _types = new ComponentTypeEncoder(_identifiers, _interner, _nesting);
        _canons = new CanonEncoder(_identifiers, _types);
        _instances = new InstanceEncoder(_identifiers);
    }

    /// <summary>Encodes a component up to the parenthesis or the end that closes it.</summary>
    /// <param name="cursor">Behind <c>component</c>, or at the first definition where that is left out.</param>
    /// <param name="output">What the component is appended to.</param>
    /// <param name="options">How it is encoded.</param>
    internal static void Parse(ref TokenCursor cursor, PooledBuffer output, WatOptions options)
    {
        var parser = new ComponentParser(options);
        cursor.TryTake(TokenKind.Id, out Token id);
        parser.EncodeComponent(ref cursor, parent: null, id, new WasmWriter(output));
        if (cursor.Annotations.FirstLeft is { } annotation)
        {
            cursor.Fail($"misplaced {annotation.Id} annotation", annotation);
        }
    }

    private void EncodeComponent(ref TokenCursor cursor, ComponentScope? parent, Token id, WasmWriter output)
    {
        _nesting.Enter(ref cursor);
        int? symbol = id.Kind == TokenKind.Id ? _identifiers.Symbol(ref cursor, id) : null;
        int? ownName = _identifiers.TakeName(ref cursor, "component") ?? symbol;
        using var scope = new ComponentScope(parent, ScopeKind.Component, _interner) { Symbol = symbol };
        var items = (SectionItems)scope.Items;
        TakeCustoms(ref cursor, items);
        while (cursor.Kind == TokenKind.LeftParen)
        {
            EncodeDefinition(ref cursor, scope);
            cursor.Close();
            TakeCustoms(ref cursor, items);
        }

        foreach ((byte[] name, Sort sort, uint index) in scope.InlineExports)
        {
            AddInlineExport(scope, name, sort, index);
        }

        if (_options.NameSection)
        {
            ComponentNameWriter.Write(scope, items, ownName, _interner, cursor.Source);
        }

        output.WriteBytes("\0asm\x0d\0\x01\0"u8);
        items.WriteTo(output);
        _nesting.Leave();
    }

    private void EncodeDefinition(ref TokenCursor cursor, ComponentScope scope)
    {
        cursor.Expect(TokenKind.LeftParen);
        if (cursor.TryTakeKeyword("core"u8))
        {
            EncodeCore(ref cursor, scope);
        }
        else if (cursor.TryTakeKeyword("component"u8))
        {
            EncodeSort(ref cursor, scope, Sort.Component);
        }
        else if (cursor.TryTakeKeyword("instance"u8))
        {
            EncodeSort(ref cursor, scope, Sort.Instance);
        }
        else if (cursor.TryTakeKeyword("type"u8))
        {
            EncodeSort(ref cursor, scope, Sort.Type);
        }
        else if (cursor.TryTakeKeyword("func"u8))
        {
            EncodeSort(ref cursor, scope, Sort.Func);
        }
        else if (cursor.TryTakeKeyword("alias"u8))
        {
            AliasEncoder.Encode(ref cursor, scope, _identifiers);
        }
        else if (cursor.TryTakeKeyword("canon"u8))
        {
            _canons.Encode(ref cursor, scope);
        }
        else if (cursor.TryTakeKeyword("import"u8))
        {
            _types.EncodeExtern(ref cursor, scope, ComponentSectionId.Import);
        }
        else if (cursor.TryTakeKeyword("export"u8))
        {
            EncodeExport(ref cursor, scope);
        }
        else if (cursor.TryTakeKeyword("start"u8))
        {
            EncodeStart(ref cursor, scope);
        }
        else if (cursor.TryTakeKeyword("value"u8))
        {
            EncodeValue(ref cursor, scope);
        }
        else
        {
            cursor.Unexpected();
        }
    }

    private void EncodeCore(ref TokenCursor cursor, ComponentScope scope)
    {
        if (cursor.TryTakeKeyword("rec"u8))
        {
            scope.CoreTypes.EncodeRec(ref cursor, scope);
        }
        else if (cursor.TryTakeKeyword("type"u8))
        {
            scope.CoreTypes.EncodeType(ref cursor, scope);
        }
        else
        {
            EncodeSort(ref cursor, scope, ComponentSorts.Take(ref cursor, isCore: true));
        }
    }

    /// <summary>Encodes a definition that begins with its sort, from behind that.</summary>
    private void EncodeSort(ref TokenCursor cursor, ComponentScope scope, Sort sort)
    {
        // The annotation behind the identifier of a module or component is its own.
        Binding binding = sort is Sort.CoreModule or Sort.Component
            ? new Binding(cursor.TryTake(TokenKind.Id, out Token id) ? id : default, Identifiers.NoSymbol)
            : _identifiers.TakeBinding(ref cursor, ComponentSorts.CategoryOf(sort));
        List<byte[]> exports = TakeInlineExports(ref cursor, sort);
        if (!AliasEncoder.TryEncodeInverted(ref cursor, scope, _identifiers, sort, binding)
            && !TryEncodeImport(ref cursor, scope, sort, binding))
        {
            EncodeSort(ref cursor, scope, sort, binding);
            _identifiers.Bind(ref cursor, scope, sort, binding);
        }

        foreach (byte[] name in exports)
        {
            scope.InlineExports.Add((name, sort, scope[sort].Count - 1));
        }
    }

    private void EncodeSort(ref TokenCursor cursor, ComponentScope scope, Sort sort, Binding binding)
    {
        switch (sort)
        {
            case Sort.CoreModule:
                EncodeModule(ref cursor, scope, binding.Id);
                break;
            case Sort.CoreInstance:
                _instances.Encode(ref cursor, scope, isCore: true);
                break;
            case Sort.CoreFunc:
                if (!cursor.TryOpen("canon"u8))
                {
                    cursor.UnexpectedGroup();
                }

                _canons.EncodeCoreFunc(ref cursor, scope);
                cursor.Close();
                break;
            case Sort.Component:
                EncodeNested(ref cursor, scope, binding.Id);
                break;
            case Sort.Instance:
                _instances.Encode(ref cursor, scope, isCore: false);
                break;
            case Sort.Type:
                _types.EncodeDefinition(ref cursor, scope);
                break;
            case Sort.Func:
                uint type = _types.TakeFuncTypeUse(ref cursor, scope);
                if (!cursor.TryOpen("canon"u8))
                {
                    cursor.UnexpectedGroup();
                }

                _canons.EncodeLift(ref cursor, scope, type);
                cursor.Close();
                break;
            default:
                cursor.UnexpectedGroup();
                break;
        }
    }

    private static bool CanBeExternal(Sort sort) =>
        sort is Sort.CoreModule or Sort.Component or Sort.Instance or Sort.Type or Sort.Func;

    /// <summary>
    /// Whether a group starts here that has a name and what is said about it, but nothing that is imported or exported, as what a
    /// component, a module and an instance consist of has.
    /// </summary>
    private static bool AtInline(TokenCursor cursor, ReadOnlySpan<byte> keyword)
    {
        if (!cursor.TryOpen(keyword) || !cursor.TryTake(TokenKind.String, out _))
        {
            return false;
        }

        while (cursor.AtGroup("implements"u8) || cursor.AtGroup("versionsuffix"u8) || cursor.AtGroup("external-id"u8))
        {
            cursor.SkipGroup();
        }

        return cursor.Kind == TokenKind.RightParen;
    }

    private static List<byte[]> TakeInlineExports(ref TokenCursor cursor, Sort sort)
    {
        List<byte[]> exports = [];
        while (CanBeExternal(sort) && AtInline(cursor, "export"u8))
        {
            cursor.TryOpen("export"u8);
            using var name = new PooledBuffer(64);
            ExternNames.Write(ref cursor, new WasmWriter(name));
            cursor.Close();
            exports.Add(name.ToArray());
        }

        return exports;
    }

    private bool TryEncodeImport(ref TokenCursor cursor, ComponentScope scope, Sort sort, Binding binding)
    {
        if (!CanBeExternal(sort) || !AtInline(cursor, "import"u8))
        {
            return false;
        }

        cursor.TryOpen("import"u8);
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        ExternNames.Write(ref cursor, output);
        cursor.Close();
        _types.EncodeExternType(ref cursor, scope, sort, output);
        scope.Items.Add(ComponentSectionId.Import, item.WrittenSpan);
        _identifiers.Bind(ref cursor, scope, sort, binding);
        return true;
    }

    private void EncodeModule(ref TokenCursor cursor, ComponentScope scope, Token id)
    {
        int start = cursor.Position;
        while (cursor.Kind is not (TokenKind.RightParen or TokenKind.End))
        {
            cursor.SkipOne();
        }

        using var module = new PooledBuffer();
        TokenCursor inner = cursor.Part(start, cursor.Position + 1);
        ModuleParser.Parse(ref inner, module, _options, id);
        if (inner.Kind != TokenKind.RightParen)
        {
            inner.Unexpected();
        }

        ((SectionItems)scope.Items).AddSection(ComponentSectionId.CoreModule, module.WrittenSpan);
    }

    private void EncodeNested(ref TokenCursor cursor, ComponentScope scope, Token id)
    {
        using var component = new PooledBuffer();
        EncodeComponent(ref cursor, scope, id, new WasmWriter(component));
        ((SectionItems)scope.Items).AddSection(ComponentSectionId.Component, component.WrittenSpan);
    }

    /// <summary>Encodes <c>(export $id "name" reference type?)</c> from behind the keyword.</summary>
    private void EncodeExport(ref TokenCursor cursor, ComponentScope scope)
    {
        Binding binding = _identifiers.TakeBinding(ref cursor, "export");
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        ExternNames.Write(ref cursor, output);

        // A type that is written inline comes before an alias that is.
        int reference = cursor.Position;
        cursor.SkipGroup();
        using var type = new PooledBuffer(16);
        bool hasType = cursor.Kind == TokenKind.LeftParen;
        if (hasType)
        {
            _types.EncodeExternType(ref cursor, scope, new WasmWriter(type), out _);
        }

        int end = cursor.Position;
        cursor.Position = reference;
        uint index = _identifiers.TakeAnyRef(ref cursor, scope, isCore: false, out Sort sort);
        cursor.Position = end;
        ComponentSorts.Write(output, sort);
        output.WriteU32(index);
        output.WriteByte(hasType ? (byte)1 : (byte)0);
        output.WriteBytes(type.WrittenSpan);
        scope.Items.Add(ComponentSectionId.Export, item.WrittenSpan);
        _identifiers.Bind(ref cursor, scope, sort, binding);
    }

    private static void AddInlineExport(ComponentScope scope, byte[] name, Sort sort, uint index)
    {
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        output.WriteBytes(name);
        ComponentSorts.Write(output, sort);
        output.WriteU32(index);
        output.WriteByte(0);
        scope.Items.Add(ComponentSectionId.Export, item.WrittenSpan);
        scope[sort].Add();
    }

    /// <summary>Encodes <c>(start f (value v)* (result (value $id))*)</c> from behind the keyword.</summary>
    private void EncodeStart(ref TokenCursor cursor, ComponentScope scope)
    {
        using var item = new PooledBuffer(16);
        var output = new WasmWriter(item);
        output.WriteU32(_identifiers.TakeRef(ref cursor, scope, Sort.Func));
        using var arguments = new PooledBuffer(16);
        uint count = 0;
        for (; cursor.AtGroup("value"u8); count++)
        {
            new WasmWriter(arguments).WriteU32(_identifiers.TakeRef(ref cursor, scope, Sort.Value));
        }

        output.WriteU32(count);
        output.WriteBytes(arguments.WrittenSpan);
        List<Binding> results = [];
        while (cursor.TryOpen("result"u8))
        {
            if (!cursor.TryOpen("value"u8))
            {
                cursor.UnexpectedGroup();
            }

            results.Add(_identifiers.TakeBinding(ref cursor, "value"));
            cursor.Close();
            cursor.Close();
        }

        output.WriteU32((uint)results.Count);
        ((SectionItems)scope.Items).AddSection(ComponentSectionId.Start, item.WrittenSpan);
        foreach (Binding result in results)
        {
            _identifiers.Bind(ref cursor, scope, Sort.Value, result);
        }
    }

    /// <summary>
    /// Encodes <c>(value $id type (binary "…"))</c> from behind the keyword; other ways to write values have no use yet.
    /// </summary>
    private void EncodeValue(ref TokenCursor cursor, ComponentScope scope)
    {
        Binding binding = _identifiers.TakeBinding(ref cursor, "value");
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        _types.HoistTypes(ref cursor, scope);
        _types.TakeValType(ref cursor, scope, output);
        if (!cursor.TryOpen("binary"u8))
        {
            cursor.UnexpectedGroup();
        }

        using var bytes = new PooledBuffer(64);
        StringList.Take(ref cursor, bytes);
        cursor.Close();
        output.WriteByteVector(bytes.WrittenSpan);
        scope.Items.Add(ComponentSectionId.Value, item.WrittenSpan);
        _identifiers.Bind(ref cursor, scope, Sort.Value, binding);
    }

    /// <summary>Takes the custom sections between two definitions; they keep their place.</summary>
    private static void TakeCustoms(ref TokenCursor cursor, SectionItems items)
    {
        while (cursor.TryTakeAnnotation(AnnotationKind.Custom, out Annotation? annotation))
        {
            TokenCursor contents = cursor.At(annotation);
            Token name = AnnotationContents.TakeName(ref contents, annotation, "missing section name");
            using var section = new PooledBuffer();
            new WasmWriter(section).WriteByteVector(StringLiteral.Decode(name.Of(cursor.Source)));
            StringList.Take(ref contents, section);
            AnnotationContents.Close(ref contents, annotation);
            items.AddSection(ComponentSectionId.Custom, section.WrittenSpan);
        }
    }
}
