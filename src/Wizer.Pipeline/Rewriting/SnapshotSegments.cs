namespace Wizer.Pipeline;

/// <summary>
/// The segments of a snapshot in the data section, which are put together as the module is written out: 100,000 small ones would fill as
/// many pages as the memory that they are from, or as many slices.
/// </summary>
internal sealed class SnapshotSegments : IModulePart
{
    private readonly SnapshotData _snapshot;

    internal SnapshotSegments(SnapshotData snapshot)
    {
        _snapshot = snapshot;
        ByteLength = (long)SegmentChoice.EncodedLength(snapshot.Ranges);
    }

    /// <inheritdoc/>
    public long ByteLength { get; }

    /// <inheritdoc/>
    public void WriteTo(IPieceOutput output)
    {
        Span<byte> room = default;
        int written = 0;
        int number = 0;
        foreach (RangeList ranges in _snapshot.Ranges)
        {
            bool isInMemory = _snapshot.TryGetMemory(ranges.Cost.MemoryIndex, out ReadOnlyMemory<byte> memory);
            ReadOnlySpan<byte> memoryBytes = memory.Span;
            for (int i = 0; i < ranges.Count; i++, number++)
            {
                DataSegment segment = DataSegment.Of(ranges, i);
                bool isCopied = isInMemory && segment.ByteLength <= (uint)output.MaxCopied;
                int needed = DataSegment.MaxHeaderLength + (isCopied ? (int)segment.ByteLength : 0);
                if (room.Length - written < needed)
                {
                    output.Advance(written);
                    room = output.GetSpan(needed);
                    written = 0;
                }

                written += segment.WriteHeader(room[written..]);
                if (isCopied)
                {
                    memoryBytes.Slice((int)segment.Address, (int)segment.ByteLength).CopyTo(room[written..]);
                    written += (int)segment.ByteLength;
                    continue;
                }

                output.Advance(written);
                room = default;
                written = 0;
                foreach (ReadOnlyMemory<byte> piece in _snapshot.ContentsOf(number))
                {
                    output.AddBytes(piece);
                }
            }
        }

        output.Advance(written);
    }
}
