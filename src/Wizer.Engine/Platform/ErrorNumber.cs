namespace Wizer.Engine.Platform;

/// <summary>The number of an error, which the framework passes on in the <c>HResult</c> of an exception.</summary>
internal static class ErrorNumber
{
    private const int InputOutput = 5;

    /// <summary>
    /// The number that Linux gives the same error. On Unix the framework passes the system's own number on; on Windows it is a code of
    /// the system in an HRESULT.
    /// </summary>
    internal static int ToLinux(int code) => OperatingSystem.IsWindows() ? FromWindows(code & 0xffff)
        : OperatingSystem.IsMacOS() ? FromMacOS(code)
        : InRange(code);

    // The same numbers up to 34, except for the first.
    internal static int FromMacOS(int code) => code switch
    {
        11 => 16, // a deadlock there, EBUSY here
        35 => 11, // EAGAIN
        62 => 40, // ELOOP
        63 => 36, // ENAMETOOLONG
        66 => 39, // ENOTEMPTY
        _ => InRange(code),
    };

    internal static int FromWindows(int code) => code switch
    {
        2 or 3 => 2, // ENOENT
        4 => 24, // EMFILE
        5 or 32 or 33 => 13, // EACCES
        17 => 18, // EXDEV
        39 or 112 => 28, // ENOSPC
        80 or 183 => 17, // EEXIST
        109 or 232 => 32, // EPIPE
        145 => 39, // ENOTEMPTY
        206 => 36, // ENAMETOOLONG
        267 => 20, // ENOTDIR
        _ => InputOutput,
    };

    private static int InRange(int code) => code is > 0 and < 200 ? code : InputOutput;
}
