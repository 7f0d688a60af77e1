using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>
/// A standard stream through the framework. Input is read ahead on a thread of the pool, because a blocking read could not be
/// interrupted otherwise.
/// </summary>
internal sealed class PortableStream : HostFile
{
    private readonly Stream _stream;
    private readonly byte[] _buffer;
    private Task<int>? _pending;
    private int _position;
    private int _available;

    /// <param name="number">0 for input, 1 for output, 2 for errors.</param>
    public PortableStream(int number)
        : this(
            number switch
            {
                0 => Console.OpenStandardInput(),
                1 => Console.OpenStandardOutput(),
                _ => Console.OpenStandardError(),
            },
            isTerminal: number switch
            {
                0 => !Console.IsInputRedirected,
                1 => !Console.IsOutputRedirected,
                _ => !Console.IsErrorRedirected,
            })
    {
    }

    internal PortableStream(Stream stream, bool isTerminal)
    {
        _stream = stream;
        _buffer = stream.CanRead ? new byte[4096] : [];
        Type = isTerminal ? FileType.CharacterDevice : FileType.Unknown;
    }

    public override FileType Type { get; }

    public override bool MayBlock => true;

    public override Errno Stat(out Filestat result)
    {
        result = new Filestat { Type = Type };
        return Errno.Success;
    }

    public override Errno Read(Span<byte> buffer, out int count)
    {
        count = 0;
        if (!_stream.CanRead)
        {
            return Errno.Badf;
        }

        if (!WaitUntilReady(forWriting: false, Timeout.Infinite))
        {
            return Errno.Again;
        }

        if (_position == _available)
        {
            Task<int> finished = _pending!;
            _pending = null;
            if (!finished.IsCompletedSuccessfully)
            {
                return Errno.Io;
            }

            _position = 0;
            _available = finished.Result;
        }

        count = Math.Min(buffer.Length, _available - _position);
        _buffer.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return Errno.Success;
    }

    public override Errno Write(ReadOnlySpan<byte> buffer, out int count)
    {
        count = 0;
        if (!_stream.CanWrite)
        {
            return Errno.Badf;
        }

        try
        {
            _stream.Write(buffer);
            _stream.Flush();
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }

        count = buffer.Length;
        return Errno.Success;
    }

    public override bool WaitUntilReady(bool forWriting, int timeoutMilliseconds)
    {
        if (forWriting || !_stream.CanRead || _position < _available)
        {
            return true;
        }

        _pending ??= Task.Run(() => _stream.Read(_buffer));
        return Task.WaitAny([_pending], timeoutMilliseconds) == 0;
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        return Errno.Spipe;
    }

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        return Errno.Spipe;
    }

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return Errno.Spipe;
    }

    public override Errno Sync(bool dataOnly) => Errno.Inval;

    public override Errno SetSize(ulong byteLength) => Errno.Inval;

    public override Errno Allocate(ulong offset, ulong byteLength) => Errno.Spipe;

    public override Errno SetTimes(FileTimes times) => Errno.Inval;

    public override Errno SetAppend(bool append) => Errno.Success;

    public override void Dispose()
    {
        // The process's streams outlive the guest.
    }
}
