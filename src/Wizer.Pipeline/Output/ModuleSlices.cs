using System.Collections;
using System.Diagnostics;

namespace Wizer.Pipeline;

/// <summary>
/// The bytes of a module as a list of slices: of the input, of buffers owned by whoever made the list, of a guest's memory.
/// Good only as long as that owner says.
/// </summary>
public sealed class ModuleSlices : IReadOnlyList<ReadOnlyMemory<byte>>
{
    /// <summary>
    /// Up to here bytes are copied behind what was written last: a slice of its own costs the destination about as much as
    /// copying this does.
    /// </summary>
    internal const int MaxCopied = 256;

    // An array and not a List<>: a list of such structs would be compiled at start-up, every time.
    private ReadOnlyMemory<byte>[] _slices = new ReadOnlyMemory<byte>[16];

    // Stands in the place of an empty slice, until somebody wants to see its slices.
    private IModulePart? _part;
    private int _partPlace;

    internal ModuleSlices()
    {
    }

    /// <summary>How many slices there are.</summary>
    public int Count
    {
        get
        {
            Expand();
            return PieceCount;
        }
    }

    /// <summary>The size of the module in bytes.</summary>
    public long ByteLength { get; private set; }

    /// <summary>How many slices there are, if all of the part that is made late is one.</summary>
    internal int PieceCount { get; private set; }

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
        if (!slice.IsEmpty)
        {
            ByteLength += slice.Length;
            Append(slice);
        }
    }

    /// <summary>Adds a part that is made when the module is written. There is one at most.</summary>
    internal void Add(IModulePart part)
    {
        Debug.Assert(_part is null, "one part has its place here");
        _part = part;
        _partPlace = PieceCount;
        ByteLength += part.ByteLength;
        Append(default);
    }

    /// <summary>The bytes of a slice; none of the part.</summary>
    internal ReadOnlyMemory<byte> PieceAt(int index) => _slices[index];

    /// <summary>How many bytes a slice, or the part, has.</summary>
    internal long PieceLength(int index) => IsPart(index) ? _part!.ByteLength : _slices[index].Length;

    /// <summary>Writes the module out.</summary>
    internal void WriteTo(IPieceOutput output)
    {
        for (int i = 0; i < PieceCount; i++)
        {
            if (IsPart(i))
            {
                _part!.WriteTo(output);
            }
            else
            {
                output.AddBytes(_slices[i]);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _slices[i];
        }
    }

    private bool IsPart(int index) => _part is not null && index == _partPlace;

    private void Append(ReadOnlyMemory<byte> slice)
    {
        if (PieceCount == _slices.Length)
        {
            var grown = new ReadOnlyMemory<byte>[PieceCount * 2];
            Array.Copy(_slices, grown, PieceCount);
            _slices = grown;
        }

        _slices[PieceCount++] = slice;
    }

    // Keeps the part's bytes in slices from now on.
    private void Expand()
    {
        if (_part is null)
        {
            return;
        }

        var expanded = new ModuleSlices();
        for (int i = 0; i < PieceCount; i++)
        {
            if (IsPart(i))
            {
                var collector = new SliceCollector(expanded, _part.ByteLength);
                _part.WriteTo(collector);
                collector.Flush();
            }
            else
            {
                expanded.Add(_slices[i]);
            }
        }

        Debug.Assert(expanded.ByteLength == ByteLength, "the part has as many bytes as it said");
        _slices = expanded._slices;
        PieceCount = expanded.PieceCount;
        _part = null;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
