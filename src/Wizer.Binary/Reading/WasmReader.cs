using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Wizer.Binary;

/// <summary>
/// A checked cursor over the bytes of a module, or of a part of one. It lives on the stack, copies nothing, and knows where in
/// the module it stands, so that every error carries a module offset. A failed read leaves the cursor where it was.
/// </summary>
[DebuggerDisplay("at 0x{Offset}, {Remaining} bytes left")]
public ref struct WasmReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _baseOffset;
    private int _position;

    /// <summary>Opens a cursor at the first of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What can be read; never retained longer than the reader lives.</param>
    /// <param name="baseOffset">The module offset of the first byte.</param>
    public WasmReader(ReadOnlySpan<byte> bytes, long baseOffset = 0)
    {
        _bytes = bytes;
        _baseOffset = baseOffset;
        _position = 0;
    }

    /// <summary>Bytes from the start of the span.</summary>
    public int Position
    {
        readonly get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)_bytes.Length, nameof(value));
            _position = value;
        }
    }

    /// <summary>Bytes from the start of the module.</summary>
    public readonly long Offset => _baseOffset + _position;

    /// <summary>The module offset of the first byte of the span.</summary>
    public readonly long BaseOffset => _baseOffset;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Whether every byte has been read.</summary>
    public readonly bool IsAtEnd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _position >= _bytes.Length;
    }

    /// <summary>All the bytes the reader was opened on, read or not.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads one byte.</summary>
    /// <exception cref="WasmFormatException">The input ends.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length)
        {
            ThrowEnd(Offset);
        }

        _position = at + 1;
        return _bytes[at];
    }

    /// <summary>Looks at the next byte without moving; false at the end.</summary>
    public readonly bool TryPeek(out byte value)
    {
        if ((uint)_position >= (uint)_bytes.Length)
        {
            value = 0;
            return false;
        }

        value = _bytes[_position];
        return true;
    }

    /// <summary>Reads an unsigned 32-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    /// <exception cref="WasmFormatException">More than five bytes, too large, or the input ends early.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadU32()
    {
        // Nearly all indices and counts are below 128: inline that case, call out for the rest.
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length || _bytes[at] >= 0x80)
        {
            return (uint)ReadUnsignedSlow(32);
        }

        _position = at + 1;
        return _bytes[at];
    }

    /// <summary>Reads an unsigned 64-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    /// <exception cref="WasmFormatException">More than ten bytes, too large, or the input ends early.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadU64()
    {
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length || _bytes[at] >= 0x80)
        {
            return ReadUnsignedSlow(64);
        }

        _position = at + 1;
        return _bytes[at];
    }

    /// <summary>Reads a signed 32-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    /// <exception cref="WasmFormatException">More than five bytes, too large, or the input ends early.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadS32()
    {
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length || _bytes[at] >= 0x80)
        {
            return (int)ReadSignedSlow(32);
        }

        _position = at + 1;
        return (sbyte)(_bytes[at] << 1) >> 1;
    }

    /// <summary>Reads a signed 33-bit LEB128 integer: block types and heap types. Core 3.0, Binary Format: Values, Integers.</summary>
    /// <exception cref="WasmFormatException">More than five bytes, too large, or the input ends early.</exception>
    public long ReadS33() => ReadSignedSlow(33);

    /// <summary>Reads a signed 64-bit LEB128 integer. Core 3.0, Binary Format: Values, Integers.</summary>
    /// <exception cref="WasmFormatException">More than ten bytes, too large, or the input ends early.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadS64()
    {
        int at = _position;
        if ((uint)at >= (uint)_bytes.Length || _bytes[at] >= 0x80)
        {
            return ReadSignedSlow(64);
        }

        _position = at + 1;
        return (sbyte)(_bytes[at] << 1) >> 1;
    }

    /// <summary>Reads four bytes, little-endian: the bits of an f32. Core 3.0, Binary Format: Values, Floating-Point.</summary>
    /// <exception cref="WasmFormatException">The input ends early.</exception>
    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>Reads eight bytes, little-endian: the bits of an f64. Core 3.0, Binary Format: Values, Floating-Point.</summary>
    /// <exception cref="WasmFormatException">The input ends early.</exception>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>Takes the next bytes as a slice of the input.</summary>
    /// <exception cref="WasmFormatException">Fewer than <paramref name="byteCount"/> are left.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes(int byteCount)
    {
        if ((uint)byteCount > (uint)Remaining)
        {
            ThrowEnd(_baseOffset + _bytes.Length);
        }

        ReadOnlySpan<byte> slice = _bytes.Slice(_position, byteCount);
        _position += byteCount;
        return slice;
    }

    /// <summary>Reads a length and then that many bytes; the result is where they stand in the module.</summary>
    /// <exception cref="WasmFormatException">The length reaches beyond the input.</exception>
    public ByteRange ReadByteVector()
    {
        int start = _position;
        uint length = ReadU32();
        if (length > (uint)Remaining)
        {
            _position = start;
            ThrowLength(length);
        }

        var range = new ByteRange((int)Offset, (int)length);
        _position += (int)length;
        return range;
    }

    /// <summary>Reads a name: a length and valid UTF-8, left where it stands. Core 3.0, Binary Format: Values, Names.</summary>
    /// <exception cref="WasmFormatException">The length reaches beyond the input, or the bytes are not UTF-8.</exception>
    public ByteRange ReadName()
    {
        int start = _position;
        ByteRange range = ReadByteVector();
        if (!Utf8.IsValid(_bytes.Slice(_position - range.Length, range.Length)))
        {
            _position = start;
            Throw.MalformedUtf8(range.Offset);
        }

        return range;
    }

    /// <summary>
    /// Reads the count of a vector whose items take at least one byte each, so that a hostile count reserves nothing.
    /// </summary>
    /// <exception cref="WasmFormatException">More items than bytes are left.</exception>
    public int ReadCount()
    {
        int start = _position;
        uint count = ReadU32();
        if (count > (uint)Remaining)
        {
            _position = start;
            ThrowLength(count);
        }

        return (int)count;
    }

    /// <summary>The same for items of which there may only be so many, so that neither does a count that is honest.</summary>
    /// <exception cref="WasmFormatException">More items than bytes are left, or more than allowed.</exception>
    internal int ReadCount(int most, string what)
    {
        long at = Offset;
        int count = ReadCount();
        if (count > most)
        {
            Throw.Malformed($"too many {what}: {count}, at most {most} are supported", at);
        }

        return count;
    }

    /// <summary>A reader over a part of the same module, with the same notion of offsets.</summary>
    public readonly WasmReader Slice(ByteRange range) =>
        new(_bytes.Slice((int)(range.Offset - _baseOffset), range.Length), range.Offset);

    // The scripts compare a length with what is left from its own first byte on, and call the rest an unexpected end.
    [DoesNotReturn]
    private readonly void ThrowLength(uint length)
    {
        if (length > (uint)Remaining)
        {
            Throw.LengthOutOfBounds(Offset);
        }

        ThrowEnd(_baseOffset + _bytes.Length);
    }

    // Within a part of the module it is the section or function that ends.
    [DoesNotReturn]
    private readonly void ThrowEnd(long offset)
    {
        if (_baseOffset == 0)
        {
            Throw.UnexpectedEnd(offset);
        }

        Throw.UnexpectedEndOfSection(offset);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadUnsignedSlow(int bits)
    {
        ulong value = 0;
        int at = _position;

        // The first byte says that there is another, if it is there; most often that is all.
        if ((uint)(at + 1) < (uint)_bytes.Length && _bytes[at + 1] < 0x80)
        {
            _position = at + 2;
            return (_bytes[at] & 0x7fu) | ((uint)_bytes[at + 1] << 7);
        }

        for (int shift = 0; ; shift += 7)
        {
            if ((uint)at >= (uint)_bytes.Length)
            {
                ThrowEnd(_baseOffset + at);
            }

            byte b = _bytes[at++];
            int left = bits - shift;
            if (left < 7)
            {
                // The last byte allowed: no continuation, and no bits beyond the type's width.
                if (b >= 0x80)
                {
                    Throw.IntegerTooLong(_baseOffset + at - 1);
                }

                if (b >> left != 0)
                {
                    Throw.IntegerTooLarge(_baseOffset + at - 1);
                }
            }

            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                _position = at;
                return value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadSignedSlow(int bits)
    {
        long value = 0;
        int at = _position;
        if ((uint)(at + 1) < (uint)_bytes.Length && _bytes[at] >= 0x80 && _bytes[at + 1] < 0x80)
        {
            _position = at + 2;
            return (short)(((_bytes[at] & 0x7f) << 2) | (_bytes[at + 1] << 9)) >> 2;
        }

        for (int shift = 0; ; shift += 7)
        {
            if ((uint)at >= (uint)_bytes.Length)
            {
                ThrowEnd(_baseOffset + at);
            }

            byte b = _bytes[at++];
            int left = bits - shift;
            if (left < 7)
            {
                if (b >= 0x80)
                {
                    Throw.IntegerTooLong(_baseOffset + at - 1);
                }

                // Unused bits must repeat the sign bit.
                int rest = (sbyte)(b << 1) >> left;
                if (rest is not (0 or -1))
                {
                    Throw.IntegerTooLarge(_baseOffset + at - 1);
                }
            }

            value |= (long)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                _position = at;
                int used = shift + 7;
                return used < 64 ? value << (64 - used) >> (64 - used) : value;
            }
        }
    }
}
