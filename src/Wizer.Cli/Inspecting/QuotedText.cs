using System.Globalization;
using System.Text;

namespace Wizer.Cli;

/// <summary>A name may hold anything; a terminal must not be told what to do by it.</summary>
internal static class QuotedText
{
    public static string Of(string name)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool isPlain = rune.Value is not ('"' or '\\')
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            quoted.Append(isPlain ? rune.ToString() : rune.Value is '"' or '\\' ? $"\\{rune}" : $"\\u{{{rune.Value:x}}}");
        }

        return quoted.Append('"').ToString();
    }
}
