using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes the core types of a component or type: those of core modules too, which have an index space of their own.
/// Component Model, Explainer: Type Definitions.
/// </summary>
internal sealed class CoreTypeEncoder : IDisposable
{
    private readonly Interner _interner;
    private readonly ModuleNames _names;
    private readonly ModuleSections _sections = new();
    private readonly Identifiers _identifiers;
    private readonly TypeEncoder _types;
    private readonly ExternTypeEncoder _externTypes;

    /// <param name="interner">Of the whole text.</param>
    /// <param name="space">The index space of the types.</param>
    internal CoreTypeEncoder(Interner interner, IndexSpace space)
    {
        _interner = interner;
        _names = new ModuleNames { Interner = interner, Types = space };
        _identifiers = new Identifiers(_names);
        var valTypes = new ValTypeReader(_identifiers, _names);
        _types = new TypeEncoder(_identifiers, valTypes, _names, _sections, sharesInlineTypes: false);
        _externTypes = new ExternTypeEncoder(valTypes, _types, WasmFeatures.All);
    }

    /// <inheritdoc/>
    public void Dispose() => _sections.Dispose();

    /// <summary>Encodes <c>(core type …)</c> from behind the keyword.</summary>
    internal void EncodeType(ref TokenCursor cursor, ComponentScope scope)
    {
        int group = cursor.Peek(0).Kind == TokenKind.Id ? 1 : 0;
        if (cursor.Peek(group).Kind == TokenKind.LeftParen && cursor.Peek(group + 1).Of(cursor.Source).SequenceEqual("module"u8))
        {
            cursor.TryTake(TokenKind.Id, out Token id);
            cursor.TryOpen("module"u8);
            AddModuleType(ref cursor, scope);
            cursor.Close();

            // Nothing refers to itself, so that the name is bound last.
            Bind(ref cursor, id);
            return;
        }

        _identifiers.Bind(ref cursor, _names.Types);
        _types.EncodeType(ref cursor, _sections.Add(SectionId.Type), isAlone: true);
        Flush(scope);
    }

    /// <summary>Encodes <c>(core rec …)</c> from behind the keyword.</summary>
    internal void EncodeRec(ref TokenCursor cursor, ComponentScope scope)
    {
        BindAll(ref cursor);
        _types.EncodeRec(ref cursor);
        Flush(scope);
    }

    /// <summary>Takes the type of a core module: an index, or declarators, of which a type is made.</summary>
    internal uint TakeModuleTypeUse(ref TokenCursor cursor, ComponentScope scope, ComponentIdentifiers identifiers)
    {
        if (ComponentTypeEncoder.AtTypeUse(cursor))
        {
            cursor.TryOpen("type"u8);
            uint index = identifiers.TakeIndex(ref cursor, scope, Sort.CoreType);
            cursor.Close();
            return index;
        }

        AddModuleType(ref cursor, scope);
        return _names.Types.Add();
    }

    private void Bind(ref TokenCursor cursor, Token id)
    {
        if (id.Kind == TokenKind.Id)
        {
            _identifiers.Bind(ref cursor, _names.Types, id);
        }
        else
        {
            _names.Types.Add();
        }
    }

    private void BindAll(ref TokenCursor cursor)
    {
        int start = cursor.Position;
        while (cursor.AtGroup("type"u8))
        {
            int type = cursor.Position;
            cursor.TryOpen("type"u8);
            _identifiers.Bind(ref cursor, _names.Types);
            cursor.Position = type;
            cursor.SkipGroup();
        }

        cursor.Position = start;
    }

    /// <summary>Moves the type that was written to the scope's definitions.</summary>
    private void Flush(ComponentScope scope)
    {
        PooledBuffer written = _sections.Writer(SectionId.Type).Output;
        using var item = new PooledBuffer(Math.Max(1, written.Length + 1));
        var output = new WasmWriter(item);
        if (written.WrittenSpan is [0x50, ..])
        {
            // The code of a module type: the one byte before it tells a subtype from that.
            output.WriteByte(0);
        }

        output.WriteBytes(written.WrittenSpan);
        written.Clear();
        scope.Items.Add(ComponentSectionId.CoreType, item.WrittenSpan);
    }

    /// <summary>Encodes the declarators of a module type.</summary>
    private void AddModuleType(ref TokenCursor cursor, ComponentScope scope)
    {
        using var inner = new CoreTypeEncoder(_interner, new IndexSpace("core type"));
        using var declarators = new PooledBuffer();
        uint count = inner.EncodeDeclarators(ref cursor, scope, new WasmWriter(declarators));
        using var item = new PooledBuffer(declarators.Length + 8);
        var output = new WasmWriter(item);
        output.WriteByte(0x50);
        output.WriteU32(count);
        output.WriteBytes(declarators.WrittenSpan);
        scope.Items.Add(ComponentSectionId.CoreType, item.WrittenSpan);
    }

    private uint EncodeDeclarators(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        uint count = 0;
        for (; cursor.Kind == TokenKind.LeftParen; count++)
        {
            if (cursor.TryOpen("type"u8))
            {
                _identifiers.Bind(ref cursor, _names.Types);
                _types.EncodeType(ref cursor, _sections.Add(SectionId.Type), isAlone: true);
                MoveTypes(output);
            }
            else if (cursor.TryOpen("rec"u8))
            {
                BindAll(ref cursor);
                _types.EncodeRec(ref cursor);
                MoveTypes(output);
            }
            else if (cursor.TryOpen("alias"u8))
            {
                EncodeAlias(ref cursor, scope, output);
            }
            else
            {
                count += EncodeExtern(ref cursor, output);
            }

            cursor.Close();
        }

        return count;
    }

    /// <summary>Moves the type that was written to the declarators.</summary>
    /// <returns>How many there were.</returns>
    private uint MoveTypes(WasmWriter output)
    {
        PooledBuffer written = _sections.Writer(SectionId.Type).Output;
        if (written.Length == 0)
        {
            return 0;
        }

        output.WriteByte(1);
        output.WriteBytes(written.WrittenSpan);
        written.Clear();
        return 1;
    }

    /// <summary>Encodes <c>(import "m" "n" type)</c> or <c>(export "n" type)</c>, and the type before it when it is new.</summary>
    /// <returns>How many declarators that took beyond the one.</returns>
    private uint EncodeExtern(ref TokenCursor cursor, WasmWriter output)
    {
        bool isImport = cursor.TryOpen("import"u8);
        if (!isImport && !cursor.TryOpen("export"u8))
        {
            cursor.UnexpectedGroup();
        }

        using var item = new PooledBuffer(64);
        var writer = new WasmWriter(item);
        writer.WriteByte(isImport ? (byte)0 : (byte)3);
        NameTokens.Write(ref cursor, writer);
        if (isImport)
        {
            NameTokens.Write(ref cursor, writer);
        }

        FieldKind kind = FieldKinds.TakeExtern(ref cursor);
        if (isImport)
        {
            cursor.SkipId();
        }

        _names.Locals.Clear();
        _externTypes.Encode(ref cursor, writer, kind);
        cursor.Close();
        uint added = MoveTypes(output);
        _names.Types.Add(added);
        output.WriteBytes(item.WrittenSpan);
        return added;
    }

    /// <summary>Encodes <c>(alias outer component type (type $id))</c> from behind the keyword.</summary>
    private void EncodeAlias(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        cursor.ExpectKeyword("outer"u8);
        uint depth = 0;
        ComponentScope? target = null;
        if (cursor.Kind == TokenKind.Nat)
        {
            depth = cursor.TakeU32();
            target = scope;
            for (uint i = 1; i < depth && target is not null; i++)
            {
                target = target.Parent;
            }
        }
        else
        {
            Token id = cursor.Expect(TokenKind.Id);
            int symbol = _interner.Intern(cursor.Source, id);
            depth = 1;
            for (target = scope; target is not null && target.Symbol != symbol; target = target.Parent)
            {
                depth++;
            }

            if (target is null)
            {
                cursor.Fail($"unknown outer component {TokenCursor.Quote(id.Of(cursor.Source))}", id);
            }
        }

        IndexSpace space = depth == 0 || target is null ? _names.Types : target[Sort.CoreType];
        uint index = _identifiers.TakeIndex(ref cursor, space);
        if (!cursor.TryOpen("type"u8))
        {
            cursor.UnexpectedGroup();
        }

        _identifiers.Bind(ref cursor, _names.Types);
        _types.AddUnknown();
        cursor.Close();
        output.WriteByte(2);
        output.WriteByte(0x10);
        output.WriteByte(1);
        output.WriteU32(depth);
        output.WriteU32(index);
    }
}
