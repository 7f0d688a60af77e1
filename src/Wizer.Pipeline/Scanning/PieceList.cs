using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>The parts of a memory that are read, in address order, each in one span.</summary>
internal sealed class PieceList
{
    private ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[16];
    private ulong[] _addresses = new ulong[16];

    /// <summary>Cuts ranges out of a memory.</summary>
    /// <param name="memory">All of it.</param>
    /// <param name="ranges">What is wanted, in address order.</param>
    /// <param name="maxByteLength">How large a piece may be.</param>
    internal PieceList(in ReadOnlySequence<byte> memory, MemoryRange[] ranges, int maxByteLength)
    {
        foreach (MemoryRange range in ranges)
        {
            ByteLength += range.ByteLength;
            ulong address = range.Start;
            foreach (ReadOnlyMemory<byte> bytes in memory.Slice((long)range.Start, (long)range.ByteLength))
            {
                for (int at = 0; at < bytes.Length; at += maxByteLength)
                {
                    Add(bytes.Slice(at, Math.Min(maxByteLength, bytes.Length - at)), address + (uint)at);
                }

                address += (uint)bytes.Length;
            }
        }
    }

    internal int Count { get; private set; }

    /// <summary>The bytes of all pieces.</summary>
    internal ulong ByteLength { get; }

    internal ReadOnlyMemory<byte> this[int index] => _pieces[index];

    internal ulong AddressOf(int index) => _addresses[index];

    /// <summary>Puts pieces that follow one another into groups.</summary>
    /// <param name="byteLength">A group is complete when it has this many bytes.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <returns>Where each group starts, and behind the last one, where it ends.</returns>
    internal int[] Group(int byteLength, out int groupCount)
    {
        var starts = new int[Count + 1];
        groupCount = 0;
        for (int i = 0; i < Count;)
        {
            starts[groupCount++] = i;
            for (long length = 0; i < Count && length < byteLength; i++)
            {
                length += _pieces[i].Length;
            }
        }

        starts[groupCount] = Count;
        return starts;
    }

    private void Add(ReadOnlyMemory<byte> bytes, ulong address)
    {
        if (Count == _pieces.Length)
        {
            var pieces = new ReadOnlyMemory<byte>[Count * 2];
            var addresses = new ulong[Count * 2];
            Array.Copy(_pieces, pieces, Count);
            Array.Copy(_addresses, addresses, Count);
            _pieces = pieces;
            _addresses = addresses;
        }

        _pieces[Count] = bytes;
        _addresses[Count++] = address;
    }
}
