using System.Buffers;
using System.Runtime.InteropServices;
using CommunityToolkit.HighPerformance.Buffers;

namespace Wizer.Binary;

/// <summary>
/// A growing buffer whose memory is borrowed from the shared pool: the only door to that pool, so that a leak can be counted.
/// Whoever creates one disposes it; spans and memory handed out end with it.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private static int s_liveCount;

    private ArrayPoolBufferWriter<byte>? _writer;

    /// <summary>Rents a first array.</summary>
    /// <param name="initialCapacity">In bytes; at least one.</param>
    public PooledBuffer(int initialCapacity = 256)
    {
        _writer = new ArrayPoolBufferWriter<byte>(initialCapacity);
        Interlocked.Increment(ref s_liveCount);
    }

    /// <summary>How many buffers of this process have been created and not yet disposed; tests compare it before and after.</summary>
    internal static int LiveCount => Volatile.Read(ref s_liveCount);

    /// <summary>How many bytes have been written.</summary>
    public int Length => Writer.WrittenCount;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => Writer.WrittenSpan;

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => Writer.WrittenMemory;

    private ArrayPoolBufferWriter<byte> Writer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_writer is null, this);
            return _writer;
        }
    }

    /// <inheritdoc/>
    public void Advance(int count) => Writer.Advance(count);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => Writer.GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Writer.GetSpan(sizeHint);

    /// <summary>Forgets what has been written and keeps the memory.</summary>
    public void Clear() => Writer.Clear();

    /// <summary>A copy of what has been written, for callers that must own it.</summary>
    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Gives the memory back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _writer, null) is { } writer)
        {
            writer.Dispose();
            Interlocked.Decrement(ref s_liveCount);
        }
    }

    /// <summary>Part of what has been written, to be overwritten.</summary>
    internal Span<byte> Patch(int position, int count) => MemoryMarshal.AsMemory(Writer.WrittenMemory).Span.Slice(position, count);

    /// <summary>Makes room in the middle of what has been written; what stood there moves behind it.</summary>
    internal void Insert(int position, int count)
    {
        int length = Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)position, (uint)length, nameof(position));
        if (count == 0)
        {
            return;
        }

        Writer.GetSpan(count);
        Writer.Advance(count);
        Patch(position, length - position).CopyTo(Patch(position + count, length - position));
    }
}
