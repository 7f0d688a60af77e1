using System.Diagnostics.CodeAnalysis;

namespace Wizer.Text;

/// <summary>Takes the numbers among the immediates of instructions. Core 3.0, Text Format: Values; Memory Instructions.</summary>
internal static class NumberTokens
{
    /// <summary>Takes an integer, with or without a sign; the bits of it.</summary>
    internal static ulong TakeInteger(ref TokenCursor cursor, int bits)
    {
        if (cursor.Kind is not (TokenKind.Nat or TokenKind.Int))
        {
            cursor.Unexpected();
        }

        Token token = cursor.Take();
        if (!IntegerLiteral.TryParse(token.Of(cursor.Source), bits, out ulong value))
        {
            FailOutOfRange(ref cursor, token);
        }

        return value;
    }

    /// <summary>Takes a float; the bits of it.</summary>
    internal static ulong TakeFloat(ref TokenCursor cursor, int bits)
    {
        Token token = cursor.Take();
        if (!VectorLiteral.IsFloat(token.Kind, token.Of(cursor.Source)))
        {
            cursor.Unexpected(token);
        }

        ReadOnlySpan<byte> text = token.Of(cursor.Source);
        ulong value;
        bool fits;
        if (bits == 32)
        {
            fits = FloatLiteral.TryParseF32(text, out uint single);
            value = single;
        }
        else
        {
            fits = FloatLiteral.TryParseF64(text, out value);
        }

        if (!fits)
        {
            FailOutOfRange(ref cursor, token);
        }

        return value;
    }

    /// <summary>Takes <c>offset=n</c> or <c>align=n</c>.</summary>
    internal static bool TryTakeArgument(ref TokenCursor cursor, ReadOnlySpan<byte> prefix, out ulong value)
    {
        value = 0;
        if (cursor.Kind != TokenKind.Keyword || !cursor.Text.StartsWith(prefix))
        {
            return false;
        }

        Token token = cursor.Take();
        ReadOnlySpan<byte> number = token.Of(cursor.Source)[prefix.Length..];
        if (NumberSyntax.Classify(number.IsEmpty ? "x"u8 : number) != TokenKind.Nat)
        {
            cursor.Unexpected(token);
        }

        if (!IntegerLiteral.TryParseUnsigned(number, 64, out value))
        {
            cursor.Fail("i64 constant out of range", token);
        }

        return true;
    }

    [DoesNotReturn]
    private static void FailOutOfRange(ref TokenCursor cursor, Token token) =>
        cursor.Fail($"constant out of range: {TokenCursor.Quote(token.Of(cursor.Source))}", token);
}
