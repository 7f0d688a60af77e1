using System.Text;

namespace Wizer.Cli;

/// <summary>
/// Splits a text into words the way a POSIX shell does, without expanding anything: at spaces, with single and double quotes and
/// backslashes. POSIX.1-2024, Shell Command Language, Quoting.
/// </summary>
internal static class OptionWords
{
    /// <exception cref="UsageException">A quote is not closed, or nothing follows a backslash.</exception>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }

                continue;
            }

            word ??= new StringBuilder();
            at = c switch
            {
                '\'' or '"' => TakeQuoted(text, at, word),
                '\\' => TakeEscaped(text, at, word),
                _ => Take(c, at, word),
            };
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return [.. words];
    }

    private static int Take(char c, int at, StringBuilder word)
    {
        word.Append(c);
        return at;
    }

    private static int TakeEscaped(string text, int at, StringBuilder word) =>
        at + 1 == text.Length ? throw UsageException.BadWords("nothing follows the last backslash") : Take(text[at + 1], at + 1, word);

    // Returns where the closing quote is.
    private static int TakeQuoted(string text, int start, StringBuilder word)
    {
        char quote = text[start];
        for (int at = start + 1; at < text.Length; at++)
        {
            char c = text[at];
            if (c == quote)
            {
                return at;
            }

            // Between double quotes, a backslash that has nothing to protect is one.
            if (c == '\\' && quote == '"' && at + 1 < text.Length && text[at + 1] is '"' or '\\' or '$' or '`')
            {
                c = text[++at];
            }

            word.Append(c);
        }

        throw UsageException.BadWords($"a quote ({quote}) is not closed");
    }
}
