namespace Wizer.Cli;

/// <summary>Paths in what is written for others to read.</summary>
internal static class ReportedPaths
{
    /// <summary>A path as the command line would name it: without the directory that it is relative to.</summary>
    public static string Shown(Arguments arguments, string path) =>
        arguments.BaseDirectory is { } directory && path.StartsWith(directory, StringComparison.Ordinal)
        && path.Length > directory.Length && (path[directory.Length] is '/' or '\\')
            ? path[(directory.Length + 1)..]
            : path;
}
