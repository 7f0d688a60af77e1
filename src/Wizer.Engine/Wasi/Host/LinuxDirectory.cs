using System.Buffers.Binary;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;
using static Wizer.Engine.Platform.LinuxLibC;
using static Wizer.Engine.Wasi.Host.LinuxErrno;

namespace Wizer.Engine.Wasi.Host;

/// <summary>
/// A directory as a descriptor of the kernel. Every operation names one component relative to it and never follows a link, so
/// what others do to the tree meanwhile cannot lead outside.
/// </summary>
internal sealed unsafe class LinuxDirectory : HostDirectory
{
    // NAME_MAX is 255; one more for a slash at the end, and one for the terminator.
    private const int NameCapacity = 257;
    private const int PathLimit = 4096;

    private readonly SafeFileHandle _handle;
    private readonly int _fd;

    private LinuxDirectory(int fd)
    {
        _fd = fd;
        _handle = new SafeFileHandle(fd, ownsHandle: true);
    }

    internal LinuxDirectory(SafeFileHandle handle)
    {
        _handle = handle;
        _fd = (int)handle.DangerousGetHandle();
    }

    public static Errno OpenPath(string hostPath, out HostDirectory? directory)
    {
        fixed (byte* pointer = PathBytes.Terminated(hostPath))
        {
            int fd = openat(AT_FDCWD, pointer, O_DIRECTORY | O_CLOEXEC, 0);
            directory = fd < 0 ? null : new LinuxDirectory(fd);
            return fd < 0 ? LastError() : Errno.Success;
        }
    }

    public override Errno OpenDirectory(ReadOnlySpan<byte> name, out HostDirectory? directory)
    {
        directory = null;
        byte* path = stackalloc byte[NameCapacity];
        if (!TryTerminate(name, path))
        {
            return Errno.Nametoolong;
        }

        int fd = openat(_fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
        if (fd < 0)
        {
            return LastError();
        }

        directory = new LinuxDirectory(fd);
        return Errno.Success;
    }

    public override Errno Open(ReadOnlySpan<byte> name, in OpenMode mode, out HostFile? file, out HostDirectory? directory)
    {
        file = null;
        directory = null;
        byte* path = stackalloc byte[NameCapacity];
        if (!TryTerminate(name, path))
        {
            return Errno.Nametoolong;
        }

        // O_NONBLOCK, because opening a pipe would otherwise wait for its other end: LinuxFile waits where waiting is wanted.
        int flags = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
        if ((mode.Open & OpenFlags.Directory) != 0)
        {
            flags |= O_DIRECTORY;
        }
        else if (mode.Write)
        {
            flags |= mode.Read ? O_RDWR : O_WRONLY;
        }

        flags |= (mode.Open & OpenFlags.Create) != 0 ? O_CREAT : 0;
        flags |= (mode.Open & OpenFlags.Exclusive) != 0 ? O_EXCL : 0;
        flags |= (mode.Open & OpenFlags.Truncate) != 0 ? O_TRUNC : 0;
        flags |= (mode.Flags & FdFlags.Append) != 0 ? O_APPEND : 0;
        flags |= (mode.Flags & FdFlags.Dsync) != 0 ? O_DSYNC : 0;
        flags |= (mode.Flags & (FdFlags.Sync | FdFlags.Rsync)) != 0 ? O_SYNC : 0;

        int fd;
        do
        {
            fd = openat(_fd, path, flags, 0x1b6); // rw-rw-rw-, less what the process masks
        }
        while (fd < 0 && WasCutShort());

        if (fd < 0)
        {
            return LastError();
        }

        var handle = new SafeFileHandle(fd, ownsHandle: true);
        Errno errno = StatAt(fd, path: null, out Filestat stat);
        if (errno != Errno.Success)
        {
            handle.Dispose();
            return errno;
        }

        if (stat.Type == FileType.Directory)
        {
            directory = new LinuxDirectory(handle);
        }
        else
        {
            file = new LinuxFile(handle, stat.Type);
        }

        return Errno.Success;
    }

    public override Errno Stat(ReadOnlySpan<byte> name, out Filestat result)
    {
        result = default;
        byte* path = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) ? StatAt(_fd, path, out result) : Errno.Nametoolong;
    }

    public override Errno SetTimes(ReadOnlySpan<byte> name, FileTimes times)
    {
        // The kernel does not even look for the file when nothing is to be set.
        if (times.Flags == TimeFlags.None)
        {
            return Stat(name, out _);
        }

        byte* path = stackalloc byte[NameCapacity];
        Timespec* pair = stackalloc Timespec[2];
        Encode(times, pair);
        return TryTerminate(name, path) ? Check(utimensat(_fd, path, pair, AT_SYMLINK_NOFOLLOW)) : Errno.Nametoolong;
    }

    public override Errno ReadLink(ReadOnlySpan<byte> name, out byte[] target)
    {
        target = [];
        byte* path = stackalloc byte[NameCapacity];
        if (!TryTerminate(name, path))
        {
            return Errno.Nametoolong;
        }

        byte* buffer = stackalloc byte[PathLimit];
        nint count = readlinkat(_fd, path, buffer, PathLimit);
        if (count < 0)
        {
            return LastError();
        }

        target = new ReadOnlySpan<byte>(buffer, (int)count).ToArray();
        return Errno.Success;
    }

    public override Errno List(out HostEntry[] entries)
    {
        // An entry: inode (8), offset (8), its own length (2), type (1), then the terminated name.
        const int TypeAt = 18;
        const int NameAt = 19;
        entries = [];
        if (lseek(_fd, 0, (int)Whence.Start) < 0)
        {
            return LastError();
        }

        var found = new List<HostEntry>();
        byte[] buffer = new byte[32 << 10];
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = getdents64(_fd, pointer, buffer.Length);
                if (count < 0)
                {
                    return LastError();
                }

                if (count == 0)
                {
                    break;
                }

                ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)count);
                while (!rest.IsEmpty)
                {
                    ReadOnlySpan<byte> entry = rest[..BinaryPrimitives.ReadUInt16LittleEndian(rest[16..])];
                    rest = rest[entry.Length..];
                    ReadOnlySpan<byte> name = entry[NameAt..];
                    name = name[..name.IndexOf((byte)0)];

                    // A name that is no UTF-8 cannot be said in preview 1, so it is not listed either.
                    if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || !Utf8.IsValid(name))
                    {
                        continue;
                    }

                    if (found.Count == EntryLimit)
                    {
                        return Errno.Overflow;
                    }

                    found.Add(new HostEntry(name.ToArray(), BinaryPrimitives.ReadUInt64LittleEndian(entry), EntryType(entry[TypeAt])));
                }
            }
        }

        entries = found.ToArray();
        Sort(entries);
        return Errno.Success;
    }

    public override Errno CreateDirectory(ReadOnlySpan<byte> name)
    {
        byte* path = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) ? Check(mkdirat(_fd, path, 0x1ff)) : Errno.Nametoolong; // rwxrwxrwx, less the mask
    }

    public override Errno RemoveDirectory(ReadOnlySpan<byte> name)
    {
        byte* path = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) ? Check(unlinkat(_fd, path, AT_REMOVEDIR)) : Errno.Nametoolong;
    }

    public override Errno RemoveFile(ReadOnlySpan<byte> name)
    {
        byte* path = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) ? Check(unlinkat(_fd, path, 0)) : Errno.Nametoolong;
    }

    public override Errno CreateSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        byte* path = stackalloc byte[NameCapacity];
        if (!TryTerminate(name, path) || target.Length >= PathLimit)
        {
            return Errno.Nametoolong;
        }

        byte* text = stackalloc byte[PathLimit];
        target.CopyTo(new Span<byte>(text, PathLimit));
        text[target.Length] = 0;
        return Check(symlinkat(text, _fd, path));
    }

    public override Errno Rename(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        byte* path = stackalloc byte[NameCapacity];
        byte* newPath = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) && TryTerminate(newName, newPath)
            ? Check(renameat(_fd, path, ((LinuxDirectory)newDirectory)._fd, newPath))
            : Errno.Nametoolong;
    }

    public override Errno Link(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        byte* path = stackalloc byte[NameCapacity];
        byte* newPath = stackalloc byte[NameCapacity];
        return TryTerminate(name, path) && TryTerminate(newName, newPath)
            ? Check(linkat(_fd, path, ((LinuxDirectory)newDirectory)._fd, newPath, 0))
            : Errno.Nametoolong;
    }

    public override Errno Sync(bool dataOnly) => Check(dataOnly ? fdatasync(_fd) : fsync(_fd));

    public override void Dispose() => _handle.Dispose();

    /// <summary>What is known about an entry of a directory, or about the descriptor itself when there is no path.</summary>
    internal static Errno StatAt(int fd, byte* path, out Filestat result)
    {
        result = default;
        Statx statx;
        byte nothing = 0;
        int flags = path == null ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
        if (LinuxLibC.statx(fd, path == null ? &nothing : path, flags, STATX_BASIC_STATS, &statx) < 0)
        {
            return LastError();
        }

        result.Device = ((ulong)statx.DeviceMajor << 32) | statx.DeviceMinor;
        result.Inode = statx.Inode;
        result.Type = ModeType(statx.Mode);
        result.LinkCount = statx.LinkCount;
        result.Size = statx.Size;
        result.AccessTime = Nanoseconds(statx.AccessTime);
        result.ModificationTime = Nanoseconds(statx.ModificationTime);
        result.ChangeTime = Nanoseconds(statx.ChangeTime);
        return Errno.Success;
    }

    internal static Errno Check(int result) => result < 0 ? LastError() : Errno.Success;

    internal static void Encode(FileTimes times, Timespec* pair)
    {
        pair[0] = Encode(times.Access, (times.Flags & TimeFlags.Access) != 0, (times.Flags & TimeFlags.AccessNow) != 0);
        pair[1] = Encode(times.Modification, (times.Flags & TimeFlags.Modification) != 0, (times.Flags & TimeFlags.ModificationNow) != 0);
    }

    private static Timespec Encode(ulong time, bool set, bool now) => set
        ? new Timespec { Seconds = (long)(time / 1_000_000_000), Nanoseconds = (long)(time % 1_000_000_000) }
        : new Timespec { Nanoseconds = now ? UTIME_NOW : UTIME_OMIT };

    private static ulong Nanoseconds(StatxTimestamp time) =>
        time.Seconds < 0 ? 0 : (ulong)time.Seconds * 1_000_000_000 + time.Nanoseconds;

    private static FileType ModeType(int mode) => EntryType((byte)(mode >> 12));

    // The type of a directory entry is the upper four bits of the mode.
    private static FileType EntryType(byte type) => type switch
    {
        2 => FileType.CharacterDevice,
        4 => FileType.Directory,
        6 => FileType.BlockDevice,
        8 => FileType.RegularFile,
        10 => FileType.SymbolicLink,
        12 => FileType.SocketStream,
        _ => FileType.Unknown,
    };

    /// <summary>Copies a name with a terminator; false when it is longer than any name can be.</summary>
    private static bool TryTerminate(ReadOnlySpan<byte> name, byte* destination)
    {
        // Safe: every caller hands over NameCapacity bytes of its own stack.
        if (!name.TryCopyTo(new Span<byte>(destination, NameCapacity - 1)))
        {
            return false;
        }

        destination[name.Length] = 0;
        return true;
    }
}
