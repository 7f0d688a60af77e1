using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes the types of a component. A type within another is a definition of its own, which comes right before; of each
/// type, a first walk adds those, and a second writes the type itself. Component Model, Explainer: Type Definitions.
/// </summary>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="interner">Of the whole text.</param>
/// <param name="nesting">How deep types may be nested.</param>
internal sealed class ComponentTypeEncoder(ComponentIdentifiers identifiers, Interner interner, Nesting nesting)
{
    // The index of each type within another, by the position of its parenthesis, until the second walk gets there.
    private readonly Dictionary<int, uint> _hoisted = [];

    /// <summary>Whether a group <c>(type index)</c> or <c>(type index "name"…)</c> starts here, which defines nothing.</summary>
    internal static bool AtTypeUse(in TokenCursor cursor) =>
        cursor.AtGroup("type"u8)
        && cursor.Peek(2).Kind is TokenKind.Nat or TokenKind.Id
        && cursor.Peek(3).Kind is TokenKind.RightParen or TokenKind.String;

    /// <summary>Encodes what <c>(type $id …)</c> defines, up to its closing parenthesis.</summary>
    internal void EncodeDefinition(ref TokenCursor cursor, ComponentScope scope)
    {
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        if (cursor.Kind == TokenKind.Keyword)
        {
            output.WriteByte(TakePrimitive(ref cursor));
        }
        else if (cursor.TryOpen("func"u8))
        {
            EncodeFunc(ref cursor, scope, output);
            cursor.Close();
        }
        else if (cursor.TryOpen("component"u8))
        {
            EncodeDeclarators(ref cursor, scope, ScopeKind.ComponentType, output);
            cursor.Close();
        }
        else if (cursor.TryOpen("instance"u8))
        {
            EncodeDeclarators(ref cursor, scope, ScopeKind.InstanceType, output);
            cursor.Close();
        }
        else if (cursor.TryOpen("resource"u8))
        {
            EncodeResource(ref cursor, scope, output);
            cursor.Close();
        }
        else
        {
            EncodeValueType(ref cursor, scope, output);
        }

        scope.Items.Add(ComponentSectionId.Type, item.WrittenSpan);
    }

    /// <summary>Takes the type of a function: <c>(type index)</c>, or parameters and a result, of which a type is made.</summary>
    internal uint TakeFuncTypeUse(ref TokenCursor cursor, ComponentScope scope)
    {
        if (AtTypeUse(cursor))
        {
            return identifiers.TakeRef(ref cursor, scope, Sort.Type);
        }

        using var item = new PooledBuffer(64);
        EncodeFunc(ref cursor, scope, new WasmWriter(item));
        return Add(scope, item);
    }

    /// <summary>Takes the type of a component or instance: <c>(type index)</c>, or declarators, of which a type is made.</summary>
    internal uint TakeTypeUse(ref TokenCursor cursor, ComponentScope scope, ScopeKind kind)
    {
        if (AtTypeUse(cursor))
        {
            return identifiers.TakeRef(ref cursor, scope, Sort.Type);
        }

        using var item = new PooledBuffer(64);
        EncodeDeclarators(ref cursor, scope, kind, new WasmWriter(item));
        return Add(scope, item);
    }

    /// <summary>Takes a value type whose parts have indices already, and writes it.</summary>
    internal void TakeValType(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (cursor.AtIndex)
        {
            output.WriteS33(identifiers.TakeIndex(ref cursor, scope, Sort.Type));
        }
        else if (cursor.Kind == TokenKind.Keyword)
        {
            output.WriteByte(TakePrimitive(ref cursor));
        }
        else if (_hoisted.Remove(cursor.Position, out uint index))
        {
            cursor.SkipGroup();
            output.WriteS33(index);
        }
        else if (AtTypeUse(cursor))
        {
            output.WriteS33(identifiers.TakeRef(ref cursor, scope, Sort.Type));
        }
        else
        {
            cursor.UnexpectedGroup();
        }
    }

    /// <summary>Takes the results of a function, of which there is at most one, and writes them.</summary>
    internal void TakeResult(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (!cursor.TryOpen("result"u8))
        {
            output.WriteByte(1);
            output.WriteByte(0);
            return;
        }

        output.WriteByte(0);
        TakeValType(ref cursor, scope, output);
        cursor.Close();
    }

    /// <summary>Encodes <c>(sort $id type)</c>, what is imported or exported.</summary>
    /// <returns>The sort.</returns>
    internal Sort EncodeExternType(ref TokenCursor cursor, ComponentScope scope, WasmWriter output, out Binding binding)
    {
        cursor.Expect(TokenKind.LeftParen);
        Token keyword = cursor.Current;
        Sort sort = ComponentSorts.Take(ref cursor);
        if (Sorts.IsCore(sort) && sort != Sort.CoreModule)
        {
            cursor.Unexpected(keyword);
        }

        binding = identifiers.TakeBinding(ref cursor, ComponentSorts.CategoryOf(sort));
        EncodeExternType(ref cursor, scope, sort, output);
        cursor.Close();
        return sort;
    }

    /// <summary>Encodes the type of what is imported or exported, from behind its sort and identifier.</summary>
    internal void EncodeExternType(ref TokenCursor cursor, ComponentScope scope, Sort sort, WasmWriter output)
    {
        ComponentSorts.Write(output, sort);
        switch (sort)
        {
            case Sort.CoreModule:
                output.WriteU32(scope.CoreTypes.TakeModuleTypeUse(ref cursor, scope, identifiers));
                break;
            case Sort.Func:
                output.WriteU32(TakeFuncTypeUse(ref cursor, scope));
                break;
            case Sort.Component:
                output.WriteU32(TakeTypeUse(ref cursor, scope, ScopeKind.ComponentType));
                break;
            case Sort.Instance:
                output.WriteU32(TakeTypeUse(ref cursor, scope, ScopeKind.InstanceType));
                break;
            case Sort.Value:
                EncodeValueBound(ref cursor, scope, output);
                break;
            default:
                EncodeTypeBound(ref cursor, scope, output);
                break;
        }
    }

    private void EncodeValueBound(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (cursor.TryOpen("eq"u8))
        {
            output.WriteByte(0);
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Value));
            cursor.Close();
            return;
        }

        output.WriteByte(1);
        HoistTypes(ref cursor, scope);
        TakeValType(ref cursor, scope, output);
    }

    private void EncodeTypeBound(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (cursor.TryOpen("eq"u8))
        {
            output.WriteByte(0);
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Type));
        }
        else
        {
            if (!cursor.TryOpen("sub"u8))
            {
                cursor.UnexpectedGroup();
            }

            cursor.ExpectKeyword("resource"u8);
            output.WriteByte(1);
        }

        cursor.Close();
    }

    private static uint Add(ComponentScope scope, PooledBuffer item)
    {
        scope.Items.Add(ComponentSectionId.Type, item.WrittenSpan);
        return scope[Sort.Type].Add();
    }

    private static byte TakePrimitive(ref TokenCursor cursor)
    {
        foreach (PrimitiveValType type in s_primitives)
        {
            if (cursor.AtKeyword(System.Text.Encoding.ASCII.GetBytes(ComponentValType.NameOf(type))))
            {
                cursor.Take();
                return (byte)type;
            }
        }

        cursor.Unexpected();
        return 0;
    }

    private static readonly PrimitiveValType[] s_primitives = Enum.GetValues<PrimitiveValType>();

    /// <summary>Adds the types that stand within a group, up to its closing parenthesis.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="scope">Where the types go.</param>
    /// <param name="canBeLabelled">Whether they may stand one group further in: in fields, cases and errors.</param>
    private void HoistChildren(ref TokenCursor cursor, ComponentScope scope, bool canBeLabelled)
    {
        while (cursor.Kind is not (TokenKind.RightParen or TokenKind.End))
        {
            if (cursor.Kind != TokenKind.LeftParen)
            {
                cursor.Take();
            }
            else if (canBeLabelled && (cursor.TryOpen("field"u8) || cursor.TryOpen("case"u8) || cursor.TryOpen("error"u8)))
            {
                HoistChildren(ref cursor, scope, canBeLabelled: false);
                cursor.Close();
            }
            else if (IsValueType(cursor.Peek(1).Of(cursor.Source)))
            {
                Hoist(ref cursor, scope);
            }
            else
            {
                cursor.SkipGroup();
            }
        }
    }

    /// <summary>Adds a type that stands within another.</summary>
    private void Hoist(ref TokenCursor cursor, ComponentScope scope)
    {
        int start = cursor.Position;
        using var item = new PooledBuffer(32);
        EncodeValueType(ref cursor, scope, new WasmWriter(item));
        _hoisted.Add(start, Add(scope, item));
    }

    private static bool IsValueType(ReadOnlySpan<byte> keyword) =>
        keyword.SequenceEqual("record"u8) || keyword.SequenceEqual("variant"u8) || keyword.SequenceEqual("list"u8)
        || keyword.SequenceEqual("tuple"u8) || keyword.SequenceEqual("flags"u8) || keyword.SequenceEqual("enum"u8)
        || keyword.SequenceEqual("option"u8) || keyword.SequenceEqual("result"u8) || keyword.SequenceEqual("map"u8)
        || keyword.SequenceEqual("own"u8) || keyword.SequenceEqual("borrow"u8) || keyword.SequenceEqual("stream"u8)
        || keyword.SequenceEqual("future"u8);

    /// <summary>Encodes a value type that is a group.</summary>
    private void EncodeValueType(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (cursor.Kind != TokenKind.LeftParen || !IsValueType(cursor.Peek(1).Of(cursor.Source)))
        {
            cursor.UnexpectedGroup();
        }

        nesting.Enter(ref cursor);
        cursor.Take();
        Token keyword = cursor.Take();
        int start = cursor.Position;
        HoistChildren(ref cursor, scope, canBeLabelled: true);
        cursor.Position = start;
        EncodeValueType(ref cursor, scope, keyword.Of(cursor.Source), output);
        cursor.Close();
        nesting.Leave();
    }

    private void EncodeValueType(ref TokenCursor cursor, ComponentScope scope, ReadOnlySpan<byte> keyword, WasmWriter output)
    {
        switch (keyword)
        {
            case [(byte)'r', (byte)'e', (byte)'c', ..]:
                EncodeLabelled(ref cursor, scope, 0x72, "field"u8, output);
                break;
            case [(byte)'r', ..]:
                output.WriteByte(0x6a);
                TakeOptional(ref cursor, scope, cursor.Kind != TokenKind.RightParen && !cursor.AtGroup("error"u8), output);
                bool hasError = cursor.TryOpen("error"u8);
                TakeOptional(ref cursor, scope, hasError, output);
                if (hasError)
                {
                    cursor.Close();
                }

                break;
            case [(byte)'v', ..]:
                EncodeLabelled(ref cursor, scope, 0x71, "case"u8, output);
                break;
            case [(byte)'l', ..]:
                EncodeList(ref cursor, scope, output);
                break;
            case [(byte)'t', ..]:
                EncodeTuple(ref cursor, scope, output);
                break;
            case [(byte)'f', (byte)'l', ..]:
                EncodeLabels(ref cursor, 0x6e, output);
                break;
            case [(byte)'f', ..]:
                output.WriteByte(0x65);
                TakeOptional(ref cursor, scope, cursor.Kind != TokenKind.RightParen, output);
                break;
            case [(byte)'e', ..]:
                EncodeLabels(ref cursor, 0x6d, output);
                break;
            case [(byte)'o', (byte)'p', ..]:
                output.WriteByte(0x6b);
                TakeValType(ref cursor, scope, output);
                break;
            case [(byte)'o', ..]:
                output.WriteByte(0x69);
                output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Type));
                break;
            case [(byte)'b', ..]:
                output.WriteByte(0x68);
                output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Type));
                break;
            case [(byte)'m', ..]:
                output.WriteByte(0x63);
                TakeValType(ref cursor, scope, output);
                TakeValType(ref cursor, scope, output);
                break;
            default:
                output.WriteByte(0x66);
                TakeOptional(ref cursor, scope, cursor.Kind != TokenKind.RightParen, output);
                break;
        }
    }

    private void TakeOptional(ref TokenCursor cursor, ComponentScope scope, bool isThere, WasmWriter output)
    {
        output.WriteByte(isThere ? (byte)1 : (byte)0);
        if (isThere)
        {
            TakeValType(ref cursor, scope, output);
        }
    }

    /// <summary>Encodes the fields of a record or the cases of a variant.</summary>
    private void EncodeLabelled(ref TokenCursor cursor, ComponentScope scope, byte code, ReadOnlySpan<byte> keyword, WasmWriter output)
    {
        output.WriteByte(code);
        int start = cursor.Position;
        uint count = 0;
        for (; cursor.AtGroup(keyword); count++)
        {
            cursor.SkipGroup();
        }

        cursor.Position = start;
        output.WriteU32(count);
        while (cursor.TryOpen(keyword))
        {
            // An identifier may stand here, which nothing refers to any more.
            cursor.SkipId();
            NameTokens.Write(ref cursor, output);
            if (code == 0x72)
            {
                TakeValType(ref cursor, scope, output);
            }
            else
            {
                TakeOptional(ref cursor, scope, cursor.Kind != TokenKind.RightParen, output);
                output.WriteByte(0);
            }

            cursor.Close();
        }
    }

    private void EncodeList(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        using var element = new PooledBuffer(16);
        TakeValType(ref cursor, scope, new WasmWriter(element));
        bool isFixed = cursor.Kind == TokenKind.Nat;
        output.WriteByte(isFixed ? (byte)0x67 : (byte)0x70);
        output.WriteBytes(element.WrittenSpan);
        if (isFixed)
        {
            output.WriteU32(cursor.TakeU32());
        }
    }

    private void EncodeTuple(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        using var elements = new PooledBuffer(32);
        uint count = 0;
        for (; cursor.Kind != TokenKind.RightParen; count++)
        {
            TakeValType(ref cursor, scope, new WasmWriter(elements));
        }

        output.WriteByte(0x6f);
        output.WriteU32(count);
        output.WriteBytes(elements.WrittenSpan);
    }

    private static void EncodeLabels(ref TokenCursor cursor, byte code, WasmWriter output)
    {
        using var labels = new PooledBuffer(64);
        uint count = 0;
        for (; cursor.Kind == TokenKind.String; count++)
        {
            NameTokens.Write(ref cursor, new WasmWriter(labels));
        }

        output.WriteByte(code);
        output.WriteU32(count);
        output.WriteBytes(labels.WrittenSpan);
    }

    /// <summary>Encodes <c>async? (param "name" type)* (result type)?</c>.</summary>
    private void EncodeFunc(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        output.WriteByte(cursor.TryTakeKeyword("async"u8) ? (byte)0x43 : (byte)0x40);
        HoistSignature(ref cursor, scope);
        using var parameters = new PooledBuffer(64);
        uint count = 0;
        for (; cursor.TryOpen("param"u8); count++)
        {
            var writer = new WasmWriter(parameters);
            NameTokens.Write(ref cursor, writer);
            TakeValType(ref cursor, scope, writer);
            cursor.Close();
        }

        output.WriteU32(count);
        output.WriteBytes(parameters.WrittenSpan);
        TakeResult(ref cursor, scope, output);
    }

    /// <summary>Adds the types that come, up to a closing parenthesis, and goes back to before those.</summary>
    internal void HoistTypes(ref TokenCursor cursor, ComponentScope scope)
    {
        int start = cursor.Position;
        HoistChildren(ref cursor, scope, canBeLabelled: false);
        cursor.Position = start;
    }

    /// <summary>Adds the types within parameters and results, and goes back to before those.</summary>
    internal void HoistSignature(ref TokenCursor cursor, ComponentScope scope)
    {
        int start = cursor.Position;
        while (cursor.TryOpen("param"u8) || cursor.TryOpen("result"u8))
        {
            HoistChildren(ref cursor, scope, canBeLabelled: false);
            cursor.Close();
        }

        cursor.Position = start;
    }

    /// <summary>Encodes <c>(rep i32) (dtor function)?</c>.</summary>
    private void EncodeResource(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (!cursor.TryOpen("rep"u8))
        {
            cursor.UnexpectedGroup();
        }

        if (!TypeKeywords.TryParseValType(cursor.Text, out ValType rep))
        {
            cursor.Unexpected();
        }

        cursor.Take();
        cursor.Close();
        output.WriteByte(0x3f);
        output.WriteValType(rep);
        bool hasDestructor = cursor.TryOpen("dtor"u8);
        output.WriteByte(hasDestructor ? (byte)1 : (byte)0);
        if (hasDestructor)
        {
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.CoreFunc));
            cursor.Close();
        }
    }

    private void EncodeDeclarators(ref TokenCursor cursor, ComponentScope parent, ScopeKind kind, WasmWriter output)
    {
        nesting.Enter(ref cursor);
        using var scope = new ComponentScope(parent, kind, interner);
        while (cursor.Kind == TokenKind.LeftParen)
        {
            EncodeDeclarator(ref cursor, scope);
            cursor.Close();
        }

        output.WriteByte(kind == ScopeKind.ComponentType ? (byte)0x41 : (byte)0x42);
        scope.Items.WriteTo(output);
        nesting.Leave();
    }

    private void EncodeDeclarator(ref TokenCursor cursor, ComponentScope scope)
    {
        if (cursor.TryOpen("core"u8))
        {
            if (cursor.TryTakeKeyword("rec"u8))
            {
                scope.CoreTypes.EncodeRec(ref cursor, scope);
                return;
            }

            cursor.ExpectKeyword("type"u8);
            scope.CoreTypes.EncodeType(ref cursor, scope);
        }
        else if (cursor.TryOpen("type"u8))
        {
            Binding binding = identifiers.TakeBinding(ref cursor, "type");
            if (!AliasEncoder.TryEncodeInverted(ref cursor, scope, identifiers, Sort.Type, binding))
            {
                EncodeDefinition(ref cursor, scope);
                identifiers.Bind(ref cursor, scope, Sort.Type, binding);
            }
        }
        else if (cursor.TryOpen("alias"u8))
        {
            AliasEncoder.Encode(ref cursor, scope, identifiers);
        }
        else if (cursor.TryOpen("export"u8))
        {
            EncodeExtern(ref cursor, scope, ComponentSectionId.Export);
        }
        else if (scope.Kind == ScopeKind.ComponentType && cursor.TryOpen("import"u8))
        {
            EncodeExtern(ref cursor, scope, ComponentSectionId.Import);
        }
        else
        {
            cursor.UnexpectedGroup();
        }
    }

    /// <summary>Encodes <c>(import "name" type)</c>, and the export of a type, from behind the keyword.</summary>
    internal void EncodeExtern(ref TokenCursor cursor, ComponentScope scope, ComponentSectionId id)
    {
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        ExternNames.Write(ref cursor, output);
        Sort sort = EncodeExternType(ref cursor, scope, output, out Binding binding);
        scope.Items.Add(id, item.WrittenSpan);
        identifiers.Bind(ref cursor, scope, sort, binding);
    }
}
