namespace Wizer.Cli;

/// <summary>What may stand on the command line of one command: the main one or one of those with a name.</summary>
internal sealed class CommandSyntax
{
    /// <summary>The main command. The others are made when they are asked for.</summary>
    public static CommandSyntax Main { get; } = new()
    {
        Name = ToolName.Text,
        Summary = "Pre-initialize a module",
        Operand = "[INPUT]",
        Options = OptionTable.Options,
    };

    /// <summary>What stands before the operands.</summary>
    public required string Name { get; init; }

    /// <summary>One line about what it does.</summary>
    public required string Summary { get; init; }

    /// <summary>Its first operand, in brackets when it may be left out.</summary>
    public required string Operand { get; init; }

    /// <summary>What stands behind that, when it needs two; null otherwise.</summary>
    public string? SecondOperand { get; init; }

    /// <summary>The operands as usage lines show them.</summary>
    public string Operands => SecondOperand is null ? Operand : $"{Operand} {SecondOperand}";

    /// <summary>What the operands are, as the help says it.</summary>
    public string OperandMeaning { get; init; } = "The module, in the binary or in the text format [default: stdin]";

    /// <summary>The words the operand may be; empty when it is a file.</summary>
    public string[] OperandWords { get; init; } = [];

    public required Option[] Options { get; init; }

    /// <summary>What is otherwise than in the main command before the first option; null for nothing.</summary>
    public Action<Arguments>? Prepare { get; init; }

    /// <summary>
    /// What options of the main command, some with their values, are called in this one; what begins like another comes before it.
    /// </summary>
    public (string Main, string Here)[] OtherNames { get; init; } = [];

    /// <summary>Which command it is.</summary>
    public CommandKind Kind { get; init; }

    /// <summary>What is said of options of the main command, said of this one's.</summary>
    public string Translate(string text)
    {
        foreach ((string main, string here) in OtherNames)
        {
            text = text.Replace(main, here, StringComparison.Ordinal);
        }

        return text;
    }

    public Option? FindShort(char letter)
    {
        foreach (Option option in Options)
        {
            if (option.Short == letter && letter != '\0')
            {
                return option;
            }
        }

        return null;
    }

    public Option? FindLong(ReadOnlySpan<char> word)
    {
        foreach (Option option in Options)
        {
            if ((option.Long is not null && word.SequenceEqual(option.Long))
                || (option.Alias is not null && word.SequenceEqual(option.Alias)))
            {
                return option;
            }
        }

        return null;
    }
}

/// <summary>The commands.</summary>
internal enum CommandKind
{
    PreInitialize,
    Inspect,
    Diff,
    Print,
    Report,
    Completion,
    Worker,
    Batch,
}
