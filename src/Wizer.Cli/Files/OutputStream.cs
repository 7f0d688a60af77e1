namespace Wizer.Cli;

/// <summary>Takes bytes that somebody writes. They are good until it returns.</summary>
internal delegate void ByteTaker(ReadOnlySpan<byte> bytes);

/// <summary>A stream for those who need one to write to: bytes go on to whoever takes them.</summary>
/// <param name="write">Takes them.</param>
internal sealed class OutputStream(ByteTaker write) : Stream
{
    /// <summary>Stdout as <see cref="StandardStreams"/> writes it.</summary>
    public static OutputStream Standard { get; } = new(StandardStreams.WriteOutput);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => write(buffer);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
