using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Keeps copies of segments for runtimes whose memory can be seen only inside a callback, in pooled buffers.</summary>
internal sealed class SegmentStore : IDisposable
{
    private const int MinBufferLength = 1 << 20;
    private const int MaxBufferLength = 1 << 28;

    private PooledBuffer[] _buffers = [];
    private int _room;

    /// <summary>Copies bytes; the copy is good until this object is disposed.</summary>
    /// <param name="bytes">A part of a memory.</param>
    /// <param name="address">Where it begins there.</param>
    /// <param name="cleared">What is zero in the copy, whatever the memory has there.</param>
    internal ReadOnlySequence<byte> Copy(in ReadOnlySequence<byte> bytes, ulong address, MemoryRange cleared)
    {
        // One buffer where that is possible; what is larger becomes a chain.
        PieceChain chain = default;
        ReadOnlySequence<byte> rest = bytes;
        while (rest.Length > 0)
        {
            int count = (int)Math.Min(rest.Length, MaxBufferLength);
            chain.Add(CopyPiece(rest.Slice(0, count), count, address, cleared));
            rest = rest.Slice(count);
            address += (ulong)count;
        }

        return chain.ToSequence();
    }

    public void Dispose()
    {
        foreach (PooledBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }

        _buffers = [];
    }

    private ReadOnlyMemory<byte> CopyPiece(in ReadOnlySequence<byte> piece, int count, ulong address, MemoryRange cleared)
    {
        if (count > _room)
        {
            _room = Math.Max(count, MinBufferLength);
            _buffers = [.. _buffers, new PooledBuffer(_room)];
        }

        // The buffer has room for all that is promised to it, so it never moves what earlier slices point to.
        PooledBuffer buffer = _buffers[^1];
        int start = buffer.Length;
        Span<byte> copy = buffer.GetSpan(count)[..count];
        piece.CopyTo(copy);
        ulong from = Math.Max(cleared.Start, address);
        ulong to = Math.Min(cleared.End, address + (ulong)count);
        if (from < to)
        {
            copy[(int)(from - address)..(int)(to - address)].Clear();
        }

        buffer.Advance(count);
        _room -= count;
        return buffer.WrittenMemory.Slice(start, count);
    }
}
