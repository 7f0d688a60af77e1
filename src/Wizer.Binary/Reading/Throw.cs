using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary;

/// <summary>Every way the reader fails, one method each: cold, so that its callers stay small enough to inline.</summary>
internal static class Throw
{
    [DoesNotReturn]
    internal static void UnexpectedEnd(long offset) => throw new WasmFormatException("unexpected end", offset);

    [DoesNotReturn]
    internal static void UnexpectedEndOfSection(long offset) =>
        throw new WasmFormatException("unexpected end of section or function", offset);

    [DoesNotReturn]
    internal static void IntegerTooLong(long offset) => throw new WasmFormatException("integer representation too long", offset);

    [DoesNotReturn]
    internal static void IntegerTooLarge(long offset) => throw new WasmFormatException("integer too large", offset);

    [DoesNotReturn]
    internal static void LengthOutOfBounds(long offset) => throw new WasmFormatException("length out of bounds", offset);

    [DoesNotReturn]
    internal static void MalformedUtf8(long offset) => throw new WasmFormatException("malformed UTF-8 encoding", offset);

    [DoesNotReturn]
    internal static void Malformed(string message, long offset) => throw new WasmFormatException(message, offset);

    [DoesNotReturn]
    internal static void Invalid(string message, long offset) => throw new WasmValidationException(message, offset);

    [DoesNotReturn]
    internal static void UnknownType(uint index, int count, long offset) => Unknown("type", index, count, offset);

    /// <summary>An index beyond its index space: <c>unknown memory 3: the module has 1</c>.</summary>
    [DoesNotReturn]
    internal static void Unknown(string what, uint index, int count, long offset) =>
        Invalid($"unknown {what} {index}: the module has {count}", offset);
}
