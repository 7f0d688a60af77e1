namespace Wizer.Pipeline;

/// <summary>What a path leads to, links followed; it decides how an output gets there.</summary>
internal enum FileKind
{
    Absent,
    Regular,
    Directory,

    /// <summary>A device, a pipe, a socket: something that takes bytes and keeps no earlier ones to protect.</summary>
    Stream,
}

/// <summary>Asks the platform for a <see cref="FileKind"/>, which .NET does not tell.</summary>
internal static class FileKinds
{
    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;
    private const int NoSystemCall = 38;

    /// <summary>The kind of what a path leads to.</summary>
    /// <exception cref="IOException">That cannot be known, or it leads in circles; the <c>HResult</c> is the error number.</exception>
    public static FileKind Of(string path)
    {
        if (FileStatus.TryGet(path, followsLink: true, out FileStatus status, out int error))
        {
            return status.Kind;
        }

        // Another system, and a sandbox that does not know the call, say so by one of the last two.
        return error switch
        {
            NoEntry or NotADirectory => FileKind.Absent,
            NoSystemCall or NotPermitted => Guess(path),
            _ => throw new IOException("", error),
        };
    }

    // The portable answer: .NET tells files from directories, and devices have places and names of their own.
    internal static FileKind Guess(string path)
    {
        if (Directory.Exists(path))
        {
            return FileKind.Directory;
        }

        if (!File.Exists(path))
        {
            return FileKind.Absent;
        }

        string full = Path.GetFullPath(path);
        return full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith(@"\\.\", StringComparison.Ordinal)
            ? FileKind.Stream
            : FileKind.Regular;
    }
}
