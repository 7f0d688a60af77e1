namespace Wizer.Cli;

/// <summary>How errors and warnings are printed.</summary>
internal enum ErrorFormat
{
    /// <summary>For people, as the original prints them.</summary>
    Text,

    /// <summary>A line with file and code, as MSBuild recognizes it.</summary>
    Canonical,

    /// <summary>A line that is an object.</summary>
    Json,
}
