using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Observing;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>A stream that the embedder gave as a standard stream.</summary>
internal sealed class StreamDescriptor : Descriptor
{
    private const int PieceByteLength = 64 << 10;

    private readonly Stream _stream;
    private readonly bool _fills;
    private readonly ObservationLog? _log;

    // A read that may wait is made by a thread of the pool, since nothing else could be interrupted.
    private readonly byte[] _piece;
    private Task<int>? _pending;
    private int _position;
    private int _available;

    /// <param name="stream">Never disposed.</param>
    /// <param name="isInput">Whether it is read.</param>
    /// <param name="fills">Whether a read goes on until the buffer is full.</param>
    /// <param name="log">Told what is read; null for nobody.</param>
    public StreamDescriptor(Stream stream, bool isInput, bool fills, ObservationLog? log = null)
    {
        _log = log;
        _stream = stream;
        _fills = fills;
        bool mayWait = isInput && stream is not MemoryStream && stream != Stream.Null;
        _piece = mayWait ? new byte[PieceByteLength] : [];
        CanRead = isInput;
        CanWrite = !isInput;
    }

    public override FileType Type => FileType.Unknown;

    public override bool IsStream => true;

    public override bool ReadsWhatIsThere => !_fills;

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
            count = _piece.Length == 0 ? _stream.Read(buffer) : ReadPiece(buffer, interrupt);
            _log?.ReadInput(buffer[..count]);
            return Errno.Success;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Errno.Intr;
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

    public override Errno Sync(bool dataOnly) => Errno.Inval;

    public override Errno Advise() => Errno.Spipe;

    public override Errno SetSize(ulong byteLength) => Errno.Inval;

    public override Errno Allocate(ulong offset, ulong byteLength) => Errno.Spipe;

    public override Errno SetFlags(FdFlags flags)
    {
        // What the guest is told does not depend on whether it has the process's stream or one in its place.
        const FdFlags Changeable = FdFlags.Append | FdFlags.Nonblock;
        if (((flags ^ Flags) & ~Changeable) != 0)
        {
            return Errno.Inval;
        }

        Flags = flags;
        return Errno.Success;
    }

    // Never asks for more than the guest does: the rest of the stream is the embedder's.
    private int ReadPiece(Span<byte> buffer, CancellationToken interrupt)
    {
        if (_position == _available)
        {
            int wanted = Math.Min(buffer.Length, PieceByteLength);
            _pending ??= Task.Run(() => _stream.Read(_piece, 0, wanted), CancellationToken.None);
            WaitHandle.WaitAny([((IAsyncResult)_pending).AsyncWaitHandle, interrupt.WaitHandle]);
            if (!_pending.IsCompleted)
            {
                throw new OperationCanceledException(interrupt);
            }

            Task<int> finished = _pending;
            _pending = null;
            _position = 0;
            _available = 0;
            _available = finished.GetAwaiter().GetResult();
        }

        int count = Math.Min(buffer.Length, _available - _position);
        _piece.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
