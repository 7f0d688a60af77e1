using System.Buffers;
using System.Runtime.InteropServices;
using Wizer.Engine.Platform;

namespace Wizer.Cli;

/// <summary>
/// Bytes in private native memory. An input lives here rather than in a mapping, which a guest that may write the file
/// could change after it was validated, and rather than in an array, which would be cleared before it is filled.
/// </summary>
internal sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private static int s_outstanding;

    private byte* _bytes;
    private int _capacity;
    private int _length;
    private readonly bool _isAligned;

    public NativeBuffer(int capacity)
    {
        _capacity = Math.Max(capacity, 1);
        _isAligned = LargePages.Suit(_capacity);
        _bytes = Allocate(_capacity);
        Interlocked.Increment(ref s_outstanding);
    }

    /// <summary>How many there are that were not disposed.</summary>
    internal static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>The part not filled yet, never empty; fill some of it and say so to <see cref="Advance"/>.</summary>
    /// <remarks>May move the bytes: not to be called once <see cref="MemoryManager{T}.Memory"/> was handed out.</remarks>
    /// <returns>Empty when the buffer is as large as it can be.</returns>
    public Span<byte> GetFreeSpan()
    {
        if (_length == _capacity && _capacity < Array.MaxLength)
        {
            int capacity = (int)Math.Min(Array.MaxLength, Math.Max(65536, _capacity * 2L));
            Grow(capacity);
        }

        // Safe: _bytes holds _capacity bytes and _length never exceeds it.
        return new Span<byte>(_bytes + _length, _capacity - _length);
    }

    public void Advance(int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)byteCount, (uint)(_capacity - _length));
        _length += byteCount;
    }

    public override Span<byte> GetSpan() => new(_bytes, _length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(_bytes + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (_bytes != null)
        {
            Interlocked.Decrement(ref s_outstanding);
        }

        Free(_bytes);
        _bytes = null;
        _capacity = 0;
        _length = 0;
    }

    // A file that has grown since its size was asked for is the only reason to grow what is aligned.
    private void Grow(int capacity)
    {
        if (!_isAligned)
        {
            _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)capacity);
        }
        else
        {
            byte* grown = Allocate(capacity);
            NativeMemory.Copy(_bytes, grown, (nuint)_length);
            Free(_bytes);
            _bytes = grown;
        }

        _capacity = capacity;
    }

    private byte* Allocate(int capacity)
    {
        byte* bytes;
        int whole = 0;
        if (_isAligned)
        {
            bytes = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, LargePages.ByteLength);
            LargePages.Ask(bytes, capacity);
            whole = capacity & -LargePages.ByteLength;
        }
        else
        {
            bytes = (byte*)NativeMemory.Alloc((nuint)capacity);
        }

        FreshPages.Supply(bytes + whole, (ulong)(capacity - whole));
        return bytes;
    }

    private void Free(byte* bytes)
    {
        if (_isAligned)
        {
            NativeMemory.AlignedFree(bytes);
        }
        else
        {
            NativeMemory.Free(bytes);
        }
    }
}
