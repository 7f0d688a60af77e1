namespace Wizer.Cli;

/// <summary>
/// The commands with a name. The name is the first word, so that whatever the original accepts means what it means there; a
/// module of that name is given as <c>./inspect</c>, or after an option.
/// </summary>
internal static class Subcommands
{
    /// <param name="words">A command line.</param>
    /// <param name="wordCount">How many words are the name; 0 where there is none.</param>
    public static CommandSyntax? Find(ReadOnlySpan<string> words, out int wordCount)
    {
        wordCount = 0;
        if (words.Length == 0)
        {
            return null;
        }

        CommandSyntax? found = words[0] switch
        {
            "inspect" => Inspect(),
            "diff" => Diff(),
            "print" => Print(),
            "report" => Report(),
            "completion" => Completion(),
            "worker" => Worker(),
            "batch" => Batch(),
            "compat" when words.Length > 1 && words[1] == "wasmtime" => WasmtimeDialect.Syntax(),
            _ => null,
        };
        if (found is not null)
        {
            // Whoever puts our command in the place of `wasmtime` goes on with what they would have it do.
            wordCount = words[0] != "compat" ? 1 : words.Length > 2 && words[2] == "wizer" ? 3 : 2;
        }

        return found;
    }

    /// <summary>All of them that are for people, in the order of the help.</summary>
    public static CommandSyntax[] All() => [Inspect(), Diff(), Print(), Report(), Completion(), Worker(), Batch()];

    private static CommandSyntax Inspect() => new()
    {
        Kind = CommandKind.Inspect,
        Name = $"{ToolName.Text} inspect",
        Summary = "Say what a module consists of: sections, imports, exports, memories, segments",
        Operand = "[FILE]",
        Options =
        [
            Json(),
            OptionTable.ErrorFormat(),
            Help(),
        ],
    };

    private static CommandSyntax Diff() => new()
    {
        Kind = CommandKind.Diff,
        Name = $"{ToolName.Text} diff",
        Summary = "Say what is different in two modules or components; the exit code is 1 if anything is, and 2 after an error",
        Operand = "<BEFORE>",
        SecondOperand = "<AFTER>",
        OperandMeaning = "Two modules, in the binary or in the text format; `-` is stdin",
        Options =
        [
            Json(),
            new()
            {
                IsAddition = true,
                Long = "all",
                Summary = "Show all differences, however many, and all of their bytes [default: 20 of a kind, 32 bytes of a range]",
                Set = static (arguments, use) => arguments.ShowsAll = true,
            },
            OptionTable.ErrorFormat(),
            Help(),
        ],
    };

    private static CommandSyntax Print() => new()
    {
        Kind = CommandKind.Print,
        Name = $"{ToolName.Text} print",
        Summary = "Print a module in the text format",
        Operand = "[FILE]",
        Options =
        [
            Output("Where to write the text [default: stdout]"),
            OptionTable.ErrorFormat(),
            Help(),
        ],
    };

    private static CommandSyntax Report() => new()
    {
        Kind = CommandKind.Report,
        Name = $"{ToolName.Text} report",
        Summary = "Make a page to look at of a report that --report has written",
        Operand = "[REPORT]",
        OperandMeaning = "The report in JSON [default: stdin]",
        Options =
        [
            Output("Where to write the page, in HTML [default: stdout]"),
            OptionTable.ErrorFormat(),
            Help(),
        ],
    };

    private static CommandSyntax Completion() => new()
    {
        Kind = CommandKind.Completion,
        Name = $"{ToolName.Text} completion",
        Summary = "Print the script that teaches a shell the options of wizer",
        Operand = "<SHELL>",
        OperandWords = ["bash", "zsh", "fish"],
        Options = [Help()],
    };

    private static CommandSyntax Worker() => new()
    {
        Kind = CommandKind.Worker,
        Name = $"{ToolName.Text} worker",
        Summary = "Serve requests of Bazel on stdin and stdout until there are no more, each of them a command line",
        Operand = "",
        Options = [OptionTable.WorkerProtocol(), OptionTable.ErrorFormat(), Help()],
    };

    private static CommandSyntax Batch() => new()
    {
        Kind = CommandKind.Batch,
        Name = $"{ToolName.Text} batch",
        Summary = "Run many command lines in one process: requests in JSON, answered in JSON on stdout",
        Operand = "[FILE]",
        OperandMeaning = "The requests, one after another [default: stdin]",
        Options =
        [
            new()
            {
                IsAddition = true,
                Short = 'j',
                Long = "jobs",
                Value = OptionValue.Required,
                ValueName = "COUNT",
                Summary = "How many at a time [default: as many as there are processors]",
                Set = static (arguments, use) => arguments.Jobs = OptionNumber.ParseCount(use.Option, use.Value),
            },
            OptionTable.ErrorFormat(),
            Help(),
        ],
    };

    private static Option Json() => new()
    {
        IsAddition = true,
        Long = "json",
        Summary = "As JSON",
        Set = static (arguments, use) => arguments.Json = true,
    };

    private static Option Output(string summary) => new()
    {
        IsAddition = true,
        Short = 'o',
        Value = OptionValue.Required,
        ValueName = "OUTPUT",
        ValueKind = ValueKind.File,
        Summary = summary,
        PathFollows = "",
        Set = static (arguments, use) => arguments.Output = OptionText.ParseOutput(use.Option, use.Value),
    };

    private static Option Help() => new()
    {
        Short = 'h',
        Long = "help",
        Summary = "Print this help",
        IsAnsweredAtOnce = true,
        Set = static (arguments, use) => arguments.Help = use.IsLetter ? HelpKind.Short : HelpKind.Long,
    };
}
