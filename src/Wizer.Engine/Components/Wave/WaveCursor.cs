using System.Buffers;
using System.Globalization;
using System.Text;

namespace Wizer.Engine.Components.Wave;

/// <summary>A place in a text, which says in errors where it is.</summary>
/// <param name="text">The text.</param>
/// <param name="position">Where to begin.</param>
/// <param name="subject">What is read, for the end of messages.</param>
internal sealed class WaveCursor(string text, int position, string subject)
{
    private static readonly SearchValues<char> s_wordEnds = SearchValues.Create(" \t\r\n()[]{}:,\"'/");

    internal int Position { get; set; } = position;

    internal string Text => text;

    internal bool IsAtEnd => Position == text.Length;

    /// <summary>Goes behind white space and comments, which may stand between any two tokens.</summary>
    internal void SkipSpace()
    {
        while (!IsAtEnd)
        {
            if (text[Position] is ' ' or '\t' or '\r' or '\n')
            {
                Position++;
            }
            else if (text.AsSpan(Position).StartsWith("//"))
            {
                int end = text.IndexOf('\n', Position);
                Position = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Whether a character comes next, behind white space.</summary>
    internal bool IsNext(char value)
    {
        SkipSpace();
        return !IsAtEnd && text[Position] == value;
    }

    internal bool TryTake(char value)
    {
        if (!IsNext(value))
        {
            return false;
        }

        Position++;
        return true;
    }

    internal void Expect(char value, string expected)
    {
        if (!TryTake(value))
        {
            throw Expected(expected);
        }
    }

    /// <summary>A number, label or keyword that comes next; empty where there is none.</summary>
    internal ReadOnlySpan<char> PeekWord()
    {
        SkipSpace();
        ReadOnlySpan<char> rest = text.AsSpan(Position);
        int length = rest.IndexOfAny(s_wordEnds);
        return length < 0 ? rest : rest[..length];
    }

    internal bool TryTakeWord(string word)
    {
        if (!PeekWord().SequenceEqual(word))
        {
            return false;
        }

        Position += word.Length;
        return true;
    }

    /// <summary>Says that what comes next is something else than expected.</summary>
    internal WaveFormatException Expected(string expected)
    {
        string word = PeekWord().ToString();
        string found = IsAtEnd ? "the end" : $"`{(word.Length > 0 ? word : NextCharacter())}`";
        return Fail($"expected {expected}, found {found}");
    }

    internal WaveFormatException Fail(string message) => Fail(Position, message);

    internal WaveFormatException Fail(int at, string message)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, at);
        int line = before.Count('\n') + 1;
        int column = 1;
        foreach (Rune _ in before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes())
        {
            column++;
        }

        string place = line == 1
            ? string.Create(CultureInfo.InvariantCulture, $"column {column}")
            : string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
        return new WaveFormatException($"{message} (at {place}; {subject})", line, column);
    }

    private string NextCharacter() => Rune.TryGetRuneAt(text, Position, out Rune rune) ? rune.ToString() : "\uFFFD";
}
