using System.Text;

namespace Wizer.Cli.Tests;

/// <summary>Splits a command as a shell does, as far as the tests need it: at spaces, with single quotes.</summary>
internal static class ShellWords
{
    public static List<string> Split(string command)
    {
        List<string> words = [];
        StringBuilder? word = null;
        bool quoted = false;
        foreach (char c in command)
        {
            if (c == '\'')
            {
                quoted = !quoted;
                word ??= new StringBuilder();
            }
            else if (c == ' ' && !quoted)
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                }

                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
