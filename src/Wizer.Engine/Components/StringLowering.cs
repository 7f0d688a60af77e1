using System.Runtime.InteropServices;
using System.Text;

namespace Wizer.Engine.Components;

/// <summary>
/// Puts strings into a guest's memory. How often and for how much the allocator is asked is the specification's, by the encoding the
/// string has where it comes from. Component Model, Canonical ABI: Storing.
/// </summary>
internal static class StringLowering
{
    private const string OutOfBounds = "string content out-of-bounds";

    /// <returns>Where it is, and its length with the tag.</returns>
    internal static (ulong Address, ulong TaggedLength) Store(AbiContext cx, ComponentValue value)
    {
        string text = value.AsString;
        var source = StringSource.FromBits(value.Bits);
        ulong units = source.CodeUnits;
        if (source.Encoding == StringEncoding.Any)
        {
            // A string of the host's is as long as it turns out to be.
            units = (uint)text.Length;
        }

        switch (cx.Options.Encoding)
        {
            case StringEncoding.Utf8:
                return source.Encoding switch
                {
                    StringEncoding.Utf16 or StringEncoding.TaggedUtf16 => StoreAsUtf8(cx, text, units, units * 3),
                    StringEncoding.Latin1 => StoreAsUtf8(cx, text, units, units * 2),
                    _ => Copy(cx, Encoding.UTF8.GetBytes(text), 1, 1),
                };
            case StringEncoding.Utf16:
                return source.Encoding == StringEncoding.Utf8
                    ? StoreUtf8AsUtf16(cx, text, units)
                    : Copy(cx, MemoryMarshal.AsBytes(text.AsSpan()), 2, 2);
            default:
                return source.Encoding switch
                {
                    StringEncoding.Latin1 => Copy(cx, Encoding.Latin1.GetBytes(text), 1, 2),
                    StringEncoding.TaggedUtf16 => StoreProbablyUtf16(cx, text),
                    _ => StoreAsLatin1OrUtf16(cx, text, units),
                };
        }
    }

    private static (ulong Address, ulong Length) Copy(AbiContext cx, ReadOnlySpan<byte> bytes, int unit, int alignment)
    {
        ulong address = cx.Reallocate(0, 0, alignment, (uint)bytes.Length, OutOfBounds);
        Write(cx, address, bytes);
        return (address, (ulong)(bytes.Length / unit));
    }

    private static (ulong Address, ulong Length) StoreAsUtf8(AbiContext cx, string text, ulong units, ulong worstSize)
    {
        ulong address = cx.Reallocate(0, 0, 1, units, OutOfBounds);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int ascii = text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7f');
        if (ascii < 0)
        {
            Write(cx, address, bytes);
            return (address, units);
        }

        Write(cx, address, bytes.AsSpan(0, ascii));
        address = cx.Reallocate(address, units, 1, worstSize, OutOfBounds);
        Write(cx, address + (uint)ascii, bytes.AsSpan(ascii));
        if (worstSize > (uint)bytes.Length)
        {
            address = cx.Reallocate(address, worstSize, 1, (uint)bytes.Length, OutOfBounds);
        }

        return (address, (uint)bytes.Length);
    }

    private static (ulong Address, ulong Length) StoreUtf8AsUtf16(AbiContext cx, string text, ulong units)
    {
        ulong worstSize = 2 * units;
        ulong address = cx.Reallocate(0, 0, 2, worstSize, OutOfBounds);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text.AsSpan());
        Write(cx, address, bytes);
        if ((uint)bytes.Length < worstSize)
        {
            address = cx.Reallocate(address, worstSize, 2, (uint)bytes.Length, OutOfBounds);
        }

        return (address, (uint)text.Length);
    }

    private static (ulong Address, ulong TaggedLength) StoreAsLatin1OrUtf16(AbiContext cx, string text, ulong units)
    {
        ulong address = cx.Reallocate(0, 0, 2, units, OutOfBounds);
        int latin1 = text.AsSpan().IndexOfAnyExceptInRange('\0', '\xff');
        if (latin1 < 0)
        {
            Write(cx, address, Encoding.Latin1.GetBytes(text));
            if ((uint)text.Length < units)
            {
                address = cx.Reallocate(address, units, 2, (uint)text.Length, OutOfBounds);
            }

            return (address, (uint)text.Length);
        }

        Write(cx, address, Encoding.Latin1.GetBytes(text[..latin1]));
        ulong worstSize = 2 * units;
        address = cx.Reallocate(address, units, 2, worstSize, OutOfBounds);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text.AsSpan());
        Write(cx, address, bytes);
        if (worstSize > (uint)bytes.Length)
        {
            address = cx.Reallocate(address, worstSize, 2, (uint)bytes.Length, OutOfBounds);
        }

        return (address, (uint)text.Length | TagOf(cx));
    }

    // Whoever had it as UTF-16 had a reason for it, most of the time.
    private static (ulong Address, ulong TaggedLength) StoreProbablyUtf16(AbiContext cx, string text)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text.AsSpan());
        ulong address = cx.Reallocate(0, 0, 2, (uint)bytes.Length, OutOfBounds);
        Write(cx, address, bytes);
        if (text.AsSpan().ContainsAnyExceptInRange('\0', '\xff'))
        {
            return (address, (uint)text.Length | TagOf(cx));
        }

        Write(cx, address, Encoding.Latin1.GetBytes(text));
        address = cx.Reallocate(address, (uint)bytes.Length, 1, (uint)text.Length, OutOfBounds);
        return (address, (uint)text.Length);
    }

    private static ulong TagOf(AbiContext cx) => cx.Is64 ? 1UL << 63 : 1UL << 31;

    private static void Write(AbiContext cx, ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(cx.Span(address, bytes.Length));
}
