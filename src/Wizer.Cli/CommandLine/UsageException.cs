using System.Text;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The command line makes no sense; the message is all that is printed, and the exit code is 2.</summary>
internal sealed class UsageException : Exception
{
    private const string Hint = "\n\nFor more information, try '--help'.\n";

    private readonly string _text;

    private UsageException(DiagnosticCode code, string text)
        : base("error: " + text + Hint)
    {
        Code = code;
        _text = text;
    }

    /// <summary>Its number.</summary>
    public DiagnosticCode Code { get; }

    /// <summary>How the command line that makes no sense asks for errors to be printed.</summary>
    public ErrorFormat Format { get; set; }

    /// <summary>What is wrong, in one line: without what may help, and without how it ought to be.</summary>
    public string Reason => string.Join(' ', _text.Split("\n\n")[0].Split('\n', StringSplitOptions.TrimEntries));

    /// <summary>What may help, or null.</summary>
    public string? Tip
    {
        get
        {
            const string Sign = "  tip: ";
            string? tip = Array.Find(_text.Split("\n\n"), static part => part.StartsWith(Sign, StringComparison.Ordinal));
            return tip?[Sign.Length..];
        }
    }

    public static UsageException MissingValue(Option option) =>
        new(DiagnosticCode.MissingValue, $"a value is required for '{option.Notation}' but none was supplied{PossibleValues(option)}");

    public static UsageException EmptyOperand(CommandSyntax syntax) =>
        new(DiagnosticCode.MissingValue, $"a value is required for '{syntax.Operand}' but none was supplied");

    /// <param name="syntax">The command.</param>
    /// <param name="operands">What it needs.</param>
    public static UsageException MissingOperand(CommandSyntax syntax, string operands) =>
        new(DiagnosticCode.MissingValue, $"the following required arguments were not provided:\n  {operands}{Usage(syntax)}");

    /// <param name="syntax">The command.</param>
    /// <param name="value">What stands there, or null for nothing.</param>
    public static UsageException InvalidOperand(CommandSyntax syntax, string? value)
    {
        string words = $"\n  [possible values: {string.Join(", ", syntax.OperandWords)}]";
        return new(
            value is null ? DiagnosticCode.MissingValue : DiagnosticCode.InvalidValue,
            value is null
                ? $"a value is required for '{syntax.Operand}' but none was supplied{words}"
                : $"invalid value '{value}' for '{syntax.Operand}'{words}");
    }

    public static UsageException InvalidNumber(Option option, string value, string needed) =>
        new(DiagnosticCode.InvalidValue, $"invalid value '{value}' for '{option.Notation}': must be {needed}");

    /// <summary>An error in an environment variable instead of the command line.</summary>
    public static UsageException OfVariable(string name, UsageException error) =>
        new(error.Code, $"{name}: {error._text}") { Format = error.Format };

    public static UsageException BadWords(string problem) => new(DiagnosticCode.BadVariable, problem);

    /// <param name="word">With its at sign.</param>
    /// <param name="problem">What the platform says.</param>
    public static UsageException UnreadableFile(string word, string problem) =>
        new(
            DiagnosticCode.ArgumentFileUnreadable,
            $"cannot read arguments from '{word[1..]}': {problem}\n\n  tip: a module that is called '{word}' is './{word}'");

    public static UsageException NestedFile(string word) =>
        new(DiagnosticCode.ArgumentFileUnreadable, $"unexpected argument '{word}' found: a file with arguments cannot name another one");

    public static UsageException InvalidStub(Option option, string value) =>
        new(
            DiagnosticCode.InvalidValue,
            $"invalid value '{value}' for '{option.Notation}': must be the name of a module, alone or followed by `=zero` or `=trap`");

    public static UsageException InvalidDefinition(Option option, string value) =>
        new(
            DiagnosticCode.InvalidValue,
            $"invalid value '{value}' for '{option.Notation}': must be the names of an import and its value, as in `env.base=1024`");

    public static UsageException InvalidVariable(Option option, string value) =>
        new(DiagnosticCode.InvalidValue, $"invalid value '{value}' for '{option.Notation}': must begin with the name of the variable");

    public static UsageException TwoForStandardOutput() =>
        new(DiagnosticCode.ConflictingOptions, "the module and the report cannot both go to stdout; name a file with '-o' or '--report'");

    public static UsageException TwoForOneFile(string path) =>
        new(DiagnosticCode.ConflictingOptions, $"the module and the report cannot both go to '{path}'");

    public static UsageException DepfileWithoutTarget() =>
        new(
            DiagnosticCode.ConflictingOptions,
            "'--depfile <FILE>' needs a name for the new module, which its rule is for; name a file with '-o'");

    public static UsageException CacheOfWhatDiffers() =>
        new(
            DiagnosticCode.ConflictingOptions,
            "'--cache <DIR|URL>' needs '--deterministic': what differs from run to run cannot be taken from a cache");

    public static UsageException DepfileInPlaceOf(string path, string what) =>
        new(DiagnosticCode.ConflictingOptions, $"the depfile cannot go to '{path}', which is {what}");

    /// <summary>Bytes that are no text, where they are not a file's name.</summary>
    public static UsageException InvalidUtf8(CommandSyntax syntax) =>
        new(DiagnosticCode.InvalidValue, $"invalid UTF-8 was detected in one or more arguments{Usage(syntax)}");

    /// <param name="path">The report's.</param>
    /// <param name="what">What is read from there.</param>
    public static UsageException ReportOverInput(string path, string what) =>
        new(DiagnosticCode.ConflictingOptions, $"the report cannot go to '{path}', which is {what}");

    /// <param name="path">The profile's, or that of the module with it.</param>
    /// <param name="what">What else is there, or goes there.</param>
    public static UsageException ProfileInPlaceOf(string path, string what) =>
        new(DiagnosticCode.ConflictingOptions, $"the profile cannot go to '{path}', which is {what}");

    /// <param name="what">What they tell.</param>
    /// <param name="path">Where they go.</param>
    /// <param name="where">What else is there, or goes there.</param>
    public static UsageException StacksInPlaceOf(string what, string path, string where) =>
        new(DiagnosticCode.ConflictingOptions, $"the {what} cannot go to '{path}', which is {where}");

    public static UsageException StacksOfAnotherEngine(string option, string engine) =>
        new(
            DiagnosticCode.ConflictingOptions,
            $"'{option} <FILE>' cannot be used with '--engine={engine}': only the embedded engine knows the guest's stack");

    /// <param name="option">An option with keys.</param>
    /// <param name="key">One that it does not have.</param>
    /// <param name="keys">Those that it has.</param>
    public static UsageException UnknownKey(Option option, string key, string[] keys)
    {
        string message = $"unknown key '{key}' for '{option.Notation}'";
        return new(DiagnosticCode.UnknownArgument, Similarity.Closest(key, [.. keys]) is string closest
            ? $"{message}\n\n  tip: a similar key exists: '{closest}'"
            : message);
    }

    public static UsageException MissingKeyValue(Option option, string key) =>
        new(DiagnosticCode.MissingValue, $"a value is required for '{key}' of '{option.Notation}' but none was supplied");

    public static UsageException InvalidKeyValue(Option option, string key, string value, string needed) =>
        new(DiagnosticCode.InvalidValue, $"invalid value '{value}' for '{key}' of '{option.Notation}': must be {needed}");

    /// <summary>A key that means something that cannot be had.</summary>
    public static UsageException RefusedKey(Option option, string key, string reason) =>
        new(DiagnosticCode.InvalidValue, $"'-{option.Short} {key}' cannot be used: {reason}");

    public static UsageException InvalidChoice(Option option, string value)
    {
        string message = $"invalid value '{value}' for '{option.Notation}'{PossibleValues(option)}";
        return new(DiagnosticCode.InvalidValue, Similarity.Closest(value, [.. option.Choices]) is string closest
            ? $"{message}\n\n  tip: a similar value exists: '{closest}'"
            : message);
    }

    public static UsageException InvalidRename(Option option, string value) =>
        new(
            DiagnosticCode.InvalidValue,
            $"invalid value '{value}' for '{option.Notation}': must contain exactly one equals character ('=')");

    public static UsageException Repeated(CommandSyntax syntax, Option option) =>
        new(DiagnosticCode.RepeatedOption, $"the argument '{option.Notation}' cannot be used multiple times{Usage(syntax)}");

    public static UsageException UnexpectedValue(Option option, string value) =>
        new(
            DiagnosticCode.InvalidValue,
            $"unexpected value '{value}' for '{option.Flag}' found; no more were expected\n\nUsage: {ToolName.Text} {option.Flag} [INPUT]");

    public static UsageException UnexpectedWord(CommandSyntax syntax, string word) =>
        new(DiagnosticCode.UnknownArgument, $"unexpected argument '{word}' found{Usage(syntax)}");

    public static UsageException UnknownLetter(CommandSyntax syntax, string letter) =>
        new(DiagnosticCode.UnknownArgument, $"unexpected argument '-{letter}' found{TrailingTip("-" + letter)}{Usage(syntax)}");

    /// <param name="syntax">The command.</param>
    /// <param name="word">Without the two dashes.</param>
    /// <param name="used">The options before it, which the usage line repeats.</param>
    /// <param name="hasInput">Whether the operand was before it.</param>
    public static UsageException UnknownWord(CommandSyntax syntax, string word, List<Option> used, bool hasInput)
    {
        string? closest = Similarity.Closest(word, Words(syntax, areAdditions: false))
            ?? Similarity.Closest(word, Words(syntax, areAdditions: true), Similarity.StricterThreshold);
        closest = closest == word ? null : closest;
        var usage = new StringBuilder();
        var shown = new List<Option>(used);
        if (closest is not null)
        {
            shown.Add(syntax.FindLong(closest)!);
        }

        for (int i = 0; i < shown.Count; i++)
        {
            if (shown.IndexOf(shown[i]) == i)
            {
                usage.Append(shown[i].Notation).Append(' ');
            }
        }

        string operand = hasInput ? syntax.Operands.Replace('[', '<').Replace(']', '>') : syntax.Operands;
        usage.Append(usage.Length == 0 && !hasInput ? "[OPTIONS] " : "").Append(operand);
        string tip = closest is null ? TrailingTip("--" + word) : $"\n\n  tip: a similar argument exists: '--{closest}'";
        return new(DiagnosticCode.UnknownArgument, $"unexpected argument '--{word}' found{tip}\n\nUsage: {syntax.Name} {usage}");
    }

    // In the table's order, each option's alias after its name: of equally similar words the last one is proposed.
    private static List<string> Words(CommandSyntax syntax, bool areAdditions)
    {
        var words = new List<string>();
        foreach (Option option in syntax.Options)
        {
            if (option.IsAddition == areAdditions)
            {
                words.AddRange(option.Words);
            }
        }

        return words;
    }

    private static string Usage(CommandSyntax syntax) => $"\n\nUsage: {syntax.Name} [OPTIONS] {syntax.Operands}".TrimEnd(' ');

    private static string TrailingTip(string word) => $"\n\n  tip: to pass '{word}' as a value, use '-- {word}'";

    private static string PossibleValues(Option option) => option.Choices.Length == 0
        ? ""
        : $"\n  [possible values: {string.Join(", ", option.Choices)}]";
}
