using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>An open file or stream of the host. Nothing here throws; nothing here knows about capabilities.</summary>
internal abstract class HostFile : IDisposable
{
    public abstract FileType Type { get; }

    /// <summary>Whether reading or writing may have to wait, as it may on pipes and terminals and never on files.</summary>
    public virtual bool MayBlock => false;

    public abstract Errno Stat(out Filestat result);

    /// <summary>Reads from the current position; a count of 0 is the end.</summary>
    public abstract Errno Read(Span<byte> buffer, out int count);

    public abstract Errno ReadAt(Span<byte> buffer, ulong offset, out int count);

    /// <summary>Writes at the current position, or at the end when appending.</summary>
    public abstract Errno Write(ReadOnlySpan<byte> buffer, out int count);

    public abstract Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count);

    public abstract Errno Seek(long offset, Whence whence, out ulong position);

    public abstract Errno Sync(bool dataOnly);

    public abstract Errno SetSize(ulong byteLength);

    public abstract Errno Allocate(ulong offset, ulong byteLength);

    public abstract Errno SetTimes(FileTimes times);

    public abstract Errno SetAppend(bool append);

    /// <summary>Waits until reading (or writing) would not wait, but no longer than told. At once true where it never waits.</summary>
    public virtual bool WaitUntilReady(bool forWriting, int timeoutMilliseconds) => true;

    public abstract void Dispose();
}
