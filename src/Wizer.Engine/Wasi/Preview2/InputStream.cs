using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>A stream that is read.</summary>
/// <param name="source">What it reads from; it is one of the users.</param>
/// <param name="position">Where in a file; null where there are no positions.</param>
internal sealed class InputStream(SharedDescriptor source, ulong? position) : IDisposable
{
    // A read may return less than was asked for.
    private const int MostAtOnce = 64 << 10;

    private ulong _position = position ?? 0;
    private bool _isClosed;

    internal SharedDescriptor Source => source;

    /// <summary>Whether a read has to wait for nothing, whatever happens.</summary>
    internal bool IsAlwaysReady => _isClosed || HasPosition;

    // What was opened as a file may be a pipe or a device.
    private bool HasPosition => position is not null && !source.Descriptor.IsStream;

    /// <summary>Reads what there is.</summary>
    /// <param name="call">The call.</param>
    /// <param name="length">How many bytes at most.</param>
    /// <param name="waits">Whether to wait until there is something.</param>
    /// <param name="bytes">What was read; empty where a call that does not wait found nothing.</param>
    /// <param name="error">The <c>stream-error</c>.</param>
    /// <returns>Whether there is no error.</returns>
    internal bool TryRead(scoped in Preview2Call call, ulong length, bool waits, out byte[] bytes, out ComponentValue error)
    {
        bytes = [];
        error = default;
        if (_isClosed)
        {
            error = StreamFailure.Closed;
            return false;
        }

        Descriptor descriptor = source.Descriptor;
        if (length == 0 || (!waits && !IsAlwaysReady && !descriptor.WaitUntilReady(forWriting: false, 0)))
        {
            if (length != 0)
            {
                call.AnswerVaries();
            }

            return true;
        }

        byte[] buffer = new byte[(int)Math.Min(length, MostAtOnce)];
        Errno errno = Fill(descriptor, buffer, call.Interrupt, out int total);
        _position += (uint)total;
        bytes = total == buffer.Length ? buffer : buffer[..total];
        _isClosed = total == 0;
        if (_isClosed)
        {
            error = errno == Errno.Success ? StreamFailure.Closed : StreamFailure.Of(call.Context, errno);
        }

        return !_isClosed;
    }

    public void Dispose() => source.Dispose();

    private Errno Fill(Descriptor descriptor, byte[] buffer, CancellationToken interrupt, out int total)
    {
        total = 0;
        while (total < buffer.Length)
        {
            Span<byte> rest = buffer.AsSpan(total);
            int count;
            Errno errno = HasPosition
                ? descriptor.ReadAt(rest, _position + (uint)total, out count)
                : descriptor.Read(rest, interrupt, out count);
            total += count;

            // What was read before an error is told; the error will come again.
            if (errno != Errno.Success || count == 0 || (HasPosition ? count < rest.Length : descriptor.ReadsWhatIsThere))
            {
                return errno;
            }
        }

        return Errno.Success;
    }
}

/// <summary>What a stream could not do: <c>wasi:io/error.error</c>.</summary>
/// <param name="errno">Why.</param>
internal sealed class StreamFailure(Errno errno)
{
    internal Errno Errno => errno;

    /// <summary>The error of a stream that is at its end.</summary>
    internal static ComponentValue Closed => ComponentValue.Error(ComponentValue.Variant("closed"));

    /// <summary>The error of a stream whose last operation failed.</summary>
    internal static ComponentValue Of(Preview2Context context, Errno errno) => ComponentValue.Error(
        ComponentValue.Variant("last-operation-failed", context.Own(Preview2Context.IoError, new StreamFailure(errno))));
}
