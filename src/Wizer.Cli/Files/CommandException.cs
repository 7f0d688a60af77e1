namespace Wizer.Cli;

/// <summary>An error that the command itself found; printed like every other, with its inner exceptions as causes.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    private const int BrokenPipe = 32;

    /// <summary>Whether a reader of the output went away.</summary>
    public bool IsBrokenPipe { get; private init; }

    /// <summary>What may help, in one line, or null.</summary>
    public string? Hint { get; init; }

    /// <summary>A file could not be used.</summary>
    /// <param name="message">What was to be done.</param>
    /// <param name="error">What the platform said.</param>
    /// <param name="path">The file, or null when the message names it or it has no name.</param>
    public static CommandException File(string message, Exception error, string? path) =>
        new(message, new CommandException(FileError.Describe(error, path) + (path is null ? "" : $": `{path}`")))
        {
            IsBrokenPipe = error is IOException { HResult: BrokenPipe },
        };
}
