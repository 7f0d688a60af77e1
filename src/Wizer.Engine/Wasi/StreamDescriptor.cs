namespace Wizer.Engine;

/// <summary>A stream that the embedder gave as a standard stream.</summary>
internal sealed class StreamDescriptor : Descriptor
{
    private readonly Stream _stream;

    public StreamDescriptor(Stream stream, Rights rights)
    {
        _stream = stream;
        Rights = rights;
    }

    public override FileType Type => FileType.Unknown;

    public override bool IsStream => true;

    /// <summary>Standard input from a stream.</summary>
    public static StreamDescriptor Input(Stream stream) => new(stream, Rights.Stream & ~Rights.FdWrite);

    /// <summary>Standard output or error to a stream.</summary>
    public static StreamDescriptor Output(Stream stream) => new(stream, Rights.Stream & ~Rights.FdRead);

    public override Errno Stat(out Filestat result)
    {
        result = new Filestat { Type = Type };
        return Errno.Success;
    }

    public override Errno Read(Span<byte> buffer, CancellationToken interrupt, out int count)
    {
        count = 0;
        try
        {
            count = _stream.Read(buffer);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return Errno.Io;
        }
    }

    public override Errno Write(ReadOnlySpan<byte> buffer, CancellationToken interrupt, out int count)
    {
        count = 0;
        try
        {
            _stream.Write(buffer);
            _stream.Flush();
            count = buffer.Length;
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return Errno.Io;
        }
    }

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return Errno.Spipe;
    }

    public override Errno SetFlags(FdFlags flags)
    {
        Flags = flags;
        return Errno.Success;
    }
}
