using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>
/// A regular file that a guest reads. What it reads from one end to the other is hashed on the way; the rest when it is closed, or when
/// somebody is about to write to it.
/// </summary>
internal sealed class ObservedFile : HostFile
{
    private readonly HostFile _inner;
    private readonly ObservationLog _log;
    private readonly FileStamp _stamp;
    private readonly ContentHash _hash;
    private ulong _hashedByteLength;
    private ulong _position;
    private bool _isFinished;

    public ObservedFile(HostFile inner, ObservationLog log, Place place, in Filestat stat)
    {
        _inner = inner;
        _log = log;
        _stamp = FileStamp.Of(stat);
        _hash = new ContentHash((long)stat.Size);
        Place = place;
        log.Open(this);
    }

    public Place Place { get; }

    public ulong Inode => _stamp.Inode;

    public override FileType Type => _inner.Type;

    public override bool MayBlock => _inner.MayBlock;

    public override Errno Stat(out Filestat result) => _inner.Stat(out result);

    public override Errno Read(Span<byte> buffer, out int count)
    {
        Errno errno = _inner.Read(buffer, out count);
        Append(buffer[..count], _position);
        _position += (ulong)count;
        return errno;
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        Errno errno = _inner.ReadAt(buffer, offset, out count);
        Append(buffer[..count], offset);
        return errno;
    }

    public override Errno Write(ReadOnlySpan<byte> buffer, out int count) => _inner.Write(buffer, out count);

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count) => _inner.WriteAt(buffer, offset, out count);

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        Errno errno = _inner.Seek(offset, whence, out position);
        _position = errno == Errno.Success ? position : _position;
        return errno;
    }

    public override Errno Sync(bool dataOnly) => _inner.Sync(dataOnly);

    public override Errno SetSize(ulong byteLength) => _inner.SetSize(byteLength);

    public override Errno Allocate(ulong offset, ulong byteLength) => _inner.Allocate(offset, byteLength);

    public override Errno SetTimes(FileTimes times)
    {
        Finish();
        _log.Change(Place);
        return _inner.SetTimes(times);
    }

    public override Errno SetAppend(bool append) => _inner.SetAppend(append);

    public override bool WaitUntilReady(bool forWriting, int timeoutMilliseconds) => _inner.WaitUntilReady(forWriting, timeoutMilliseconds);

    /// <summary>Tells the log what the file holds, now, if that has not been told.</summary>
    public void Finish()
    {
        if (_isFinished)
        {
            return;
        }

        _isFinished = true;
        Errno errno = Answers.Append(_inner, _hash, ref _hashedByteLength);
        Filestat stat = default;
        errno = errno == Errno.Success ? _inner.Stat(out stat) : errno;
        string? hash = errno == Errno.Success ? Answers.OfHash(_hash.Finish()) : null;
        _log.Close(this, hash, _hashedByteLength, _stamp, stat);
    }

    public override void Dispose()
    {
        Finish();
        _hash.Dispose();
        _inner.Dispose();
    }

    private void Append(ReadOnlySpan<byte> bytes, ulong offset)
    {
        if (!_isFinished && offset <= _hashedByteLength && _hashedByteLength - offset < (ulong)bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[(int)(_hashedByteLength - offset)..];
            _hash.Append(rest);
            _hashedByteLength += (ulong)rest.Length;
        }
    }
}
