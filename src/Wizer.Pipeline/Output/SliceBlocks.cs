namespace Wizer.Pipeline;

/// <summary>Writes a block of a module.</summary>
internal delegate void BlockWriter(ReadOnlySpan<byte> block);

/// <summary>
/// Joins small slices of a module to blocks: a system call takes as long as copying thousands of bytes, and so do lists of slices
/// for the system, which have to be pinned one by one.
/// </summary>
internal sealed class SliceBlocks : IPieceOutput
{
    /// <summary>
    /// What stays in a processor's cache until it is written. From 85,000 bytes on, an array may have the runtime collect all generations.
    /// </summary>
    internal const int BlockByteLength = 80 << 10;

    /// <summary>What is written from where it lies.</summary>
    internal const int LargeByteLength = 16 << 10;

    private readonly BlockWriter _write;
    private readonly byte[] _block;
    private int _length;

    private SliceBlocks(BlockWriter write, int blockByteLength)
    {
        _write = write;
        _block = new byte[blockByteLength];
    }

    /// <inheritdoc/>
    public int MaxCopied => LargeByteLength - 1;

    /// <summary>Calls <paramref name="write"/> for all bytes, in order.</summary>
    internal static void Write(ModuleSlices module, BlockWriter write)
    {
        // A small module is one block, whatever it asks for.
        var blocks = new SliceBlocks(write, (int)Math.Min(module.ByteLength + IPieceOutput.MaxExcess, BlockByteLength));
        module.WriteTo(blocks);
        blocks.Flush();
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int minByteLength)
    {
        if (_block.Length - _length < minByteLength)
        {
            Flush();
        }

        return _block.AsSpan(_length);
    }

    /// <inheritdoc/>
    public void Advance(int byteLength) => _length += byteLength;

    /// <inheritdoc/>
    public void AddBytes(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> slice = bytes.Span;
        if (slice.Length >= LargeByteLength)
        {
            Flush();
            _write(slice);
            return;
        }

        slice.CopyTo(GetSpan(slice.Length));
        Advance(slice.Length);
    }

    private void Flush()
    {
        if (_length > 0)
        {
            _write(_block.AsSpan(0, _length));
            _length = 0;
        }
    }
}
