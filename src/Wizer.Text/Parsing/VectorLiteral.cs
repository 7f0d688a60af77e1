using System.Buffers.Binary;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The shape and the lanes of <c>v128.const</c>. Core 3.0, Text Format: Vector Instructions.</summary>
internal static class VectorLiteral
{
    /// <summary>Takes a shape and its lanes.</summary>
    /// <param name="cursor">Behind <c>v128.const</c>.</param>
    /// <param name="bytes">Receives the sixteen bytes.</param>
    internal static void Take(ref TokenCursor cursor, scoped Span<byte> bytes)
    {
        if (cursor.Kind != TokenKind.Keyword || !TryParseShape(cursor.Text, out int laneBits, out bool isFloat))
        {
            cursor.Unexpected();
            return;
        }

        Token shape = cursor.Take();
        CheckCount(cursor, shape, 128 / laneBits);
        for (int at = 0; at < 16; at += laneBits / 8)
        {
            Token token = cursor.Current;
            if (isFloat ? !IsFloat(token.Kind, token.Of(cursor.Source)) : token.Kind is not (TokenKind.Nat or TokenKind.Int))
            {
                cursor.Unexpected();
            }

            TakeLane(ref cursor, laneBits, isFloat, bytes[at..]);
        }
    }

    /// <summary>Counts before anything is said about the single lanes.</summary>
    private static void CheckCount(TokenCursor cursor, Token shape, int expected)
    {
        int count = 0;
        while (IsFloat(cursor.Kind, cursor.Text) || cursor.Kind == TokenKind.Reserved)
        {
            cursor.Take();
            count++;
        }

        if (count != expected)
        {
            if (cursor.Kind == TokenKind.Keyword && !Keywords.IsKnown(cursor.Text))
            {
                cursor.Unexpected();
            }

            cursor.Fail("wrong number of lane literals", shape);
        }
    }

    /// <summary>Parses a shape such as <c>i8x16</c>.</summary>
    internal static bool TryParseShape(ReadOnlySpan<byte> word, out int laneBits, out bool isFloat)
    {
        isFloat = word.Length != 0 && word[0] == 'f';
        laneBits = word.SequenceEqual("i8x16"u8) ? 8
            : word.SequenceEqual("i16x8"u8) ? 16
            : word.SequenceEqual("i32x4"u8) || word.SequenceEqual("f32x4"u8) ? 32
            : word.SequenceEqual("i64x2"u8) || word.SequenceEqual("f64x2"u8) ? 64
            : 0;
        return laneBits != 0;
    }

    /// <summary>Whether a token is a floating-point literal; integers are.</summary>
    internal static bool IsFloat(TokenKind kind, ReadOnlySpan<byte> text) =>
        kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float || (kind == TokenKind.Keyword && NumberSyntax.IsSpecial(text));

    private static void TakeLane(ref TokenCursor cursor, int bits, bool isFloat, scoped Span<byte> destination)
    {
        Token token = cursor.Take();
        ReadOnlySpan<byte> text = token.Of(cursor.Source);
        ulong value;
        bool fits;
        if (!isFloat)
        {
            fits = IntegerLiteral.TryParse(text, bits, out value);
        }
        else if (bits == 32)
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
            cursor.Fail($"constant out of range: {TokenCursor.Quote(text)}", token);
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..(bits / 8)].CopyTo(destination);
    }
}
