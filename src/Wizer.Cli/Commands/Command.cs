using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The command from its arguments to its exit code.</summary>
internal static class Command
{
    internal const int Succeeded = 0;
    internal const int Failed = 1;
    private const int Misused = 2;

    // As a shell reports a command that died of SIGPIPE.
    private const int ReaderLeft = 141;

    /// <summary>Runs it.</summary>
    /// <param name="words">What stands behind its name.</param>
    /// <param name="engines">The engines that it has beside the embedded one; null for none.</param>
    public static int Run(ReadOnlySpan<string> words, EngineFactory? engines = null)
    {
        var timeline = new Timeline();
        try
        {
            Arguments arguments = ArgumentParser.Parse(
                CommandWords.Restore(words), HostVariables.Get(ArgumentParser.Variable));
            if (arguments.Help != HelpKind.None)
            {
                return Print(HelpPrinter.Format(arguments.Syntax, arguments.Help), "help");
            }

            if (arguments.Version)
            {
                return Print($"{ToolName.Text} {ToolVersion.Text}\n", "version");
            }

            switch (arguments.Syntax.Kind)
            {
                case CommandKind.Inspect:
                    return Show(InspectCommand.Run, arguments);
                case CommandKind.Print:
                    return Show(PrintCommand.Run, arguments);
                case CommandKind.Completion:
                    return Print(CompletionScript.Format(arguments.Input!), "completion script");
                default:
                    return Job.Run(arguments, engines, timeline);
            }
        }
        catch (UsageException error)
        {
            StandardStreams.WriteError(error.Message);
            return Misused;
        }
        catch (OutOfMemoryException)
        {
            StandardStreams.WriteError("Error: out of memory\n");
            return Failed;
        }
#pragma warning disable CA1031 // Nothing may leave the command as a stack trace.
        catch (Exception error)
        {
            StandardStreams.WriteError(IsExpected(error) ? ErrorPrinter.Format(error) : ErrorPrinter.FormatInternal(error));
            return Failed;
        }
#pragma warning restore CA1031
    }

    // Whoever pipes it into `head` has got what they wanted.
    private static int Show(Action<Arguments> show, Arguments arguments)
    {
        try
        {
            show(arguments);
            return Succeeded;
        }
        catch (CommandException error) when (error.IsBrokenPipe)
        {
            return ReaderLeft;
        }
    }

    private static int Print(string text, string what)
    {
        try
        {
            StandardStreams.WriteOutput(Encoding.UTF8.GetBytes(text));
            return Succeeded;
        }
        catch (IOException error)
        {
            throw CommandException.File($"failed to write the {what}", error, null);
        }
    }

    private static bool IsExpected(Exception error) =>
        error is CommandException or WizerException or WasmException or WasmTrapException or WasmLinkException;
}
