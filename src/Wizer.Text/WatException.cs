namespace Wizer.Text;

/// <summary>
/// A module in the text format is malformed. The message is <c>file:line:col: reason</c>, and the reason begins with the
/// wording of the official test scripts. Core 3.0, Text Format.
/// </summary>
public sealed class WatException : Exception
{
    /// <summary>Creates the error for a place in a source.</summary>
    /// <param name="reason">What is wrong, without the place.</param>
    /// <param name="fileName">As the caller named the source.</param>
    /// <param name="line">From 1.</param>
    /// <param name="column">In characters, from 1.</param>
    public WatException(string reason, string fileName, int line, int column)
        : base($"{fileName}:{line}:{column}: {reason}")
    {
        Reason = reason;
        FileName = fileName;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>As the caller named the source.</summary>
    public string FileName { get; }

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>In characters, from 1.</summary>
    public int Column { get; }
}
