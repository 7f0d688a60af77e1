using System.Globalization;
using System.Text;

namespace Wizer.Pipeline;

/// <summary>Names of a module in sentences: whatever is in them, they stay in their line and leave a terminal alone.</summary>
internal static class QuotedName
{
    /// <summary>Between backticks, with control characters escaped as the text format does.</summary>
    internal static string Of(string name) => $"`{Escape(name)}`";

    /// <summary>As a shell's word: plain where that will do.</summary>
    internal static string ForShell(string name)
    {
        bool isPlain = name.Length > 0;
        foreach (char c in name)
        {
            isPlain &= char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':' or '/' or '@' or '+' or '=' or ',';
        }

        return isPlain ? name : $"'{Escape(name).Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            // Bidirectional controls would turn what follows around.
            bool isHarmless = char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            text.Append(isHarmless ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}"));
        }

        return text.ToString();
    }
}
