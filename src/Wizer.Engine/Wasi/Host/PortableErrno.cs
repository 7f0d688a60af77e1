using System.Security;
using Wizer.Engine.Platform;
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
        IOException io => LinuxErrno.ToWasi(ErrorNumber.ToLinux(io.HResult)),
        UnauthorizedAccessException or SecurityException => Errno.Acces,
        NotSupportedException => Errno.Notsup,
        ArgumentException => Errno.Inval,
        _ => Errno.Io,
    };
}
