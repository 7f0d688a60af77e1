namespace Wizer.Cli;

/// <summary>An option as it was found in a command line.</summary>
/// <param name="option">Which.</param>
/// <param name="value">Its value, as written; null when it has none.</param>
/// <param name="flag">What a value of true or false says, and what none does.</param>
/// <param name="isLetter">Whether it was written as a letter.</param>
internal readonly ref struct OptionUse(Option option, string? value, bool flag, bool isLetter)
{
    public Option Option { get; } = option;

    /// <summary>The value of an option that has to have one.</summary>
    public string Value => value!;

    public bool Flag { get; } = flag;

    public bool IsLetter { get; } = isLetter;
}

/// <summary>Takes what was found into the arguments.</summary>
/// <exception cref="UsageException">The value makes no sense.</exception>
internal delegate void OptionSetter(Arguments arguments, OptionUse use);

/// <summary>Under which heading the help shows an option.</summary>
internal enum OptionGroup
{
    Main,
    Wasi,
    Reproducibility,
    Features,
    Profiles,
    Limits,
    Farms,
    Diagnostics,
}

/// <summary>How an option's value is written.</summary>
internal enum OptionValue
{
    /// <summary><c>--allow-wasi</c>; <c>--allow-wasi=x</c> is an error.</summary>
    None,

    /// <summary><c>--dir x</c>, <c>--dir=x</c>.</summary>
    Required,

    /// <summary><c>--inherit-env</c>, <c>--inherit-env=true</c>, <c>--inherit-env true</c>: a bare one takes the next word.</summary>
    OptionalBool,

    /// <summary><c>--keep-init-func</c>, <c>--keep-init-func=true</c>, but a next word is never its value.</summary>
    AttachedBool,
}

/// <summary>What an option's value, or an operand, stands for.</summary>
internal enum ValueKind
{
    Text,
    File,
    Directory,
}

/// <summary>One row of a <see cref="CommandSyntax"/>.</summary>
internal sealed class Option
{
    /// <summary>The letter of <c>-x</c>, or <c>'\0'</c>.</summary>
    public char Short { get; init; }

    /// <summary>The word of <c>--word</c>, or null.</summary>
    public string? Long { get; init; }

    /// <summary>A second word that works and is not shown.</summary>
    public string? Alias { get; init; }

    public OptionValue Value { get; init; }

    /// <summary>What the value is called, in angle brackets.</summary>
    public string ValueName { get; init; } = "true|false";

    /// <summary>The values there are; empty when they cannot be listed.</summary>
    public string[] Choices { get => IsBool ? ["true", "false"] : field; init; } = [];

    /// <summary>What a shell offers to complete the value with.</summary>
    public ValueKind ValueKind { get; init; }

    /// <summary>May be given more than once.</summary>
    public bool Repeatable { get; init; }

    public OptionGroup Group { get; init; }

    /// <summary>Whether it asks for help or the version, which the command gives at once: whatever else is wrong behind it.</summary>
    public bool IsAnsweredAtOnce { get; init; }

    /// <summary>
    /// Behind what in the value a path of the host begins, which need not be UTF-8: nothing, or a sign. Null for an option of whose value
    /// the guest may see all.
    /// </summary>
    public string? PathFollows { get; init; }

    /// <summary>
    /// Whether the new module, and what is said about it, do not depend on the option as it is written: it says where things go, or how
    /// long they may take, or names what the key of the cache has in another form.
    /// </summary>
    public bool IsNoPartOfKey { get; init; }

    public required OptionSetter Set { get; init; }

    /// <summary>Whether the original has no such option: where it proposes one for a word it does not know, ours come second.</summary>
    public bool IsAddition { get; init; }

    /// <summary>One line for <c>-h</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>What <c>--help</c> says beyond the summary; paragraphs of one line each.</summary>
    public string[] Details { get; init; } = [];

    /// <summary>The option with its value, the way usage lines and errors show it.</summary>
    public string Notation => Flag + Value switch
    {
        OptionValue.Required => $" <{ValueName}>",
        OptionValue.OptionalBool => $" [<{ValueName}>]",
        OptionValue.AttachedBool => $"[=<{ValueName}>]",
        _ => "",
    };

    /// <summary>The longest spelling, without a value.</summary>
    public string Flag => Long is null ? $"-{Short}" : $"--{Long}";

    /// <summary>The words that work after two dashes.</summary>
    public IEnumerable<string> Words => new[] { Long, Alias }.OfType<string>();

    public bool IsBool => Value is OptionValue.OptionalBool or OptionValue.AttachedBool;
}
