using System.Runtime.InteropServices;

namespace Wizer.Engine.Platform;

/// <summary>
/// The parts of Linux's C library that the file system, the standard streams and questions about pages need, the same for glibc and musl
/// on 64-bit processors. Whatever differs between processors is in the constants below.
/// </summary>
internal static unsafe partial class LinuxLibC
{
    public const int O_WRONLY = 0x1;
    public const int O_RDWR = 0x2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_DSYNC = 0x1000;
    public const int O_CLOEXEC = 0x80000;
    public const int O_SYNC = 0x101000;
    public const int O_PATH = 0x200000;

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EACCESS = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;

    public const uint STATX_BASIC_STATS = 0x7ff;
    public const int F_GETFD = 1;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int FD_CLOEXEC = 1;
    public const long UTIME_NOW = 0x3fffffff;
    public const long UTIME_OMIT = 0x3ffffffe;
    public const int X_OK = 1;
    public const int W_OK = 2;
    public const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;
    public const short POLLIN = 0x1;
    public const short POLLOUT = 0x4;

    /// <summary>What takes everything and has nothing.</summary>
    public const string NullDevice = "/dev/null";

    private const string Library = "libc";

    public static readonly int O_DIRECTORY = IsArm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = IsArm64 ? 0x8000 : 0x20000;

    private static readonly long s_getdents64 = IsArm64 ? 61 : 217;

    /// <summary>Whether this process runs where the declarations here hold.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint readlinkat(int directory, byte* path, byte* buffer, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int mkdirat(int directory, byte* path, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int renameat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int linkat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int utimensat(int directory, byte* path, Timespec* times, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int futimens(int file, Timespec* times);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint read(int file, byte* buffer, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint write(int file, byte* buffer, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint pread(int file, byte* buffer, nint byteLength, long offset);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint pwrite(int file, byte* buffer, nint byteLength, long offset);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial long lseek(int file, long offset, int whence);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ftruncate(int file, long byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fallocate(int file, int mode, long offset, long byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int faccessat(int directory, byte* path, int mode, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fchmod(int file, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fchown(int file, uint owner, uint group);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint llistxattr(byte* path, byte* names, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint flistxattr(int file, byte* names, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint lgetxattr(byte* path, byte* name, byte* value, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint fgetxattr(int file, byte* name, byte* value, nint byteLength);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fsetxattr(int file, byte* name, byte* value, nint byteLength, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fremovexattr(int file, byte* name);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fsync(int file);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fdatasync(int file);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int fcntl(int file, int command, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int poll(PollFd* files, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int isatty(int file);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint getrandom(byte* buffer, nint byteLength, uint flags);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint geteuid();

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int madvise(void* start, nuint byteLength, int advice);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int mincore(void* start, nuint byteLength, byte* pages);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint syscall(long number, long file, byte* buffer, nint byteLength);

    /// <summary>Directory entries as the kernel gives them. The C library's own name for it is too new to rely on.</summary>
    public static nint getdents64(int directory, byte* buffer, nint byteLength) =>
        syscall(s_getdents64, directory, buffer, byteLength);

    /// <summary>The error of a call that a signal cut short.</summary>
    public const int EINTR = 4;

    /// <summary>Whether the last call was cut short by a signal and is to be made again.</summary>
    public static bool WasCutShort() => Marshal.GetLastPInvokeError() == EINTR;
}

/// <summary>The kernel's <c>struct statx</c>, the same on every processor. Only its head is of interest.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    [FieldOffset(8)]
    public ulong Attributes;

    [FieldOffset(16)]
    public uint LinkCount;

    [FieldOffset(20)]
    public uint Owner;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(64)]
    public StatxTimestamp AccessTime;

    [FieldOffset(96)]
    public StatxTimestamp ChangeTime;

    [FieldOffset(112)]
    public StatxTimestamp ModificationTime;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}

/// <summary>The kernel's <c>struct statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatxTimestamp
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;
}

/// <summary>The kernel's <c>struct timespec</c> on 64-bit processors.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>The kernel's <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int File;
    public short Events;
    public short Returned;
}
