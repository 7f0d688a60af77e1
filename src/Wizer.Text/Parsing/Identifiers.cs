namespace Wizer.Text;

/// <summary>
/// Gives the entries of index spaces their identifiers, and finds them by those. Core 3.0, Text Format: Modules, Indices.
/// </summary>
/// <param name="names">What it knows: one space for all that is of a kind.</param>
internal sealed class Identifiers(ModuleNames names)
{
    /// <summary>In the place of a symbol, where there is no name.</summary>
    internal const int NoSymbol = -1;

    internal int Symbol(ref TokenCursor cursor, Token id) => names.Interner.Intern(cursor.Source, id);

    /// <summary>Takes an optional identifier and adds an entry to an index space.</summary>
    internal void Bind(ref TokenCursor cursor, IndexSpace space)
    {
        if (!cursor.TryTake(TokenKind.Id, out Token id))
        {
            space.Add();
            NameLatest(ref cursor, space);
        }
        else
        {
            Bind(ref cursor, space, id);
        }
    }

    internal void Bind(ref TokenCursor cursor, IndexSpace space, Token id)
    {
        if (!space.TryAdd(Symbol(ref cursor, id)))
        {
            cursor.Fail($"duplicate {space.Category} {TokenCursor.Quote(id.Of(cursor.Source))}", id);
        }

        NameLatest(ref cursor, space);
    }

    /// <summary>Takes an identifier or a name for a single entry, if any, and adds it.</summary>
    internal bool TryBindSingle(ref TokenCursor cursor, IndexSpace space)
    {
        if (cursor.TryTake(TokenKind.Id, out Token id))
        {
            Bind(ref cursor, space, id);
            return true;
        }

        if (!TryTakeName(ref cursor, space.Category, out int symbol))
        {
            return false;
        }

        space.Add();
        space.NameLatest(symbol);
        return true;
    }

    internal void NameLatest(ref TokenCursor cursor, IndexSpace space)
    {
        if (TryTakeName(ref cursor, space.Category, out int symbol))
        {
            space.NameLatest(symbol);
        }
    }

    /// <summary>Takes an index, by number or by name.</summary>
    internal uint TakeIndex(ref TokenCursor cursor, IndexSpace space)
    {
        if (cursor.Kind == TokenKind.Nat)
        {
            return cursor.TakeU32();
        }

        Token id = cursor.Expect(TokenKind.Id);
        if (!space.TryFind(Symbol(ref cursor, id), out uint index))
        {
            cursor.Fail($"unknown {space.Category} {TokenCursor.Quote(id.Of(cursor.Source))}", id);
        }

        return index;
    }

    internal uint TakeOptionalIndex(ref TokenCursor cursor, IndexSpace space) => cursor.AtIndex ? TakeIndex(ref cursor, space) : 0;

    internal uint TakeFieldIndex(ref TokenCursor cursor, uint typeIndex)
    {
        if (cursor.Kind == TokenKind.Id && !names.Fields.ContainsKey(typeIndex))
        {
            cursor.Fail($"unknown field {TokenCursor.Quote(cursor.Text)}");
        }

        return cursor.Kind == TokenKind.Id ? TakeIndex(ref cursor, names.Fields[typeIndex]) : cursor.TakeU32();
    }

    /// <summary>Takes an optional <c>(@name "…")</c>.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="category">What is named, as errors say it.</param>
    /// <param name="symbol">The name.</param>
    internal bool TryTakeName(ref TokenCursor cursor, string category, out int symbol)
    {
        symbol = NoSymbol;
        if (!cursor.TryTakeAnnotation(AnnotationKind.Name, out Annotation? annotation))
        {
            return false;
        }

        TokenCursor contents = cursor.At(annotation);
        symbol = names.Interner.InternString(cursor.Source, AnnotationContents.TakeName(ref contents, annotation, "missing name"));
        AnnotationContents.Close(ref contents, annotation);
        if (cursor.TryTakeAnnotation(AnnotationKind.Name, out Annotation? another))
        {
            AnnotationContents.Fail(cursor, another, $"multiple {category}");
        }

        return true;
    }
}
