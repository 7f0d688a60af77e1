using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>Standard input, of which it is told what was read.</summary>
internal sealed class ObservedInput(HostFile inner, ObservationLog log) : HostFile
{
    public override FileType Type => inner.Type;

    public override bool MayBlock => inner.MayBlock;

    public override Errno Stat(out Filestat result) => inner.Stat(out result);

    public override Errno Read(Span<byte> buffer, out int count)
    {
        Errno errno = inner.Read(buffer, out count);
        log.ReadInput(buffer[..count]);
        return errno;
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count) => inner.ReadAt(buffer, offset, out count);

    public override Errno Write(ReadOnlySpan<byte> buffer, out int count) => inner.Write(buffer, out count);

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count) => inner.WriteAt(buffer, offset, out count);

    public override Errno Seek(long offset, Whence whence, out ulong position) => inner.Seek(offset, whence, out position);

    public override Errno Sync(bool dataOnly) => inner.Sync(dataOnly);

    public override Errno SetSize(ulong byteLength) => inner.SetSize(byteLength);

    public override Errno Allocate(ulong offset, ulong byteLength) => inner.Allocate(offset, byteLength);

    public override Errno SetTimes(FileTimes times) => inner.SetTimes(times);

    public override Errno SetAppend(bool append) => inner.SetAppend(append);

    public override bool WaitUntilReady(bool forWriting, int timeoutMilliseconds) => inner.WaitUntilReady(forWriting, timeoutMilliseconds);

    public override void Dispose() => inner.Dispose();
}
