using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Takes value types, reference types and heap types. Core 3.0, Text Format: Types.</summary>
/// <param name="identifiers">Finds the types that are named.</param>
/// <param name="names">All index spaces.</param>
internal sealed class ValTypeReader(Identifiers identifiers, ModuleNames names)
{
    // What the binary format, and ValType with it, can hold; an index that large is unknown to every module.
    private const uint MaxTypeIndex = (1 << 23) - 1;

    /// <summary>Takes value types and the parenthesis behind them.</summary>
    internal void TakeValTypes(ref TokenCursor cursor, List<ValType> types, bool isSingle)
    {
        while (isSingle || cursor.Kind != TokenKind.RightParen)
        {
            types.Add(TakeValType(ref cursor));
            if (isSingle)
            {
                break;
            }
        }

        cursor.Close();
    }

    internal ValType TakeValType(ref TokenCursor cursor)
    {
        if (!TryTakeValType(ref cursor, out ValType type))
        {
            cursor.UnexpectedGroup();
        }

        return type;
    }

    internal ValType TakeRefType(ref TokenCursor cursor)
    {
        Token token = cursor.Current;
        ValType type = TakeValType(ref cursor);
        if (!type.IsRef)
        {
            cursor.Unexpected(token);
        }

        return type;
    }

    private bool TryTakeValType(ref TokenCursor cursor, out ValType type)
    {
        if (cursor.TryOpen("ref"u8))
        {
            bool isNullable = cursor.TryTakeKeyword("null"u8);
            type = ValType.Ref(TakeHeapType(ref cursor), isNullable);
            cursor.Close();
            return true;
        }

        type = default;
        if (cursor.Kind != TokenKind.Keyword || !TypeKeywords.TryParseValType(cursor.Text, out type))
        {
            return false;
        }

        cursor.Take();
        return true;
    }

    internal HeapType TakeHeapType(ref TokenCursor cursor)
    {
        if (cursor.AtIndex)
        {
            return new HeapType((int)Math.Min(identifiers.TakeIndex(ref cursor, names.Types), MaxTypeIndex));
        }

        if (cursor.Kind != TokenKind.Keyword || !TypeKeywords.TryParseHeapType(cursor.Text, out HeapType type))
        {
            cursor.Unexpected();
            return default;
        }

        cursor.Take();
        return type;
    }
}
