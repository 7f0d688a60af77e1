namespace Wizer.Pipeline;

/// <summary>Keeps a part of a module in slices, for whoever wants to see all of them: large ones are those that they are made of.</summary>
/// <param name="slices">Where they are added.</param>
/// <param name="byteLength">How much will come.</param>
internal sealed class SliceCollector(ModuleSlices slices, long byteLength) : IPieceOutput
{
    // Large enough for collections not to move it.
    private const int ChunkByteLength = 1 << 20;

    private long _left = byteLength;
    private byte[] _chunk = [];
    private int _start;
    private int _end;

    /// <inheritdoc/>
    public int MaxCopied => ModuleSlices.MaxCopied;

    /// <inheritdoc/>
    public Span<byte> GetSpan(int minByteLength)
    {
        if (_chunk.Length - _end < minByteLength)
        {
            Flush();
            _chunk = GC.AllocateUninitializedArray<byte>((int)Math.Max(minByteLength, Math.Min(_left, ChunkByteLength)));
            _start = 0;
            _end = 0;
        }

        return _chunk.AsSpan(_end);
    }

    /// <inheritdoc/>
    public void Advance(int byteLength)
    {
        _end += byteLength;
        _left -= byteLength;
    }

    /// <inheritdoc/>
    public void AddBytes(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= MaxCopied)
        {
            bytes.Span.CopyTo(GetSpan(bytes.Length));
            Advance(bytes.Length);
            return;
        }

        Flush();
        slices.Add(bytes);
        _left -= bytes.Length;
    }

    /// <summary>Adds what has been copied.</summary>
    internal void Flush()
    {
        slices.Add(_chunk.AsMemory(_start, _end - _start));
        _start = _end;
    }
}
