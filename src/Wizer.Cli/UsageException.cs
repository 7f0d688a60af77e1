using System.Text;

namespace Wizer.Cli;

/// <summary>The command line makes no sense; the message is all that is printed, and the exit code is 2.</summary>
internal sealed class UsageException : Exception
{
    private const string Hint = "\n\nFor more information, try '--help'.\n";

    private UsageException(string message)
        : base("error: " + message + Hint)
    {
    }

    public static UsageException MissingValue(Option option) =>
        new($"a value is required for '{option.Notation}' but none was supplied{PossibleValues(option)}");

    public static UsageException EmptyInput() => new("a value is required for '[INPUT]' but none was supplied");

    public static UsageException InvalidBool(Option option, string value)
    {
        string message = $"invalid value '{value}' for '{option.Notation}'{PossibleValues(option)}";
        return new(Similarity.Closest(value, ["true", "false"]) is string closest
            ? $"{message}\n\n  tip: a similar value exists: '{closest}'"
            : message);
    }

    public static UsageException InvalidRename(Option option, string value) =>
        new($"invalid value '{value}' for '{option.Notation}': must contain exactly one equals character ('=')");

    public static UsageException Repeated(Option option) =>
        new($"the argument '{option.Notation}' cannot be used multiple times{Usage("[OPTIONS] [INPUT]")}");

    public static UsageException UnexpectedValue(Option option, string value) =>
        new($"unexpected value '{value}' for '{option.Flag}' found; no more were expected{Usage(option.Flag + " [INPUT]")}");

    public static UsageException UnexpectedWord(string word) =>
        new($"unexpected argument '{word}' found{Usage("[OPTIONS] [INPUT]")}");

    public static UsageException UnknownLetter(string letter) =>
        new($"unexpected argument '-{letter}' found{TrailingTip("-" + letter)}{Usage("[OPTIONS] [INPUT]")}");

    /// <param name="word">Without the two dashes.</param>
    /// <param name="used">The options before it, which the usage line repeats.</param>
    /// <param name="hasInput">Whether INPUT was before it.</param>
    public static UsageException UnknownWord(string word, List<Option> used, bool hasInput)
    {
        // In the table's order, each option's alias after its name: of equally similar words the last one is proposed.
        var words = new List<string>();
        foreach (Option option in OptionTable.Options)
        {
            if (option.Long is not null)
            {
                words.Add(option.Long);
            }

            if (option.Alias is not null)
            {
                words.Add(option.Alias);
            }
        }

        string? closest = Similarity.Closest(word, words);
        var usage = new StringBuilder();
        var shown = new List<Option>(used);
        if (closest is not null)
        {
            shown.Add(OptionTable.FindLong(closest)!);
        }

        for (int i = 0; i < shown.Count; i++)
        {
            if (shown.IndexOf(shown[i]) == i)
            {
                usage.Append(shown[i].Notation).Append(' ');
            }
        }

        usage.Append(usage.Length == 0 && !hasInput ? "[OPTIONS] " : "").Append(hasInput ? "<INPUT>" : "[INPUT]");
        string tip = closest is null ? TrailingTip("--" + word) : $"\n\n  tip: a similar argument exists: '--{closest}'";
        return new($"unexpected argument '--{word}' found{tip}{Usage(usage.ToString())}");
    }

    private static string Usage(string form) => "\n\nUsage: wizer " + form;

    private static string TrailingTip(string word) => $"\n\n  tip: to pass '{word}' as a value, use '-- {word}'";

    private static string PossibleValues(Option option) => option.IsBool ? "\n  [possible values: true, false]" : "";
}
