namespace Wizer.Pipeline;

/// <summary>What a guest looked at outside.</summary>
public enum InputKind
{
    /// <summary>
    /// Whether something is at a path, and what: <c>absent</c>, <c>file</c>, <c>directory</c>, <c>link</c> or <c>other</c>.
    /// </summary>
    Status,

    /// <summary>How long a file is, which was not read: <see cref="RunInput.Count"/>, and as the answer.</summary>
    Size,

    /// <summary>A file that was read: the SHA-256 of all of it, as it was before the guest wrote to it.</summary>
    File,

    /// <summary>A directory that was listed: a SHA-256 of the names and kinds of its entries.</summary>
    Listing,

    /// <summary>A symbolic link, and where it leads.</summary>
    Link,

    /// <summary>The environment as a whole: a SHA-256 of it, and how many variables it has.</summary>
    Environment,

    /// <summary>A variable of the environment: the SHA-256 of its value.</summary>
    Variable,

    /// <summary>Standard input: the SHA-256 of what was read, and how many bytes that was.</summary>
    StandardInput,

    /// <summary>Clocks, and how often they were asked or waited for.</summary>
    Clock,

    /// <summary>Random bytes, and how often they were asked for.</summary>
    Random,
}

/// <summary>Something outside that a guest looked at, and what it found.</summary>
/// <param name="Kind">What was looked at, which says what the other members mean.</param>
public sealed record RunInput(InputKind Kind)
{
    /// <summary>
    /// The path on the host, relative where that of the preopened directory is, or the name of a variable; null for what has no name.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Which of <see cref="Engine.WasiOptions.Preopens"/> the path leads through; -1 where there is no path.</summary>
    public int Preopen { get; init; } = -1;

    /// <summary>The way from that directory, with slashes and without links; empty for the directory itself, null without a path.</summary>
    public string? Below { get; init; }

    /// <summary>What was found; null where only the calls are counted. Hashes are hexadecimal, in lower case.</summary>
    public string? Answer { get; init; }

    /// <summary>The bytes, entries, variables or calls; null where nothing is counted.</summary>
    public long? Count { get; init; }
}
