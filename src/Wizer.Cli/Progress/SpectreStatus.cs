using System.Text;
using Spectre.Console;

namespace Wizer.Cli;

/// <summary>Draws with Spectre.Console, whose assembly is loaded when this is first called.</summary>
internal static class SpectreStatus
{
    private const string ClearLine = "\r\u001b[2K";

    /// <summary>Shows a line for as long as an action takes, and clears it.</summary>
    /// <param name="text">What it says first.</param>
    /// <param name="during">Gets a function that changes what it says.</param>
    public static void Show(string text, Action<Action<string>> during)
    {
        // Drawing asks which of the console's writers it draws on.
        StandardStreams.ReplaceConsoleWriters();

        // That stderr is a terminal has been found out, and that it is no dumb one.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new ErrorOutput(),
        });
        // Spectre's live displays would move up a line each time they draw a single one anew: most terminals take "up by 0" for
        // "up by 1".
        console.Cursor.Hide();
        Draw(console, text);
        during(update => Draw(console, update));
        console.Write(new ControlCode(ClearLine));
        console.Cursor.Show();
    }

    private static void Draw(IAnsiConsole console, string text)
    {
        console.Write(new ControlCode(ClearLine));
        console.Write(new Spectre.Console.Text(text, new Style(Color.Grey)) { Overflow = Overflow.Ellipsis });
    }

    private sealed class ErrorOutput : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = new ErrorWriter();

        public bool IsTerminal => true;

        // The line is shorter than this; a narrower terminal would only show a part of it anyway.
        public int Width => 40;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }

    // What is drawn at once is written at once.
    private sealed class ErrorWriter : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => _text.Append(value);

        public override void Write(string? value) => _text.Append(value);

        public override void Flush()
        {
            StandardStreams.WriteError(_text.ToString());
            _text.Clear();
        }
    }
}
