using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>
/// Makes a slice of native memory look like <see cref="Memory{T}"/>, so that a guest's memory can be written out in place.
/// </summary>
internal sealed unsafe class NativeMemoryManager : MemoryManager<byte>
{
    // Safe: whoever creates the manager keeps the memory alive until every slice made of it has been used.
    private readonly byte* _start;
    private readonly int _byteLength;

    internal NativeMemoryManager(byte* start, int byteLength)
    {
        _start = start;
        _byteLength = byteLength;
    }

    public override Span<byte> GetSpan() => new(_start, _byteLength);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_byteLength, nameof(elementIndex));
        return new MemoryHandle(_start + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
