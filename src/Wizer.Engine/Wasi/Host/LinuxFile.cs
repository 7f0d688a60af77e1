using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;
using static Wizer.Engine.Platform.LinuxLibC;
using static Wizer.Engine.Wasi.Host.LinuxErrno;

namespace Wizer.Engine.Wasi.Host;

/// <summary>A file, device, pipe or standard stream as a descriptor of the kernel.</summary>
internal sealed unsafe class LinuxFile : HostFile
{
    // A pipe that says it can be written to has room for this much (PIPE_BUF), so such a write never waits.
    private const int PipeBufferByteLength = 4096;

    private readonly SafeFileHandle _handle;
    private readonly int _fd;

    public LinuxFile(SafeFileHandle handle, FileType type)
    {
        _handle = handle;
        _fd = (int)handle.DangerousGetHandle();
        Type = type;
        MayBlock = type is not (FileType.RegularFile or FileType.BlockDevice);
    }

    public override FileType Type { get; }

    public override bool MayBlock { get; }

    public override Errno Stat(out Filestat result) => LinuxDirectory.StatAt(_fd, path: null, out result);

    public override Errno Read(Span<byte> buffer, out int count)
    {
        fixed (byte* pointer = buffer)
        {
            Errno errno;
            while (IsToBeRepeated(read(_fd, pointer, buffer.Length), out errno, out count))
            {
            }

            return errno;
        }
    }

    public override Errno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        fixed (byte* pointer = buffer)
        {
            Errno errno;
            while (IsToBeRepeated(pread(_fd, pointer, buffer.Length, (long)offset), out errno, out count))
            {
            }

            return errno;
        }
    }

    public override Errno Write(ReadOnlySpan<byte> buffer, out int count)
    {
        int byteLength = MayBlock ? Math.Min(buffer.Length, PipeBufferByteLength) : buffer.Length;
        fixed (byte* pointer = buffer)
        {
            Errno errno;
            while (IsToBeRepeated(write(_fd, pointer, byteLength), out errno, out count))
            {
            }

            return errno;
        }
    }

    public override Errno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        fixed (byte* pointer = buffer)
        {
            Errno errno;
            while (IsToBeRepeated(pwrite(_fd, pointer, buffer.Length, (long)offset), out errno, out count))
            {
            }

            return errno;
        }
    }

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        long result = lseek(_fd, offset, (int)whence);
        position = result < 0 ? 0 : (ulong)result;
        return result < 0 ? LastError() : Errno.Success;
    }

    public override Errno Sync(bool dataOnly) => LinuxDirectory.Check(dataOnly ? fdatasync(_fd) : fsync(_fd));

    public override Errno SetSize(ulong byteLength) => LinuxDirectory.Check(ftruncate(_fd, (long)byteLength));

    public override Errno Allocate(ulong offset, ulong byteLength) =>
        LinuxDirectory.Check(fallocate(_fd, 0, (long)offset, (long)byteLength));

    public override Errno SetTimes(FileTimes times)
    {
        Timespec* pair = stackalloc Timespec[2];
        LinuxDirectory.Encode(times, pair);
        return LinuxDirectory.Check(futimens(_fd, pair));
    }

    public override Errno SetAppend(bool append)
    {
        int flags = fcntl(_fd, F_GETFL, 0);
        if (flags < 0)
        {
            return LastError();
        }

        return LinuxDirectory.Check(fcntl(_fd, F_SETFL, append ? flags | O_APPEND : flags & ~O_APPEND));
    }

    public override bool WaitUntilReady(bool forWriting, int timeoutMilliseconds)
    {
        if (!MayBlock)
        {
            return true;
        }

        // Errors and hang-ups count as ready: the operation itself will say what is wrong.
        var file = new PollFd { File = _fd, Events = forWriting ? POLLOUT : POLLIN };
        return poll(&file, 1, timeoutMilliseconds) > 0;
    }

    public override void Dispose() => _handle.Dispose();

    // A signal cuts a transfer short that has not begun.
    private static bool IsToBeRepeated(nint result, out Errno errno, out int count)
    {
        count = result < 0 ? 0 : (int)result;
        bool repeat = result < 0 && WasCutShort();
        errno = result < 0 && !repeat ? LastError() : Errno.Success;
        return repeat;
    }
}
