namespace Wizer.Pipeline;

/// <summary>Writes a block of a module.</summary>
internal delegate void BlockWriter(ReadOnlySpan<byte> block);

/// <summary>
/// Joins small slices of a module to blocks: a system call takes as long as copying thousands of bytes, and so do lists of slices
/// for the system, which have to be pinned one by one.
/// </summary>
internal static class SliceBlocks
{
    /// <summary>What stays in a processor's cache until it is written.</summary>
    internal const int BlockByteLength = 128 << 10;

    /// <summary>What is written from where it lies.</summary>
    internal const int LargeByteLength = 16 << 10;

    /// <summary>Calls <paramref name="write"/> for all bytes, in order.</summary>
    internal static void Write(ModuleSlices module, BlockWriter write)
    {
        byte[] block = new byte[(int)Math.Min(module.ByteLength, BlockByteLength)];
        int length = 0;
        for (int i = 0; i < module.Count; i++)
        {
            ReadOnlySpan<byte> slice = module[i].Span;
            if (length > 0 && (slice.Length >= LargeByteLength || slice.Length > block.Length - length))
            {
                write(block.AsSpan(0, length));
                length = 0;
            }

            if (slice.Length >= LargeByteLength)
            {
                write(slice);
            }
            else
            {
                slice.CopyTo(block.AsSpan(length));
                length += slice.Length;
            }
        }

        if (length > 0)
        {
            write(block.AsSpan(0, length));
        }
    }
}
