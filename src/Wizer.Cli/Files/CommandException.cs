namespace Wizer.Cli;

/// <summary>An error that the command itself found; printed like every other, with its inner exceptions as causes.</summary>
/// <param name="code">Its number; a cause has that of what it is the cause of.</param>
/// <param name="message">One line, without a final period.</param>
/// <param name="innerException">Why, or null when the message says it all.</param>
internal sealed class CommandException(DiagnosticCode code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    private const int BrokenPipe = 32;

    /// <summary>Its number.</summary>
    public DiagnosticCode Code { get; } = code;

    /// <summary>Whether a reader of the output went away.</summary>
    public bool IsBrokenPipe { get; private init; }

    /// <summary>What may help, in one line, or null.</summary>
    public string? Hint { get; init; }

    /// <summary>A file could not be used.</summary>
    /// <param name="code">The number of the error.</param>
    /// <param name="message">What was to be done.</param>
    /// <param name="error">What the platform said.</param>
    /// <param name="path">The file, or null when the message names it or it has no name.</param>
    public static CommandException File(DiagnosticCode code, string message, Exception error, string? path) =>
        new(code, message, new CommandException(code, FileError.Describe(error, path) + (path is null ? "" : $": `{path}`")))
        {
            IsBrokenPipe = error is IOException { HResult: BrokenPipe },
        };
}
