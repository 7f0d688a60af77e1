namespace Wizer.Engine;

/// <summary>What stands behind a descriptor of the guest. Everything it cannot do is an error here.</summary>
internal abstract class Descriptor : IDisposable
{
    public abstract FileType Type { get; }

    /// <summary>What the guest may still do with it.</summary>
    public Rights Rights { get; set; }

    /// <summary>What the guest may do with what is opened through it.</summary>
    public Rights Inheriting { get; set; }

    /// <summary>The inode number in deterministic runs.</summary>
    public ulong Identity { get; init; }

    public FdFlags Flags { get; protected set; }

    /// <summary>Whether it has no position, as pipes and terminals.</summary>
    public virtual bool IsStream => false;

    /// <summary>Whether a read ends with what is there and does not go on until the buffer is full.</summary>
    public virtual bool ReadsWhatIsThere => IsStream;

    public abstract Errno Stat(out Filestat result);

    /// <summary>Reads what fits, from the current position; a count of 0 is the end.</summary>
    public virtual Errno Read(Span<byte> buffer, CancellationToken interrupt, out int count)
    {
        count = 0;
        return Errno.Badf;
    }

    public virtual Errno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        return Errno.Badf;
    }

    /// <summary>Writes a part that is not empty.</summary>
    public virtual Errno Write(ReadOnlySpan<byte> buffer, CancellationToken interrupt, out int count)
    {
        count = 0;
        return Errno.Badf;
    }

    public virtual Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        return Errno.Badf;
    }

    public virtual Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return Errno.Badf;
    }

    public virtual Errno Sync(bool dataOnly) => Errno.Success;

    public virtual Errno SetSize(ulong byteLength) => Errno.Badf;

    public virtual Errno Allocate(ulong offset, ulong byteLength) => Errno.Badf;

    public virtual Errno SetTimes(FileTimes times) => Errno.Badf;

    public virtual Errno SetFlags(FdFlags flags) => Errno.Badf;

    /// <summary>Whether an operation would not wait now.</summary>
    /// <param name="forWriting">The direction.</param>
    /// <param name="timeoutMilliseconds">How long to wait for it.</param>
    public virtual bool WaitUntilReady(bool forWriting, int timeoutMilliseconds) => true;

    /// <summary>What a read would at least find, as far as that is known.</summary>
    public virtual ulong AvailableByteCount() => 1;

    public virtual void Dispose()
    {
    }
}
