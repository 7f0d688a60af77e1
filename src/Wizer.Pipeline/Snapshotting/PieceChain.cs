using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>Strings pieces of memory together, for whatever is larger than one <see cref="ReadOnlyMemory{T}"/> can be.</summary>
internal struct PieceChain
{
    private Piece? _first;
    private Piece? _last;

    internal void Add(ReadOnlyMemory<byte> bytes)
    {
        var piece = new Piece(bytes, _last);
        _first ??= piece;
        _last = piece;
    }

    internal readonly ReadOnlySequence<byte> ToSequence() => _first is null
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(ReadOnlyMemory<byte> bytes, Piece? previous)
        {
            Memory = bytes;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
