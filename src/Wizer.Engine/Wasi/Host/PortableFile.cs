using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>A file through the framework. The position is kept here.</summary>
internal sealed class PortableFile(SafeFileHandle handle, string path, bool append) : HostFile
{
    private bool _append = append;
    private ulong _position;

    public override FileType Type => FileType.RegularFile;

    public override Errno Stat(out Filestat result)
    {
        Errno errno = PortableDirectory.StatPath(path, out result);
        if (errno == Errno.Noent)
        {
            // Removed or renamed while open: what can still be said is its size.
            result.Type = FileType.RegularFile;
            errno = Errno.Success;
        }

        return errno == Errno.Success ? Length(out result.Size) : errno;
    }

    public override Errno Read(Span<byte> buffer, out int count)
    {
        Errno errno = ReadAt(buffer, _position, out count);
        _position += (uint)count;
        return errno;
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (offset > long.MaxValue)
        {
            return Errno.Inval;
        }

        try
        {
            count = RandomAccess.Read(handle, buffer, (long)offset);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno Write(ReadOnlySpan<byte> buffer, out int count)
    {
        count = 0;
        if (_append)
        {
            Errno found = Length(out _position);
            if (found != Errno.Success)
            {
                return found;
            }
        }

        Errno errno = WriteAt(buffer, _position, out count);
        _position += (uint)count;
        return errno;
    }

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (offset > long.MaxValue)
        {
            return Errno.Inval;
        }

        try
        {
            RandomAccess.Write(handle, buffer, (long)offset);
            count = buffer.Length;
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        ulong start = whence == Whence.Current ? _position : 0;
        if (whence == Whence.End)
        {
            Errno errno = Length(out start);
            if (errno != Errno.Success)
            {
                return errno;
            }
        }

        Int128 target = (Int128)start + offset;
        if (target < 0 || target > long.MaxValue)
        {
            return Errno.Inval;
        }

        position = _position = (ulong)target;
        return Errno.Success;
    }

    public override Errno Sync(bool dataOnly) => Try(() => RandomAccess.FlushToDisk(handle));

    public override Errno SetSize(ulong byteLength) =>
        byteLength > long.MaxValue ? Errno.Fbig : Try(() => RandomAccess.SetLength(handle, (long)byteLength));

    public override Errno Allocate(ulong offset, ulong byteLength)
    {
        Errno errno = Length(out ulong length);
        return errno != Errno.Success ? errno
            : offset + byteLength <= length ? Errno.Success
            : SetSize(offset + byteLength);
    }

    public override Errno SetTimes(FileTimes times) => PortableDirectory.SetPathTimes(path, isDirectory: false, times);

    public override Errno SetAppend(bool append)
    {
        _append = append;
        return Errno.Success;
    }

    public override void Dispose() => handle.Dispose();

    private Errno Length(out ulong length)
    {
        length = 0;
        try
        {
            length = (ulong)RandomAccess.GetLength(handle);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    private static Errno Try(Action action)
    {
        try
        {
            action();
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }
}
