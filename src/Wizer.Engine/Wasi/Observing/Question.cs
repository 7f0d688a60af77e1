namespace Wizer.Engine.Wasi.Observing;

/// <summary>What can be asked about a place in the file system. Each has an answer that is a text.</summary>
internal enum Question
{
    /// <summary>Whether something is there, and what; links are not followed. See <see cref="Answers"/>.</summary>
    Status,

    /// <summary>How long a file is: a number.</summary>
    Size,

    /// <summary>What a file holds: the SHA-256, in hexadecimal digits.</summary>
    Contents,

    /// <summary>The names and kinds of what is in a directory: a SHA-256 of them.</summary>
    Listing,

    /// <summary>Where a symbolic link leads, as it says.</summary>
    Target,
}
