namespace Wizer.Engine.Runtime;

/// <summary>The objects of a <see cref="GcHeap"/> at one moment.</summary>
/// <param name="blocks">What is in each of the blocks.</param>
/// <param name="blockLength">How large the next one would have been.</param>
/// <param name="next">Where the next object would have been.</param>
/// <param name="end">The end of the block for it.</param>
internal sealed unsafe class SavedHeap(SavedBytes[] blocks, ulong blockLength, byte* next, byte* end) : IDisposable
{
    internal SavedBytes[] Blocks { get; } = blocks;

    internal ulong BlockLength { get; } = blockLength;

    internal byte* Next { get; } = next;

    internal byte* End { get; } = end;

    /// <summary>The bytes of the copies.</summary>
    internal ulong ByteLength
    {
        get
        {
            ulong byteLength = 0;
            foreach (SavedBytes block in Blocks)
            {
                byteLength += block.ByteLength;
            }

            return byteLength;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SavedBytes block in Blocks)
        {
            block.Dispose();
        }
    }
}
