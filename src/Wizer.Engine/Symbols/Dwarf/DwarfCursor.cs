using System.Buffers.Binary;

namespace Wizer.Engine.Symbols;

/// <summary>A position in a debug section. Everything in it is little-endian, as everything in a module is.</summary>
/// <remarks>Whatever it cannot read is a <see cref="DwarfException"/>.</remarks>
internal ref struct DwarfCursor
{
    // Producers pad what a linker fills in, to five bytes or ten. More is nobody's, and would be read without being counted.
    private const int MaxLebLength = 16;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    internal DwarfCursor(ReadOnlySpan<byte> section, ulong position)
    {
        if (position > (ulong)section.Length)
        {
            DwarfException.Malformed();
        }

        _bytes = section;
        _position = (int)position;
    }

    internal readonly int Position => _position;

    internal readonly bool IsAtEnd => _position >= _bytes.Length;

    internal byte ReadU8()
    {
        if (IsAtEnd)
        {
            DwarfException.Malformed();
        }

        return _bytes[_position++];
    }

    internal ushort ReadU16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal uint ReadU32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal ulong ReadU64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads an integer of 1, 2, 3, 4 or 8 bytes.</summary>
    internal ulong ReadUnsigned(int byteLength)
    {
        switch (byteLength)
        {
            case 1:
                return ReadU8();
            case 2:
                return ReadU16();
            case 3:
                return ReadU16() | ((ulong)ReadU8() << 16);
            case 4:
                return ReadU32();
            case 8:
                return ReadU64();
            default:
                DwarfException.Malformed();
                return 0;
        }
    }

    /// <summary>Reads an offset into a section, or a length.</summary>
    internal ulong ReadOffset(bool is64Bit) => is64Bit ? ReadU64() : ReadU32();

    /// <summary>Reads the length that a unit of any section begins with, which also says how wide the unit's offsets are.</summary>
    internal ulong ReadUnitLength(out bool is64Bit)
    {
        const uint FirstReserved = 0xffff_fff0;
        const uint Is64Bit = 0xffff_ffff;
        uint length = ReadU32();
        is64Bit = length == Is64Bit;
        if (is64Bit)
        {
            return ReadU64();
        }

        if (length >= FirstReserved)
        {
            DwarfException.Malformed();
        }

        return length;
    }

    /// <summary>Reads an unsigned LEB128 integer.</summary>
    internal ulong ReadUleb()
    {
        ulong value = 0;
        for (int i = 0; i < MaxLebLength; i++)
        {
            byte next = ReadU8();
            ulong bits = next & 0x7fUL;
            int shift = i * 7;
            if (shift < 64)
            {
                value |= bits << shift;
            }

            if (shift >= 64 ? bits != 0 : bits << shift >> shift != bits)
            {
                break;
            }

            if (next < 0x80)
            {
                return value;
            }
        }

        DwarfException.Malformed();
        return 0;
    }

    /// <summary>Reads a signed LEB128 integer.</summary>
    internal long ReadSleb()
    {
        long value = 0;
        for (int i = 0; i < MaxLebLength; i++)
        {
            byte next = ReadU8();
            int shift = i * 7;
            if (shift < 64)
            {
                value |= (next & 0x7fL) << shift;
            }

            if (next < 0x80)
            {
                bool isNegative = (next & 0x40) != 0;
                return isNegative && shift + 7 < 64 ? value | (-1L << (shift + 7)) : value;
            }
        }

        DwarfException.Malformed();
        return 0;
    }

    /// <summary>Reads what a zero byte ends, without that.</summary>
    internal ReadOnlySpan<byte> ReadString()
    {
        int length = _bytes[_position..].IndexOf((byte)0);
        if (length < 0)
        {
            DwarfException.Malformed();
        }

        ReadOnlySpan<byte> text = _bytes.Slice(_position, length);
        _position += length + 1;
        return text;
    }

    internal void Skip(ulong byteLength)
    {
        if (byteLength > (ulong)(_bytes.Length - _position))
        {
            DwarfException.Malformed();
        }

        _position += (int)byteLength;
    }

    private ReadOnlySpan<byte> Take(int byteLength)
    {
        if (byteLength > _bytes.Length - _position)
        {
            DwarfException.Malformed();
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(_position, byteLength);
        _position += byteLength;
        return bytes;
    }
}
