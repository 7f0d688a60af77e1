using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Observing;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>A file of the host, or one of its standard streams.</summary>
internal sealed class FileDescriptor : Descriptor
{
    // How long a wait may be deaf to an interrupt.
    private const int WaitSliceMilliseconds = 20;

    private readonly HostFile _file;
    private readonly bool _isStandard;
    private readonly Action? _beforeUse;

    // Whether even a guest that asked not to wait does: when something arrives is no business of a deterministic run.
    private readonly bool _alwaysWaits;

    /// <summary>A file that the guest opened.</summary>
    public FileDescriptor(HostFile file, in OpenMode mode, ulong identity, bool alwaysWaits)
    {
        _file = file;
        _alwaysWaits = alwaysWaits;
        Flags = mode.Flags;
        Identity = identity;
        CanRead = mode.Read;
        CanWrite = mode.Write;
    }

    /// <summary>A standard stream; see <see cref="Standard"/>.</summary>
    internal FileDescriptor(HostFile file, bool isInput, bool alwaysWaits, Action? beforeUse = null)
    {
        _file = file;
        _beforeUse = beforeUse;
        _isStandard = true;
        _alwaysWaits = alwaysWaits;
        CanRead = isInput;
        CanWrite = !isInput;
    }

    public override FileType Type => _isStandard && _alwaysWaits ? FileType.Unknown : _file.Type;

    public override bool ReadsWhatIsThere => IsStream && (!_alwaysWaits || _file.Type == FileType.CharacterDevice);

    public override bool IsStream => _file.MayBlock || _isStandard;

    private bool IsNonblocking => !_alwaysWaits && (Flags & FdFlags.Nonblock) != 0;

    /// <summary>A standard stream of this process.</summary>
    /// <param name="number">0 for input, 1 for output, 2 for errors.</param>
    /// <param name="alwaysWaits">Whether when something arrives is to make no difference.</param>
    /// <param name="beforeUse">Called before each transfer; see <see cref="WasiOptions.BeforeStandardStreamUse"/>.</param>
    /// <param name="log">Told what is read; null for nobody.</param>
    public static FileDescriptor Standard(int number, bool alwaysWaits, Action? beforeUse = null, ObservationLog? log = null)
    {
        HostFile file = StandardStream.Open(number);
        return new(log is null || number != 0 ? file : new ObservedInput(file, log), isInput: number == 0, alwaysWaits, beforeUse);
    }

    public override Errno Stat(out Filestat result)
    {
        if (_isStandard)
        {
            // What the stream really is on the host is none of the guest's business.
            result = new Filestat { Type = Type };
            return Errno.Success;
        }

        return _file.Stat(out result);
    }

    public override Errno Read(Span<byte> buffer, CancellationToken interrupt, out int count)
    {
        _beforeUse?.Invoke();
        count = 0;
        while (true)
        {
            Errno errno = Wait(forWriting: false, interrupt);
            if (errno == Errno.Success)
            {
                errno = _file.Read(buffer, out count);
            }

            // Someone else who reads from the same pipe was faster.
            if (errno != Errno.Again || IsNonblocking)
            {
                return errno;
            }
        }
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count) => _file.ReadAt(buffer, offset, out count);

    public override Errno Write(ReadOnlySpan<byte> buffer, CancellationToken interrupt, out int count)
    {
        _beforeUse?.Invoke();
        count = 0;
        while (true)
        {
            Errno errno = Wait(forWriting: true, interrupt);
            if (errno == Errno.Success)
            {
                errno = _file.Write(buffer, out count);
            }

            if (errno != Errno.Again || IsNonblocking)
            {
                return errno;
            }
        }
    }

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count) =>
        _file.WriteAt(buffer, offset, out count);

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return _isStandard ? Errno.Spipe : _file.Seek(offset, whence, out position);
    }

    public override Errno Sync(bool dataOnly) => _isStandard ? Errno.Inval : _file.Sync(dataOnly);

    public override Errno Advise() => IsStream ? Errno.Spipe : Errno.Success;

    public override Errno SetSize(ulong byteLength) => _isStandard ? Errno.Inval : _file.SetSize(byteLength);

    public override Errno Allocate(ulong offset, ulong byteLength) =>
        _isStandard ? Errno.Spipe : _file.Allocate(offset, byteLength);

    public override Errno SetTimes(FileTimes times) => _isStandard ? Errno.Badf : _file.SetTimes(times);

    public override Errno SetFlags(FdFlags flags)
    {
        // When data reaches the disk is decided at opening, on every host.
        const FdFlags Changeable = FdFlags.Append | FdFlags.Nonblock;
        if (((flags ^ Flags) & ~Changeable) != 0)
        {
            return Errno.Inval;
        }

        if (((flags ^ Flags) & FdFlags.Append) != 0 && !_isStandard)
        {
            Errno errno = _file.SetAppend((flags & FdFlags.Append) != 0);
            if (errno != Errno.Success)
            {
                return errno;
            }
        }

        Flags = flags;
        return Errno.Success;
    }

    public override bool WaitUntilReady(bool forWriting, int timeoutMilliseconds) =>
        _alwaysWaits || _file.WaitUntilReady(forWriting, timeoutMilliseconds);

    public override ulong AvailableByteCount()
    {
        if (IsStream)
        {
            return 1;
        }

        return _file.Stat(out Filestat stat) == Errno.Success
            && _file.Seek(0, Whence.Current, out ulong position) == Errno.Success
            && stat.Size > position
            ? stat.Size - position
            : 0;
    }

    public override void Dispose() => _file.Dispose();

    private Errno Wait(bool forWriting, CancellationToken interrupt)
    {
        if (!_file.MayBlock)
        {
            return Errno.Success;
        }

        if (IsNonblocking)
        {
            return _file.WaitUntilReady(forWriting, 0) ? Errno.Success : Errno.Again;
        }

        while (!interrupt.IsCancellationRequested)
        {
            if (_file.WaitUntilReady(forWriting, WaitSliceMilliseconds))
            {
                return Errno.Success;
            }
        }

        return Errno.Intr;
    }
}
