using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Text;

namespace Wizer.Cli;

/// <summary>An error or a warning in its parts, for those who print it for programs.</summary>
/// <param name="Code">Its number.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record Diagnostic(DiagnosticCode Code, string Message)
{
    /// <summary>Why, outermost first; some have several lines.</summary>
    public IReadOnlyList<string> Causes { get; private init; } = [];

    /// <summary>What may help, or null.</summary>
    public string? Hint { get; private init; }

    /// <summary>The file that it is about, or null.</summary>
    public string? File { get; private init; }

    /// <summary>The place in a text, from 1; 0 when there is none.</summary>
    public int Line { get; private init; }

    /// <summary>The place in a text, in characters from 1; 0 when there is none.</summary>
    public int Column { get; private init; }

    /// <summary>Bytes from the start of the module; -1 when no byte is to blame.</summary>
    public long Offset { get; private init; } = -1;

    /// <summary>Whether it is a warning.</summary>
    public bool IsWarning => DiagnosticCodes.IsWarning(Code);

    /// <summary>Whether somebody had to expect an error; any other is a fault of this program.</summary>
    public static bool IsExpected(Exception error) =>
        error is CommandException or WizerException or WasmException or WasmTrapException or WasmLinkException;

    /// <summary>The number of an error.</summary>
    public static DiagnosticCode CodeOf(Exception error) => error switch
    {
        UsageException usage => usage.Code,
        CommandException command => command.Code,
        WizerException wizer => DiagnosticCodes.Of(wizer.Error),
        UnsupportedModuleException => DiagnosticCode.UnsupportedModule,
        WasmException => DiagnosticCode.InvalidModule,
        WasmTrapException => DiagnosticCode.InitializationFailed,
        WasmLinkException => DiagnosticCode.InstantiationFailed,
        OutOfMemoryException => DiagnosticCode.OutOfMemory,
        _ => DiagnosticCode.InternalError,
    };

    /// <param name="warning">What is to be said.</param>
    /// <param name="input">The module's file, or null.</param>
    public static Diagnostic Of(Warning warning, string? input) => new(warning.Code, warning.Text) { File = input };

    /// <param name="error">What ended the command.</param>
    /// <param name="input">The module's file, or null.</param>
    /// <param name="syntax">The command whose options the hint names; null for the main one.</param>
    public static Diagnostic Of(Exception error, string? input, CommandSyntax? syntax = null)
    {
        DiagnosticCode code = CodeOf(error);
        if (error is UsageException usage)
        {
            // A mistake of whoever wrote the command line, and of no module.
            return new Diagnostic(code, usage.Reason) { Hint = usage.Tip };
        }

        if (error is OutOfMemoryException)
        {
            return new Diagnostic(code, ErrorPrinter.OutOfMemory) { File = input };
        }

        if (!IsExpected(error))
        {
            return new Diagnostic(code, $"internal error: {error.GetType().Name}{ErrorPrinter.PlaceOf(error)}")
            {
                Causes = [error.Message],
                Hint = ErrorPrinter.InternalHint,
                File = input,
            };
        }

        List<string> messages = ErrorPrinter.Messages(error);
        WatException? text = Find<WatException>(error);
        if (text is not null)
        {
            // The place has a place of its own.
            messages[messages.IndexOf(text.Message)] = text.Reason;
        }

        return new Diagnostic(code, messages[0])
        {
            Causes = messages[1..],
            Hint = ErrorPrinter.FindHint(error) is { } hint && syntax is not null ? syntax.Translate(hint) : ErrorPrinter.FindHint(error),
            File = text?.FileName ?? input,
            Line = text?.Line ?? 0,
            Column = text?.Column ?? 0,
            Offset = Find<WasmException>(error)?.Offset ?? -1,
        };
    }

    /// <summary>
    /// In one line that MSBuild recognizes, <c>app.wasm : error WZ0031: wasm validation failed: type mismatch (at offset 0x1f)</c>; causes
    /// of several lines and what may help are in lines below it.
    /// </summary>
    public string ToCanonical()
    {
        var text = new StringBuilder(File is null ? ToolName.Text : OneLine(File));
        text.Append(Line > 0 ? $"({Line},{Column}): " : " : ").Append(IsWarning ? "warning " : "error ");
        text.Append(DiagnosticCodes.Format(Code)).Append(": ").Append(OneLine(Message));
        var below = new StringBuilder();
        foreach (string cause in Causes)
        {
            if (cause.Contains('\n', StringComparison.Ordinal))
            {
                AppendBelow(below, cause);
            }
            else
            {
                text.Append(": ").Append(OneLine(cause));
            }
        }

        if (Hint is not null)
        {
            AppendBelow(below, "hint: " + Hint);
        }

        return text.Append('\n').Append(below).ToString();
    }

    private static void AppendBelow(StringBuilder text, string lines)
    {
        foreach (string line in lines.Split('\n'))
        {
            text.Append("    ").Append(OneLine(line)).Append('\n');
        }
    }

    private static T? Find<T>(Exception error)
        where T : Exception
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
