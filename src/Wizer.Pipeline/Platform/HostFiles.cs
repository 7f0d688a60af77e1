using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;

namespace Wizer.Pipeline;

/// <summary>
/// The few things that inputs and outputs do with files. On Linux by the C library: its paths are bytes, and its error numbers are
/// kept, as the <c>HResult</c> of the exceptions that .NET would throw; elsewhere by .NET.
/// </summary>
internal static unsafe class HostFiles
{
    private const int Interrupted = 4;
    private const uint ReadAndWriteForAll = 0x1b6; // 0666, less what the process masks
    private const int PathLimit = 4096;

    // As many links as the kernel follows.
    private const int MaxLinkCount = 40;

    /// <summary>Whether an exception is one that file operations throw and that a user can do something about.</summary>
    public static bool IsError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>Opens a file to be read.</summary>
    public static SafeFileHandle OpenToRead(string path) => LinuxLibC.IsSupported
        ? Open(path, LinuxLibC.O_CLOEXEC)
        : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens what is there to be written, and leaves it as it is.</summary>
    /// <param name="path">A file, a device or a pipe.</param>
    /// <param name="followsLink">Whether a link is an error, or followed.</param>
    public static SafeFileHandle OpenToWrite(string path, bool followsLink) => LinuxLibC.IsSupported
        ? Open(path, LinuxLibC.O_WRONLY | LinuxLibC.O_CLOEXEC | LinuxLibC.O_NOCTTY | (followsLink ? 0 : LinuxLibC.O_NOFOLLOW))
        : File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Makes a file that was not there.</summary>
    public static SafeFileHandle Create(string path) => LinuxLibC.IsSupported
        ? Open(path, LinuxLibC.O_WRONLY | LinuxLibC.O_CREAT | LinuxLibC.O_EXCL | LinuxLibC.O_CLOEXEC)
        : File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    /// <summary>Gives a file another's name, which then is gone.</summary>
    public static void Rename(string from, string to)
    {
        if (!LinuxLibC.IsSupported)
        {
            File.Move(from, to, overwrite: true);
            return;
        }

        fixed (byte* source = PathBytes.Terminated(from))
        fixed (byte* target = PathBytes.Terminated(to))
        {
            ThrowIf(LinuxLibC.renameat(LinuxLibC.AT_FDCWD, source, LinuxLibC.AT_FDCWD, target) != 0);
        }
    }

    /// <summary>Removes a file.</summary>
    public static void Delete(string path)
    {
        if (!LinuxLibC.IsSupported)
        {
            File.Delete(path);
            return;
        }

        fixed (byte* bytes = PathBytes.Terminated(path))
        {
            ThrowIf(LinuxLibC.unlinkat(LinuxLibC.AT_FDCWD, bytes, 0) != 0);
        }
    }

    /// <summary>Throws unless this process may write a file, or make files in a directory.</summary>
    public static void DemandWritable(string path, FileKind kind)
    {
        const int NotPermitted = 1;
        if (LinuxLibC.IsSupported)
        {
            int access = kind == FileKind.Directory ? LinuxLibC.W_OK | LinuxLibC.X_OK : LinuxLibC.W_OK;
            fixed (byte* bytes = PathBytes.Terminated(path))
            {
                if (LinuxLibC.faccessat(LinuxLibC.AT_FDCWD, bytes, access, LinuxLibC.AT_EACCESS) == 0)
                {
                    return;
                }
            }

            // Either the file cannot be changed by anybody, or a sandbox does not know the call.
            ThrowIf(Marshal.GetLastPInvokeError() != NotPermitted);
        }

        if (kind == FileKind.Regular)
        {
            OpenToWrite(path, followsLink: true).Dispose();
        }
    }

    /// <summary>Whether a path leads to a directory.</summary>
    public static bool IsDirectory(string path) => FileStatus.TryGet(path, followsLink: true, out FileStatus status, out _)
        ? status.Kind == FileKind.Directory
        : Directory.Exists(path);

    /// <summary>Sees to it that a file has room for bytes from its start on; it may become longer.</summary>
    /// <returns>False where the file system has no such thing.</returns>
    public static bool TryAllocate(SafeFileHandle file, long byteLength)
    {
        const int NotPermitted = 1;
        const int Invalid = 22;
        const int NoSystemCall = 38;
        const int NotSupported = 95;
        if (!LinuxLibC.IsSupported || byteLength == 0)
        {
            return false;
        }

        while (LinuxLibC.fallocate((int)file.DangerousGetHandle(), 0, 0, byteLength) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case NotPermitted or Invalid or NoSystemCall or NotSupported:
                    return false;
                case int error:
                    throw new IOException("", error);
            }
        }

        return true;
    }

    /// <summary>The place that a path leads to by way of links, whether or not anything is there yet.</summary>
    /// <param name="path">A path.</param>
    /// <param name="isHeldOpen">
    /// Whether the last link is one of <c>/proc</c>, which leads to an open file: whoever holds that open must find the output in it.
    /// </param>
    public static string FollowLinks(string path, out bool isHeldOpen)
    {
        isHeldOpen = false;
        if (!LinuxLibC.IsSupported)
        {
            return ResolveLinks(path);
        }

        const int Loop = 40;
        for (int count = 0; count <= MaxLinkCount; count++)
        {
            string? link = ReadLink(path);
            isHeldOpen = link is not null
                && (path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/dev/fd/", StringComparison.Ordinal));
            if (link is null || isHeldOpen)
            {
                return path;
            }

            path = link.StartsWith('/') ? link : Path.Combine(DirectoryOf(path), link);
        }

        throw new IOException("", Loop);
    }

    /// <summary>The same by way of what .NET says about links.</summary>
    public static string ResolveLinks(string path)
    {
        try
        {
            // Of a relative path, .NET takes a relative link to be relative to the root.
            return File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
    }

    /// <summary>The directory that a path's last name is in.</summary>
    public static string DirectoryOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".";

    // Where a link leads, as it says; null when there is none at the path.
    private static string? ReadLink(string path)
    {
        const int Invalid = 22; // EINVAL: no link
        const int NoEntry = 2;
        byte* target = stackalloc byte[PathLimit];
        fixed (byte* bytes = PathBytes.Terminated(path))
        {
            nint length = LinuxLibC.readlinkat(LinuxLibC.AT_FDCWD, bytes, target, PathLimit);
            if (length >= 0)
            {
                return PathBytes.Decode(new ReadOnlySpan<byte>(target, (int)length));
            }
        }

        ThrowIf(Marshal.GetLastPInvokeError() is not (Invalid or NoEntry));
        return null;
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        fixed (byte* bytes = PathBytes.Terminated(path))
        {
            while (true)
            {
                int descriptor = LinuxLibC.openat(LinuxLibC.AT_FDCWD, bytes, flags, ReadAndWriteForAll);
                if (descriptor >= 0)
                {
                    return new SafeFileHandle(descriptor, ownsHandle: true);
                }

                ThrowIf(Marshal.GetLastPInvokeError() != Interrupted);
            }
        }
    }

    private static void ThrowIf(bool hasFailed)
    {
        const int NoEntry = 2;
        const int NoAccess = 13;
        if (hasFailed)
        {
            throw Marshal.GetLastPInvokeError() switch
            {
                NoEntry => new FileNotFoundException { HResult = NoEntry },
                NoAccess => new UnauthorizedAccessException { HResult = NoAccess },
                int error => new IOException("", error),
            };
        }
    }
}
