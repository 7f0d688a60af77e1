using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>Writes a module to a caller's buffer writer.</summary>
/// <param name="writer">Owned by the caller.</param>
public sealed class BufferWriterSink(IBufferWriter<byte> writer) : IModuleSink
{
    /// <inheritdoc/>
    public void Write(ModuleSlices module)
    {
        ArgumentNullException.ThrowIfNull(module);
        SliceBlocks.Write(module, writer.Write);
    }
}

/// <summary>Writes a module to a stream, which is neither flushed nor closed.</summary>
/// <param name="stream">Owned by the caller.</param>
public sealed class StreamSink(Stream stream) : IModuleSink
{
    /// <inheritdoc/>
    public void Write(ModuleSlices module)
    {
        ArgumentNullException.ThrowIfNull(module);
        SliceBlocks.Write(module, stream.Write);
    }
}

/// <summary>Writes a module to a file from its first byte on, large slices from where they lie.</summary>
/// <param name="file">Open for writing and seekable; owned by the caller.</param>
public sealed class FileSink(SafeFileHandle file) : IModuleSink
{
    /// <inheritdoc/>
    public void Write(ModuleSlices module)
    {
        ArgumentNullException.ThrowIfNull(module);
        long offset = 0;
        SliceBlocks.Write(module, block =>
        {
            RandomAccess.Write(file, block, offset);
            offset += block.Length;
        });
    }
}
