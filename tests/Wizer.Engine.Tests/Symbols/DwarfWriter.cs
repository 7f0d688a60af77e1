using System.Buffers.Binary;
using System.Text;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>The bytes of a debug section, as far as they are written.</summary>
internal sealed class DwarfWriter(bool is64Bit = false)
{
    private readonly List<byte> _bytes = [];

    internal int Length => _bytes.Count;

    internal byte[] ToArray() => [.. _bytes];

    internal DwarfWriter Bytes(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>An integer of so many bytes.</summary>
    internal DwarfWriter Number(ulong value, int byteLength)
    {
        for (int i = 0; i < byteLength; i++)
        {
            _bytes.Add((byte)(i < 8 ? value >> (8 * i) : 0));
        }

        return this;
    }

    /// <summary>An offset into a section.</summary>
    internal DwarfWriter Offset(ulong value) => Number(value, is64Bit ? 8 : 4);

    internal DwarfWriter Uleb(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
        return this;
    }

    internal DwarfWriter Sleb(long value)
    {
        for (; value is < -64 or >= 64; value >>= 7)
        {
            _bytes.Add((byte)((value & 0x7f) | 0x80));
        }

        _bytes.Add((byte)(value & 0x7f));
        return this;
    }

    internal DwarfWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text)).Bytes(0);

    /// <summary>What another one has, with the length before it that units have.</summary>
    internal DwarfWriter Unit(DwarfWriter contents)
    {
        if (is64Bit)
        {
            Number(0xffff_ffff, 4);
        }

        return Offset((ulong)contents.Length).Bytes(contents.ToArray());
    }

    /// <summary>Overwrites an integer of four bytes.</summary>
    internal void Patch(int position, uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes[position + i] = bytes[i];
        }
    }
}
