using System.Text;

namespace Wizer.Cli;

/// <summary>Writes the help of a command from its <see cref="CommandSyntax"/>.</summary>
internal static class HelpPrinter
{
    private const int Width = 100;

    private const string MainIntroduction = "Wizer for .NET: the WebAssembly pre-initializer\n";

    private const string MainExplanation =
        """

        Instantiates a WebAssembly module, calls its initialization function, and writes a new module that
        starts out where that left off: with the memory and the globals it had then.

        The module may not import memories, tables or globals. Imported functions that nobody provides trap
        when they are called; --allow-wasi and --preload provide some.

        """;

    private static readonly OptionGroup[] s_groups =
    [
        OptionGroup.Main, OptionGroup.Wasi, OptionGroup.Reproducibility, OptionGroup.Features, OptionGroup.Profiles,
        OptionGroup.Limits, OptionGroup.Farms, OptionGroup.Diagnostics,
    ];

    public static string Format(CommandSyntax syntax, HelpKind kind)
    {
        bool isLong = kind == HelpKind.Long;
        bool isMain = syntax.Kind == CommandKind.PreInitialize;
        var text = new StringBuilder(isMain ? MainIntroduction : syntax.Summary + "\n");
        text.Append(isMain && isLong ? MainExplanation : "");
        text.Append($"\nUsage: {syntax.Name} [OPTIONS] {syntax.Operands}".TrimEnd()).Append('\n');
        if (syntax == CommandSyntax.Main)
        {
            AppendCommands(text);
        }

        AppendOperand(text, syntax);
        foreach (OptionGroup group in s_groups)
        {
            AppendGroup(text, syntax, group, isLong);
        }

        if (syntax == CommandSyntax.Main)
        {
            AppendVariable(text, isLong);
        }

        return text.ToString();
    }

    private static void AppendCommands(StringBuilder text)
    {
        foreach (CommandSyntax command in Subcommands.All())
        {
            string options = "";
            foreach (Option option in command.Options)
            {
                options += option.IsAnsweredAtOnce || option.Group == OptionGroup.Diagnostics ? "" : $" [{option.Notation}]";
            }

            text.Append($"       {command.Name}{options} {command.Operands}".TrimEnd()).Append('\n');
        }
    }

    private static void AppendOperand(StringBuilder text, CommandSyntax syntax)
    {
        if (syntax.Operand.Length == 0)
        {
            return;
        }

        string meaning = syntax.OperandWords.Length > 0
            ? $"[possible values: {string.Join(", ", syntax.OperandWords)}]"
            : syntax.OperandMeaning;
        text.Append($"\nArguments:\n  {syntax.Operands}  {meaning}\n");
        text.Append(syntax.Kind == CommandKind.PreInitialize ? "  @FILE    More arguments, from a file with one a line\n" : "");
    }

    private static void AppendVariable(StringBuilder text, bool isLong)
    {
        text.Append($"\nEnvironment:\n      {ArgumentParser.Variable}\n");
        AppendWrapped(text, "Options that come before those of the command line, with spaces and quotes as in a shell");
        if (isLong)
        {
            text.Append('\n');
            AppendWrapped(
                text,
                "For tools that call this command themselves. An option of the command line takes the place of the same one there; those"
                + " that may be given several times add up. The commands with a name leave it alone.");
        }
    }

    private static void AppendGroup(StringBuilder text, CommandSyntax syntax, OptionGroup group, bool isLong)
    {
        bool isFirst = true;
        foreach (Option option in syntax.Options)
        {
            if (option.Group != group)
            {
                continue;
            }

            text.Append(isFirst ? $"\n{Title(group)}:\n" : isLong ? "\n" : "");
            isFirst = false;
            text.Append("  ").Append(option.Short == '\0' ? "    " : $"-{option.Short}");
            text.Append(option.Short != '\0' && option.Long is not null ? ", " : "");
            text.Append(option.Long is null ? option.Notation[2..] : option.Notation).Append('\n');
            AppendWrapped(text, option.Summary);
            if (isLong)
            {
                foreach (string paragraph in option.Details)
                {
                    text.Append('\n');
                    AppendWrapped(text, paragraph);
                }
            }
        }
    }

    private static string Title(OptionGroup group) => group switch
    {
        OptionGroup.Wasi => "WASI",
        OptionGroup.Reproducibility => "Reproducible builds",
        OptionGroup.Features => "WebAssembly features",
        OptionGroup.Profiles => "Profiles",
        OptionGroup.Limits => "Limits",
        OptionGroup.Farms => "Build systems",
        OptionGroup.Diagnostics => "Diagnostics",
        _ => "Options",
    };

    private static void AppendWrapped(StringBuilder text, string paragraph)
    {
        const string Indentation = "          ";
        int column = Width;
        foreach (string word in paragraph.Split(' '))
        {
            if (column + 1 + word.Length > Width)
            {
                text.Append(column == Width && text[^1] == '\n' ? "" : "\n").Append(Indentation);
                column = Indentation.Length;
            }
            else
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
