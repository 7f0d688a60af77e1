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

    /// <summary>Finds the line and the column of a byte; cold, so that nothing has to keep count before there is an error.</summary>
    internal static WatException At(string reason, string fileName, ReadOnlySpan<byte> source, int offset)
    {
        ReadOnlySpan<byte> before = source[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;

        // A character is a byte that does not continue one.
        ReadOnlySpan<byte> inLine = before[lineStart..];
        int column = inLine.Length + 1;
        foreach (byte b in inLine)
        {
            column -= (b & 0xc0) == 0x80 ? 1 : 0;
        }

        return new WatException(reason, fileName, before.Count((byte)'\n') + 1, column);
    }
}
