using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// Says in plain words why a file could not be used. The runtime's own texts are not shipped with the command, and they
/// name the call rather than the cause.
/// </summary>
internal static class FileError
{
    private const int NoAccess = 13;
    private const int IsNoDirectory = 20;
    private const int IsDirectory = 21;
    private const int TooLarge = 27;

    /// <summary>Whether an exception is one that file operations throw and that a user can do something about.</summary>
    public static bool Is(Exception exception) => HostFiles.IsError(exception);

    /// <summary>For a file where a directory is needed.</summary>
    public static IOException NotADirectory() => new("", IsNoDirectory);

    /// <summary>For a directory where a file is needed.</summary>
    public static IOException IsADirectory() => new("", IsDirectory);

    /// <summary>For example <c>No such file or directory (os error 2)</c>.</summary>
    public static string Describe(Exception exception, string? path) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => SystemError.Describe(SystemError.NoEntry),
        UnauthorizedAccessException { HResult: IsDirectory } => SystemError.Describe(IsDirectory),
        UnauthorizedAccessException when path is not null && Directory.Exists(path) => SystemError.Describe(IsDirectory),
        UnauthorizedAccessException => SystemError.Describe(NoAccess),
        PathTooLongException => "File name too long",
        ArgumentOutOfRangeException => SystemError.Describe(TooLarge), // what .NET makes of EFBIG
        ArgumentException or NotSupportedException => "Invalid file name",
        _ => SystemError.Describe(exception.HResult),
    };
}
