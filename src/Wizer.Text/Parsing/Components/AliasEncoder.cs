using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes aliases that the text has, in both of their forms: <c>(alias export $i "f" (func $f))</c> and
/// <c>(func $f (alias export $i "f"))</c>. Component Model, Explainer: Alias Definitions.
/// </summary>
internal static class AliasEncoder
{
    /// <summary>Encodes an alias from behind its keyword.</summary>
    internal static void Encode(ref TokenCursor cursor, ComponentScope scope, ComponentIdentifiers identifiers)
    {
        // What is aliased stands last, and the rest can only be read when that is known.
        int target = cursor.Position;
        while (cursor.Kind is not (TokenKind.LeftParen or TokenKind.RightParen or TokenKind.End))
        {
            cursor.Take();
        }

        int group = cursor.Position;
        cursor.Expect(TokenKind.LeftParen);
        Sort sort = ComponentSorts.Take(ref cursor);
        Binding binding = identifiers.TakeBinding(ref cursor, ComponentSorts.CategoryOf(sort));
        cursor.Close();
        int end = cursor.Position;

        cursor.Position = target;
        EncodeTarget(ref cursor, scope, identifiers, sort);
        if (cursor.Position != group)
        {
            cursor.Unexpected();
        }

        cursor.Position = end;
        identifiers.Bind(ref cursor, scope, sort, binding);
    }

    /// <summary>Encodes the alias that a definition consists of, if any, from before its parenthesis.</summary>
    internal static bool TryEncodeInverted(
        ref TokenCursor cursor, ComponentScope scope, ComponentIdentifiers identifiers, Sort sort, Binding binding)
    {
        if (!AtInverted(cursor))
        {
            return false;
        }

        cursor.TryOpen("alias"u8);
        EncodeTarget(ref cursor, scope, identifiers, sort);
        cursor.Close();
        identifiers.Bind(ref cursor, scope, sort, binding);
        return true;
    }

    /// <summary>Whether an alias comes that does not say what it defines, as one within a component would.</summary>
    private static bool AtInverted(TokenCursor cursor)
    {
        bool isAlias = cursor.TryOpen("alias"u8);
        while (isAlias && cursor.Kind is not (TokenKind.LeftParen or TokenKind.RightParen or TokenKind.End))
        {
            cursor.Take();
        }

        return isAlias && cursor.Kind == TokenKind.RightParen;
    }

    private static void EncodeTarget(ref TokenCursor cursor, ComponentScope scope, ComponentIdentifiers identifiers, Sort sort)
    {
        if (cursor.TryTakeKeyword("outer"u8))
        {
            EncodeOuter(ref cursor, scope, identifiers, sort);
            return;
        }

        Token keyword = cursor.Current;
        bool isOfCore = cursor.TryTakeKeyword("core"u8);
        cursor.ExpectKeyword("export"u8);
        if (isOfCore && !Sorts.IsCore(sort))
        {
            cursor.Fail($"core instances export no {ComponentSorts.CategoryOf(sort)}s", keyword);
        }

        uint instance = identifiers.TakeIndex(ref cursor, scope, isOfCore ? Sort.CoreInstance : Sort.Instance);
        identifiers.WriteExportAlias(ref cursor, scope, sort, isOfCore, instance);
    }

    private static void EncodeOuter(ref TokenCursor cursor, ComponentScope scope, ComponentIdentifiers identifiers, Sort sort)
    {
        Token count = cursor.Current;
        uint depth = 0;
        ComponentScope? target = scope;
        if (count.Kind == TokenKind.Nat)
        {
            depth = cursor.TakeU32();
            for (uint i = 0; i < depth && target is not null; i++)
            {
                target = target.Parent;
            }
        }
        else
        {
            int symbol = identifiers.Symbol(ref cursor, cursor.Expect(TokenKind.Id));
            for (; target is not null && target.Symbol != symbol; target = target.Parent)
            {
                depth++;
            }
        }

        if (target is null && (count.Kind == TokenKind.Id || cursor.Kind == TokenKind.Id))
        {
            cursor.Fail($"unknown outer component {TokenCursor.Quote(count.Of(cursor.Source))}", count);
        }

        uint index = target is null ? cursor.TakeU32() : identifiers.TakeIndexOf(ref cursor, target, sort);
        ComponentIdentifiers.AddOuterAlias(scope, sort, depth, index);
    }
}
