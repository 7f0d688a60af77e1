namespace Wizer.Cli;

/// <summary>A standard stream of a guest, where it is not simply that of the process: bytes go on to whoever takes them.</summary>
internal sealed class GuestOutput(Action<ReadOnlyMemory<byte>> write) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => write(buffer.AsMemory(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => write(buffer.ToArray());

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
