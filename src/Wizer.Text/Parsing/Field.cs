namespace Wizer.Text;

/// <summary>What a module consists of.</summary>
internal enum FieldKind : byte
{
    Type,
    Rec,
    Import,
    Func,
    Table,
    Memory,
    Global,
    Tag,
    Export,
    Start,
    Elem,
    Data,
}

/// <summary>A field that was found.</summary>
/// <param name="Kind">What its keyword says.</param>
/// <param name="Position">The index of the token behind the keyword.</param>
internal readonly record struct Field(FieldKind Kind, int Position);

/// <summary>Tells fields by their keywords.</summary>
internal static class FieldKinds
{
    /// <summary>What a keyword stands for.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> keyword, out FieldKind kind)
    {
        int index = keyword.SequenceEqual("type"u8) ? (int)FieldKind.Type
            : keyword.SequenceEqual("rec"u8) ? (int)FieldKind.Rec
            : keyword.SequenceEqual("import"u8) ? (int)FieldKind.Import
            : keyword.SequenceEqual("func"u8) ? (int)FieldKind.Func
            : keyword.SequenceEqual("table"u8) ? (int)FieldKind.Table
            : keyword.SequenceEqual("memory"u8) ? (int)FieldKind.Memory
            : keyword.SequenceEqual("global"u8) ? (int)FieldKind.Global
            : keyword.SequenceEqual("tag"u8) ? (int)FieldKind.Tag
            : keyword.SequenceEqual("export"u8) ? (int)FieldKind.Export
            : keyword.SequenceEqual("start"u8) ? (int)FieldKind.Start
            : keyword.SequenceEqual("elem"u8) ? (int)FieldKind.Elem
            : keyword.SequenceEqual("data"u8) ? (int)FieldKind.Data
            : -1;
        kind = (FieldKind)index;
        return index >= 0;
    }

    /// <summary>Takes the parenthesis and the keyword that the type of an import starts with.</summary>
    internal static FieldKind TakeExtern(ref TokenCursor cursor)
    {
        cursor.Expect(TokenKind.LeftParen);
        if (cursor.Kind != TokenKind.Keyword
            || !TryParse(cursor.Text, out FieldKind kind)
            || kind is not (FieldKind.Func or FieldKind.Table or FieldKind.Memory or FieldKind.Global or FieldKind.Tag))
        {
            cursor.Unexpected();
            return default;
        }

        cursor.Take();
        return kind;
    }
}
