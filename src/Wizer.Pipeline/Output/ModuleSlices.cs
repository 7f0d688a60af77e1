using System.Collections;

namespace Wizer.Pipeline;

/// <summary>
/// The bytes of a module as a list of slices: of the input, of buffers owned by whoever made the list, of a guest's memory.
/// Good only as long as that owner says.
/// </summary>
public sealed class ModuleSlices : IReadOnlyList<ReadOnlyMemory<byte>>
{
    // An array and not a List<>: a list of such structs would be compiled at start-up, every time.
    private ReadOnlyMemory<byte>[] _slices = new ReadOnlyMemory<byte>[16];

    internal ModuleSlices()
    {
    }

    /// <summary>How many slices there are.</summary>
    public int Count { get; private set; }

    /// <summary>The size of the module in bytes.</summary>
    public long ByteLength { get; private set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _slices[index];
        }
    }

    internal void Add(ReadOnlyMemory<byte> slice)
    {
        if (slice.IsEmpty)
        {
            return;
        }

        if (Count == _slices.Length)
        {
            var grown = new ReadOnlyMemory<byte>[Count * 2];
            Array.Copy(_slices, grown, Count);
            _slices = grown;
        }

        _slices[Count++] = slice;
        ByteLength += slice.Length;
    }

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _slices[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
