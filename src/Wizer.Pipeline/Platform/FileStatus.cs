using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;

namespace Wizer.Pipeline;

/// <summary>What Linux knows about a file, as far as it decides how an output gets there.</summary>
internal readonly unsafe struct FileStatus
{
    private const int TypeShift = 12;
    private const int Link = 10;
    private const int Socket = 12;

    private readonly ushort _mode;

    private FileStatus(in Statx stat)
    {
        _mode = stat.Mode;
        Owner = stat.Owner;
        Group = stat.Group;
        LinkCount = stat.LinkCount;
        Device = ((ulong)stat.DeviceMajor << 32) | stat.DeviceMinor;
        Inode = stat.Inode;
        IsMountPoint = (stat.Attributes & LinuxLibC.STATX_ATTR_MOUNT_ROOT) != 0;
    }

    public FileKind Kind => (_mode >> TypeShift) switch
    {
        4 => FileKind.Directory,
        8 => FileKind.Regular,
        _ => FileKind.Stream,
    };

    public bool IsLink => _mode >> TypeShift == Link;

    public bool IsSocket => _mode >> TypeShift == Socket;

    /// <summary>Who may do what, in the lowest twelve bits of the mode.</summary>
    public uint Permissions => _mode & 0xfffu;

    public uint Owner { get; }

    public uint Group { get; }

    public uint LinkCount { get; }

    /// <summary>Whether a file system begins here, or another file has been mounted over this one.</summary>
    public bool IsMountPoint { get; }

    private ulong Device { get; }

    private ulong Inode { get; }

    /// <summary>Whether this process may give another file the same owner, which only root may for all.</summary>
    public bool IsOfThisUser => LinuxLibC.geteuid() is uint user && (Owner == user || user == 0);

    /// <summary>Whether the system says any of this.</summary>
    public static bool IsTold => LinuxLibC.IsSupported;

    /// <summary>Whether both are one file, by whatever names.</summary>
    public bool IsSameFile(in FileStatus other) => Device == other.Device && Inode == other.Inode;

    /// <summary>What a path leads to, or the link itself.</summary>
    /// <param name="path">A path.</param>
    /// <param name="followsLink">Whether a link at its end is followed.</param>
    /// <param name="status">The result.</param>
    /// <param name="error">0, or the error number.</param>
    public static bool TryGet(string path, bool followsLink, out FileStatus status, out int error)
    {
        fixed (byte* bytes = PathBytes.Terminated(path))
        {
            return TryGet(LinuxLibC.AT_FDCWD, bytes, followsLink ? 0 : LinuxLibC.AT_SYMLINK_NOFOLLOW, out status, out error);
        }
    }

    /// <summary>What an open descriptor is of.</summary>
    public static bool TryGet(int descriptor, out FileStatus status)
    {
        byte nothing = 0;
        return TryGet(descriptor, &nothing, LinuxLibC.AT_EMPTY_PATH, out status, out _);
    }

    /// <inheritdoc cref="TryGet(int, out FileStatus)"/>
    public static bool TryGet(SafeFileHandle file, out FileStatus status) => TryGet((int)file.DangerousGetHandle(), out status);

    private static bool TryGet(int directory, byte* path, int flags, out FileStatus status, out int error)
    {
        const int NoSystemCall = 38;
        status = default;
        error = NoSystemCall;
        if (!IsTold)
        {
            return false;
        }

        Statx stat = default;
        try
        {
            error = LinuxLibC.statx(directory, path, flags, LinuxLibC.STATX_BASIC_STATS, &stat) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that is older than the call.
        }

        status = error == 0 ? new FileStatus(stat) : default;
        return error == 0;
    }
}
