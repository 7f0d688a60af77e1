namespace Wizer.Engine.Components;

/// <summary>A value or call is not written as WAVE wants it, or not of the type that is expected.</summary>
public sealed class WaveFormatException : FormatException
{
    internal WaveFormatException(string message, int line, int column)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>The line of the text, from 1.</summary>
    public int Line { get; }

    /// <summary>The character of that line, from 1.</summary>
    public int Column { get; }
}
