using System.Security;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>The framework's exceptions in the guest's terms.</summary>
internal static class PortableErrno
{
    /// <summary>Whether an operation on files may throw this without anything being wrong with the program.</summary>
    public static bool IsExpected(Exception exception) => exception is IOException or UnauthorizedAccessException or SecurityException
        or NotSupportedException or ObjectDisposedException or ArgumentException or OperationCanceledException;

    public static Errno From(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException => Errno.Noent,
        PathTooLongException => Errno.Nametoolong,
        IOException io => FromCode(io.HResult),
        UnauthorizedAccessException or SecurityException => Errno.Acces,
        NotSupportedException => Errno.Notsup,
        ArgumentException => Errno.Inval,
        _ => Errno.Io,
    };

    /// <summary>On Unix the framework passes the error number on; on Windows it is a code of the system in an HRESULT.</summary>
    private static Errno FromCode(int code)
    {
        if (!OperatingSystem.IsWindows())
        {
            // macOS has the same numbers as Linux up to 34, except for these.
            return OperatingSystem.IsMacOS() && code is 11 or 35 or 62 or 63 or 66
                ? code switch { 35 => Errno.Again, 62 => Errno.Loop, 63 => Errno.Nametoolong, 66 => Errno.Notempty, _ => Errno.Busy }
                : code is > 0 and < 200 ? LinuxErrno.ToWasi(code) : Errno.Io;
        }

        return (code & 0xffff) switch
        {
            2 or 3 => Errno.Noent,
            4 => Errno.Mfile,
            5 or 32 or 33 => Errno.Acces,
            17 => Errno.Xdev,
            39 or 112 => Errno.Nospc,
            80 or 183 => Errno.Exist,
            109 or 232 => Errno.Pipe,
            145 => Errno.Notempty,
            206 => Errno.Nametoolong,
            267 => Errno.Notdir,
            _ => Errno.Io,
        };
    }
}
