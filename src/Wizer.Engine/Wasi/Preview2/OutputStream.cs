using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>A stream that is written. What is written has been when the call returns.</summary>
/// <param name="target">What it writes to; it is one of the users.</param>
/// <param name="position">Where in a file; null for its end, or where there are no positions.</param>
/// <param name="appends">Whether it writes at the end of a file.</param>
internal sealed class OutputStream(SharedDescriptor target, ulong? position, bool appends) : IDisposable
{
    /// <summary>How much a call may write that asked before.</summary>
    internal const int MostAtOnce = 1 << 20;

    /// <summary>How much one may write that did not ask. wasi:io, streams: <c>blocking-write-and-flush</c>.</summary>
    internal const int MostUnasked = 4096;

    private ulong _position = position ?? 0;

    internal bool IsClosed { get; private set; }

    /// <summary>Writes all of it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="bytes">What.</param>
    /// <param name="error">The <c>stream-error</c>.</param>
    /// <returns>Whether there is no error.</returns>
    internal bool TryWrite(scoped in Preview2Call call, ReadOnlySpan<byte> bytes, out ComponentValue error)
    {
        error = default;
        if (IsClosed)
        {
            error = StreamFailure.Closed;
            return false;
        }

        Errno errno = appends && !target.Descriptor.IsStream ? FindEnd() : Errno.Success;
        while (errno == Errno.Success && !bytes.IsEmpty)
        {
            errno = Write(bytes, call.Interrupt, out int count);
            _position += (uint)count;
            bytes = bytes[count..];
        }

        IsClosed = errno != Errno.Success;
        if (IsClosed)
        {
            error = StreamFailure.Of(call.Context, errno);
        }

        return !IsClosed;
    }

    public void Dispose() => target.Dispose();

    private Errno Write(ReadOnlySpan<byte> bytes, CancellationToken interrupt, out int count)
    {
        if (interrupt.IsCancellationRequested)
        {
            count = 0;
            return Errno.Intr;
        }

        return target.Descriptor.IsStream
            ? target.Descriptor.Write(bytes, interrupt, out count)
            : target.Descriptor.WriteAt(bytes, _position, out count);
    }

    private Errno FindEnd()
    {
        Errno errno = target.Descriptor.Stat(out Filestat stat);
        _position = stat.Size;
        return errno;
    }
}
