using System.Text;

namespace Wizer.Cli;

/// <summary>Writes the help from <see cref="OptionTable"/>.</summary>
internal static class HelpPrinter
{
    private const string Introduction = "Wizer for .NET: the WebAssembly pre-initializer\n";

    private const string Explanation =
        """

        Instantiates a WebAssembly module, calls its initialization function, and writes a new module that
        starts out where that left off: with the memory and the globals it had then.

        The module may not import memories, tables or globals. Imported functions that nobody provides trap
        when they are called; --allow-wasi and --preload provide some.

        """;

    private const string Input =
        """

        Usage: wizer [OPTIONS] [INPUT]

        Arguments:
          [INPUT]  The module, in the binary or in the text format [default: stdin]

        Options:

        """;

    public static string Format(HelpKind kind)
    {
        bool isLong = kind == HelpKind.Long;
        var text = new StringBuilder(Introduction);
        text.Append(isLong ? Explanation : "").Append(Input);
        foreach (Option option in OptionTable.Options)
        {
            text.Append("  ").Append(option.Short == '\0' ? "    " : $"-{option.Short}").Append(option.Short != '\0' && option.Long is not null ? ", " : "");
            text.Append(option.Long is null ? option.Notation[2..] : option.Notation).Append('\n');
            AppendWrapped(text, option.Summary);
            if (isLong)
            {
                foreach (string paragraph in option.Details)
                {
                    text.Append('\n');
                    AppendWrapped(text, paragraph);
                }

                text.Append('\n');
            }
        }

        return text.ToString();
    }

    private static void AppendWrapped(StringBuilder text, string paragraph)
    {
        const int Width = 100;
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
