using System.Text;

namespace Wizer.Cli;

/// <summary>The scripts that teach shells the words of the command, made from the same tables that its parser reads.</summary>
internal static class CompletionScript
{
    /// <summary>The script for a shell that <see cref="Subcommands"/> names.</summary>
    public static string Format(string shell) => shell switch
    {
        "bash" => FormatBash(),
        "zsh" => FormatZsh(),
        _ => FormatFish(),
    };

    // How the parts of scripts below name the command.
    private const string NameInParts = "wizer";

    // One completion a line, so that names with spaces stay whole.
    private const string BashFiles = "mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";

    private const string BashDirectories = "mapfile -t COMPREPLY < <(compgen -d -- \"$current\")";

    // Quoted and given its slash here: bash would quote the @ as well, and look for a directory of that name.
    private const string BashArgumentFiles =
        """

                        @*)
                            local name
                            while IFS= read -r name; do
                                [[ ! -d $name ]] || name+=/
                                COMPREPLY+=("$(printf '@%q' "$name")")
                            done < <(compgen -f -- "${current#@}")
                            compopt +o filenames 2>/dev/null
                            [[ ${COMPREPLY[0]-} != */ ]] || compopt -o nospace 2>/dev/null
                            ;;
        """;

    private static string BashWords(string words) => $"mapfile -t COMPREPLY < <(compgen -W '{words}' -- \"$current\")";

    private static string FormatBash()
    {
        var text = new StringBuilder(
            """
            # bash completion for wizer; source it, or save it as /usr/share/bash-completion/completions/wizer
            _wizer()
            {
                local current=$2 previous=$3 command=wizer attached=
                COMPREPLY=()
                # Bash splits at equals signs: `--option=value` is three words.
                if [[ $current == = ]]; then
                    current= attached=1
                elif [[ $previous == = ]]; then
                    previous=${COMP_WORDS[COMP_CWORD-2]} attached=1
                fi
                if (( COMP_CWORD > 1 )); then
                    command="wizer ${COMP_WORDS[1]}"
                fi
                case $command in

            """.Replace(NameInParts, ToolName.Text));
        foreach (CommandSyntax command in Subcommands.All())
        {
            text.Append($"        '{command.Name}')\n");
            AppendBashCases(text, command);
            text.Append("            ;;\n");
        }

        text.Append("        *)\n");
        AppendBashCases(text, CommandSyntax.Main);
        text.Append($"            ;;\n    esac\n}}\ncomplete -o filenames -F _{ToolName.Text} {ToolName.Text}\n");
        return text.ToString();
    }

    private static void AppendBashCases(StringBuilder text, CommandSyntax command)
    {
        text.Append("            case $previous in\n");
        foreach (Option option in command.Options)
        {
            if (option.Value is OptionValue.None)
            {
                continue;
            }

            string action = option.Choices.Length > 0 ? BashWords(string.Join(' ', option.Choices))
                : option.ValueKind == ValueKind.File ? BashFiles
                : option.ValueKind == ValueKind.Directory ? BashDirectories
                : ":";
            string condition = option.Value == OptionValue.AttachedBool ? "[[ -z $attached ]] || { " : "";
            string end = condition.Length == 0 ? "" : " }";
            text.Append($"                {string.Join('|', Spellings(option))}) {condition}{action}; return;{end} ;;\n");
        }

        string operands = command.OperandWords.Length > 0
            ? BashWords(string.Join(' ', command.OperandWords))
            : BashFiles;
        string first = command.Kind == CommandKind.PreInitialize
            ? $"\n                    if (( COMP_CWORD == 1 )); then COMPREPLY+=($(compgen -W '{SubcommandWords()}' -- \"$current\")); fi"
            : "";
        // A list of arguments is taken by the main job alone.
        string lists = command.Kind == CommandKind.PreInitialize ? BashArgumentFiles : "";
        text.Append(
            $"""
                        esac
                        case $current in{lists}
                            -*) {BashWords(string.Join(' ', AllSpellings(command)))} ;;
                            *)
                                {operands}{first}
                                ;;
                        esac

            """);
    }

    private static string FormatZsh()
    {
        var text = new StringBuilder(
            """
            #compdef wizer
            # zsh completion for wizer; save it as _wizer in a directory of $fpath
            _wizer()
            {
                local -a options
                if (( CURRENT > 2 )); then
                    case $words[2] in

            """.Replace(NameInParts, ToolName.Text));
        foreach (CommandSyntax command in Subcommands.All())
        {
            text.Append($"            {LastWord(command)})\n                shift words\n                (( CURRENT-- ))\n");
            AppendZshArguments(text, command, "                ");
            text.Append("                return\n                ;;\n");
        }

        text.Append("        esac\n    elif [[ $words[2] != -* ]]; then\n        compadd -- ");
        text.Append(SubcommandWords()).Append("\n    fi\n");
        AppendZshArguments(text, CommandSyntax.Main, "    ");
        text.Append(
            """
            }
            if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
                _wizer "$@"
            else
                compdef _wizer wizer
            fi

            """.Replace(NameInParts, ToolName.Text));
        return text.ToString();
    }

    private static void AppendZshArguments(StringBuilder text, CommandSyntax command, string indentation)
    {
        text.Append(indentation).Append("options=(\n");
        foreach (Option option in command.Options)
        {
            string repeated = option.Repeatable ? "*" : "";
            foreach (string spelling in Spellings(option))
            {
                string value = option.Value switch
                {
                    OptionValue.None => "",
                    OptionValue.AttachedBool => "=-",
                    _ => spelling.StartsWith("--", StringComparison.Ordinal) ? "=" : "+",
                };
                string action = option.Choices.Length > 0
                    ? $"{(option.IsBool ? "::" : ":")}value:({string.Join(' ', option.Choices)})"
                    : option.Value == OptionValue.None ? ""
                    : option.ValueKind == ValueKind.File ? ":file:_files"
                    : option.ValueKind == ValueKind.Directory ? ":directory:_files -/"
                    : ":value: ";
                text.Append($"{indentation}    '{repeated}{spelling}{value}[{EscapeZsh(option.Summary)}]{action}'\n");
            }
        }

        string operand = command.OperandWords.Length > 0 ? $":shell:({string.Join(' ', command.OperandWords)})"
            : command.Kind == CommandKind.PreInitialize ? "*:module:{ compset -P @; _files }"
            : command.SecondOperand is not null ? "*:module:_files"
            : ":module:_files";
        text.Append($"{indentation}    '{operand}'\n{indentation})\n{indentation}_arguments -s $options\n");
    }

    private static string FormatFish()
    {
        var text = new StringBuilder(
            $"# fish completion for {ToolName.Text}; save it as ~/.config/fish/completions/{ToolName.Text}.fish\n");
        string isMain = $"not __fish_seen_subcommand_from {SubcommandWords()}";
        foreach (CommandSyntax command in Subcommands.All())
        {
            text.Append($"complete -c {ToolName.Text} -n '__fish_use_subcommand' ")
                .Append($"-a {LastWord(command)} -d '{EscapeQuotes(command.Summary)}'\n");
        }

        AppendFishOptions(text, CommandSyntax.Main, isMain);
        text.Append($"complete -c {ToolName.Text} -n \"{isMain}; and string match -q '@*' -- (commandline -ct)\" ")
            .Append("-a '@(__fish_complete_path (string sub -s 2 -- (commandline -ct)))' -d 'File of arguments'\n");
        foreach (CommandSyntax command in Subcommands.All())
        {
            AppendFishOptions(text, command, $"__fish_seen_subcommand_from {LastWord(command)}");
        }

        return text.ToString();
    }

    private static void AppendFishOptions(StringBuilder text, CommandSyntax command, string condition)
    {
        if (command.OperandWords.Length > 0)
        {
            text.Append($"complete -c {ToolName.Text} -n '{condition}' -f -a '{string.Join(' ', command.OperandWords)}'\n");
        }

        foreach (Option option in command.Options)
        {
            text.Append($"complete -c {ToolName.Text} -n '{condition}'");
            text.Append(option.Short == '\0' ? "" : $" -s {option.Short}");
            foreach (string word in option.Words)
            {
                text.Append($" -l {word}");
            }

            string value = option.Choices.Length > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'"
                : option.Value == OptionValue.None ? ""
                : option.ValueKind == ValueKind.File ? " -r -F"
                : option.ValueKind == ValueKind.Directory ? " -x -a '(__fish_complete_directories)'"
                : " -x";
            text.Append($"{value} -d '{EscapeQuotes(option.Summary)}'\n");
        }
    }

    private static List<string> Spellings(Option option)
    {
        var spellings = new List<string>();
        if (option.Short != '\0')
        {
            spellings.Add($"-{option.Short}");
        }

        if (option.Long is not null)
        {
            spellings.Add($"--{option.Long}");
        }

        return spellings;
    }

    private static List<string> AllSpellings(CommandSyntax command)
    {
        var spellings = new List<string>();
        foreach (Option option in command.Options)
        {
            spellings.AddRange(Spellings(option));
        }

        return spellings;
    }

    private static string SubcommandWords() => string.Join(' ', Subcommands.All().Select(LastWord));

    private static string LastWord(CommandSyntax command) => command.Name[(command.Name.LastIndexOf(' ') + 1)..];

    private static string EscapeQuotes(string text) => text.Replace("\\", "\\\\").Replace("'", "\\'");

    private static string EscapeZsh(string text) =>
        text.Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:").Replace("'", "'\\''");
}
