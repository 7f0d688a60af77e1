using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;

namespace Wizer.Pipeline;

/// <summary>
/// The few things an output does with files. On Linux by the C library: its paths are bytes, and its error numbers are kept, as the
/// <c>HResult</c> of the exceptions that .NET would throw; elsewhere by .NET.
/// </summary>
internal static unsafe class HostFiles
{
    private const int Interrupted = 4;
    private const uint ReadAndWriteForAll = 0x1b6; // 0666, less what the process masks
    private const int PathLimit = 4096;

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

    /// <summary>Where a link leads, as it says; null when there is none at the path.</summary>
    public static string? ReadLink(string path)
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
