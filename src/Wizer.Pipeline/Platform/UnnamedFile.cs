using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;

namespace Wizer.Pipeline;

/// <summary>
/// A file that gets its name when it is complete: whatever ends the process before that, nothing of it stays behind. Only Linux has
/// these, and not on every file system.
/// </summary>
internal static unsafe class UnnamedFile
{
    private const string Descriptors = "/proc/self/fd/";
    private const uint ReadAndWriteForAll = 0x1b6; // 0666, less what the process masks
    private const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW
    private const int Exists = 17; // EEXIST

    /// <summary>Creates one on the file system of a directory; null where there is no such thing.</summary>
    public static SafeFileHandle? TryCreate(string directory)
    {
        // A name is given by way of the descriptor's own path.
        if (!LinuxLibC.IsSupported || !Directory.Exists(Descriptors))
        {
            return null;
        }

        const int Unnamed = 0x400000; // O_TMPFILE, which includes O_DIRECTORY
        int flags = Unnamed | LinuxLibC.O_DIRECTORY | LinuxLibC.O_WRONLY | LinuxLibC.O_CLOEXEC;
        fixed (byte* path = PathBytes.Terminated(directory))
        {
            int descriptor = LinuxLibC.openat(LinuxLibC.AT_FDCWD, path, flags, ReadAndWriteForAll);
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    /// <summary>Gives it a name, at which it appears with all that has been written to it.</summary>
    /// <returns>False when something else has the name.</returns>
    /// <exception cref="IOException">Another error; its number is the <c>HResult</c>.</exception>
    public static bool TryName(SafeFileHandle file, string name)
    {
        fixed (byte* source = PathBytes.Terminated(Descriptors + ((int)file.DangerousGetHandle()).ToString(CultureInfo.InvariantCulture)))
        fixed (byte* target = PathBytes.Terminated(name))
        {
            if (LinuxLibC.linkat(LinuxLibC.AT_FDCWD, source, LinuxLibC.AT_FDCWD, target, FollowLink) == 0)
            {
                return true;
            }
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException("", error);
    }
}
