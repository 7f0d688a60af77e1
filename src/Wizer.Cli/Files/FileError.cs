using System.Runtime.InteropServices;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// Says in plain words why a file could not be used. The runtime's own texts are not shipped with the command, and they
/// name the call rather than the cause.
/// </summary>
internal static class FileError
{
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int IsNoDirectory = 20;
    private const int IsDirectory = 21;
    private const int TooLarge = 27;
    private const int WindowsErrorMask = unchecked((int)0x80070000);

    /// <summary>Whether an exception is one that file operations throw and that a user can do something about.</summary>
    public static bool Is(Exception exception) => ModuleFile.IsFileError(exception);

    /// <summary>For a file where a directory is needed.</summary>
    public static IOException NotADirectory() => new("", IsNoDirectory);

    /// <summary>For a directory where a file is needed.</summary>
    public static IOException IsADirectory() => new("", IsDirectory);

    /// <summary>For example <c>No such file or directory (os error 2)</c>.</summary>
    public static string Describe(Exception exception, string? path) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => Describe(NoEntry),
        UnauthorizedAccessException { HResult: IsDirectory } => Describe(IsDirectory),
        UnauthorizedAccessException when path is not null && Directory.Exists(path) => Describe(IsDirectory),
        UnauthorizedAccessException => Describe(NoAccess),
        PathTooLongException => "File name too long",
        ArgumentOutOfRangeException => Describe(TooLarge), // what .NET makes of EFBIG
        ArgumentException or NotSupportedException => "Invalid file name",
        _ => Describe(exception.HResult),
    };

    private static string Describe(int error)
    {
        if (error is NoEntry && OperatingSystem.IsWindows())
        {
            return "No such file or directory";
        }

        // On Windows the number is the low half of an HRESULT; elsewhere it is the plain errno.
        int number = (error & WindowsErrorMask) == WindowsErrorMask ? error & 0xffff : error;
        return number is > 0 and < 0x10000
            ? $"{Marshal.GetPInvokeErrorMessage(number)} (os error {number})"
            : "Input/output error";
    }
}
