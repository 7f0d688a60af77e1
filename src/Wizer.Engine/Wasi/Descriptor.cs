using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>What stands behind a descriptor of the guest. Everything it cannot do is an error here.</summary>
internal abstract class Descriptor : IDisposable
{
    public abstract FileType Type { get; }

    /// <summary>What the guest is told that it may do with it.</summary>
    public Rights Rights { get; private set; }

    /// <summary>What the guest is told that it may do with what it opens through it.</summary>
    public Rights Inheriting { get; private set; }

    /// <summary>What the guest gave up.</summary>
    public Rights Lost { get; private set; }

    /// <summary>What the guest gave up for everything that it opens through it.</summary>
    public Rights LostInheriting { get; private set; }

    /// <summary>Whether there is something to read in it; not so for a directory.</summary>
    public bool CanRead { get; protected init; }

    /// <summary>Whether something can be written to it.</summary>
    public bool CanWrite { get; protected init; }

    /// <summary>The inode number in deterministic runs.</summary>
    public ulong Identity { get; init; }

    /// <summary>The path by which the guest opened it or was given it, in UTF-8; null for a standard stream.</summary>
    public byte[]? Path { get; set; }

    public FdFlags Flags { get; protected set; }

    /// <summary>Whether it has no position, as pipes and terminals.</summary>
    public virtual bool IsStream => false;

    /// <summary>Whether a read ends with what is there and does not go on until the buffer is full.</summary>
    public virtual bool ReadsWhatIsThere => IsStream;

    /// <summary>Says what a new descriptor may do.</summary>
    /// <param name="rights">With it.</param>
    /// <param name="inheriting">With what is opened through it.</param>
    /// <param name="lost">What was given up before it was opened.</param>
    public void Grant(Rights rights, Rights inheriting, Rights lost = Rights.None)
    {
        Rights = rights & ~lost;
        Inheriting = inheriting & ~lost;
        Lost = LostInheriting = lost;
    }

    /// <summary>Gives up all but these; <see cref="Errno.Notcapable"/> when they are more than there were.</summary>
    public Errno Restrict(Rights rights, Rights inheriting)
    {
        if ((rights & ~Rights) != 0 || (inheriting & ~Inheriting) != 0)
        {
            return Errno.Notcapable;
        }

        Lost |= Rights & ~rights;
        LostInheriting |= Inheriting & ~inheriting;
        Rights = rights;
        Inheriting = inheriting;
        return Errno.Success;
    }

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

    /// <summary>What will be read is said in advance; nothing here makes use of it.</summary>
    public virtual Errno Advise() => Errno.Badf;

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
