namespace Wizer.Cli;

/// <summary>Bytes that arrive in pieces.</summary>
/// <param name="read">Reads some; 0 at the end.</param>
internal sealed class RequestInput(RequestInput.Reader read)
{
    /// <summary>No request is as long.</summary>
    public const int MaxByteLength = 64 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    public delegate int Reader(Span<byte> buffer);

    /// <summary>What has arrived and was not taken.</summary>
    public ReadOnlyMemory<byte> Arrived => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Takes some of it.</summary>
    public void Take(int byteLength) => _start += byteLength;

    /// <summary>Waits for more.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="CommandException">It cannot be read, or is too long.</exception>
    public bool Wait()
    {
        if (_start != 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxByteLength)
            {
                throw new CommandException(DiagnosticCode.RequestMalformed, $"a request is longer than {MaxByteLength >> 20} MiB");
            }

            Array.Resize(ref _buffer, _end * 2);
        }

        try
        {
            int count = read(_buffer.AsSpan(_end));
            _end += count;
            return count != 0;
        }
        catch (IOException error)
        {
            throw CommandException.File(DiagnosticCode.InputUnreadable, "failed to read requests", error, null);
        }
    }
}
