using System.Buffers.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Numbers that a loop reads one after the other, in as few bytes as there can be: one that all are; or all of them in 1, 2, 4 or 8
/// bytes, where the least number of that width stands for the next one of a list of wide ones.
/// </summary>
internal sealed class NumberColumn
{
    // What the code for a second list takes.
    private const long ListLength = 48;

    private readonly long[] _values;

    /// <param name="values">The numbers.</param>
    /// <param name="is64">Whether they may have 64 bits; otherwise 32.</param>
    internal NumberColumn(List<long> values, bool is64)
    {
        _values = values.ToArray();
        Is64 = is64;
        IsConstant = _values.AsSpan().IndexOfAnyExcept(First) < 0;
        if (!IsConstant)
        {
            FindWidth();
        }
    }

    /// <summary>Whether they have 64 bits.</summary>
    internal bool Is64 { get; }

    /// <summary>Whether all are equal.</summary>
    internal bool IsConstant { get; }

    /// <summary>The first one.</summary>
    internal long First => _values.Length == 0 ? 0 : _values[0];

    /// <summary>How many there are.</summary>
    internal int Count => _values.Length;

    /// <summary>How many bytes most of them take.</summary>
    internal int Width { get; private set; }

    /// <summary>How many bytes the wide ones take.</summary>
    internal int WideWidth => Is64 ? 8 : 4;

    /// <summary>How many of them are in the list of wide ones.</summary>
    internal int WideCount { get; private set; }

    /// <summary>What stands for the next one of those.</summary>
    internal long Escape => Least(Width);

    /// <summary>What all of it takes.</summary>
    internal long ByteLength { get; private set; }

    /// <summary>Writes the numbers.</summary>
    internal byte[] ToBytes() => ToBytes(Width, isWide: false, _values.Length);

    /// <summary>Writes the wide ones.</summary>
    internal byte[] ToWideBytes() => ToBytes(WideWidth, isWide: true, WideCount);

    private byte[] ToBytes(int width, bool isWide, int count)
    {
        byte[] bytes = new byte[checked(width * count)];
        Span<byte> left = bytes;
        foreach (long value in _values)
        {
            bool isOutside = WideCount != 0 && IsOutside(value, Width);
            if (isWide && !isOutside)
            {
                continue;
            }

            Write(left, width, isOutside && !isWide ? Escape : value);
            left = left[width..];
        }

        return bytes;
    }

    private static void Write(Span<byte> bytes, int width, long value)
    {
        switch (width)
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value);
                break;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
                break;
        }
    }

    private void FindWidth()
    {
        ByteLength = long.MaxValue;
        for (int width = 1; width <= WideWidth; width *= 2)
        {
            int wide = CountOutside(width);
            long length = ((long)_values.Length * width) + (wide == 0 ? 0 : ((long)wide * WideWidth) + ListLength);
            if (length < ByteLength)
            {
                (Width, WideCount, ByteLength) = (width, wide, length);
            }
        }
    }

    private int CountOutside(int width)
    {
        int count = 0;
        bool isPlain = true;
        foreach (long value in _values)
        {
            count += IsOutside(value, width) ? 1 : 0;
            isPlain &= value >= Least(width) && value <= ~Least(width);
        }

        // The least one stands for itself where it need not stand for others.
        return isPlain ? 0 : count;
    }

    private static bool IsOutside(long value, int width) => value <= Least(width) || value > ~Least(width);

    private static long Least(int width) => long.MinValue >> (64 - (8 * width));
}
