using System.Diagnostics;
using System.Text;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// Turns an exception and its inner exceptions into the error the original prints: <c>Error:</c> with the outermost message,
/// then the causes; one alone is indented, several are numbered. Behind all that comes our own line of what may help.
/// </summary>
internal static class ErrorPrinter
{
    /// <summary>The variable that asks for files and lines in backtraces, as it does of the original.</summary>
    internal const string BacktraceDetails = "WASMTIME_BACKTRACE_DETAILS";

    /// <summary>What is said when nothing else can be.</summary>
    internal const string OutOfMemory = "out of memory";

    /// <summary>What is asked of whoever sees an error that nobody expected.</summary>
    internal const string InternalHint =
        "This is a fault of wizer and not of the module. Please report it with the command line and the module.";

    private const string UnreadDebugInfo =
        $"note: using the `{BacktraceDetails}=1` environment variable may show more debugging information";

    /// <summary>What is printed of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="translate">Says what a hint says of options of a command where they are others; null for the main one.</param>
    public static string Format(Exception error, Func<string, string>? translate = null)
    {
        List<string> messages = Messages(error);
        var text = new StringBuilder("Error: ").Append(messages[0]).Append('\n');
        if (messages.Count > 1)
        {
            text.Append("\nCaused by:\n");
        }

        for (int i = 1; i < messages.Count; i++)
        {
            // A message of several lines stays under its first.
            string number = messages.Count > 2 ? $"{i - 1,5}: " : "    ";
            text.Append(number).Append(messages[i].Replace("\n", "\n" + new string(' ', number.Length))).Append('\n');
        }

        if (FindHint(error) is { } hint)
        {
            text.Append("\nhint: ").Append(translate?.Invoke(hint) ?? hint).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What may help, or null.</summary>
    public static string? FindHint(Exception error)
    {
        string? hint = null;
        for (Exception? cause = error; cause is not null && hint is null; cause = cause.InnerException)
        {
            hint = (cause as WizerException)?.Hint ?? (cause as CommandException)?.Hint;
        }

        return hint;
    }

    /// <summary>The outermost message, then the causes.</summary>
    public static List<string> Messages(Exception error)
    {
        List<string> messages = [];
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            AddMessages(cause, messages);
        }

        return messages;
    }

    /// <summary>An error nobody expected: a fault of this program, told without a stack trace.</summary>
    public static string FormatInternal(Exception error)
    {
        // Texts of the runtime itself are not shipped with the command; its exceptions' names say more than their keys.
        return $"Error: internal error: {error.GetType().Name}{PlaceOf(error)}\n\nCaused by:\n"
            + $"    {error.Message.ReplaceLineEndings(" ")}\n\n{InternalHint}\n";
    }

    /// <summary>Where an error nobody expected was thrown, as far as that is known.</summary>
    public static string PlaceOf(Exception error)
    {
        StackFrame? frame = new StackTrace(error).GetFrame(0);
        return frame is not null && DiagnosticMethodInfo.Create(frame) is { } method
            ? $" in {method.DeclaringTypeName}.{method.Name}"
            : "";
    }

    private static void AddMessages(Exception error, List<string> messages)
    {
        if (error.InnerException?.Message == error.Message)
        {
            // It only says of what kind its cause is.
            return;
        }

        if (error is not WasmTrapException trap)
        {
            messages.Add(error.Message);
            return;
        }

        if (trap.DisplayBacktrace is { } backtrace)
        {
            messages.Add(trap.HasUnreadDebugInfo ? $"{backtrace}\n{UnreadDebugInfo}" : backtrace);
        }

        if (trap.DisplayFault is { } fault)
        {
            messages.Add(fault);
        }

        messages.Add(trap.DisplayMessage);
    }
}
