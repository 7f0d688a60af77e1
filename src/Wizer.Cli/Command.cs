using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The command from its arguments to its exit code.</summary>
internal static class Command
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int Misused = 2;

    public static int Run(ReadOnlySpan<string> words)
    {
        try
        {
            Arguments arguments = ArgumentParser.Parse(words);
            if (arguments.Help != HelpKind.None)
            {
                return PrintHelp(arguments.Help);
            }

            return Job.Run(arguments);
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

    private static int PrintHelp(HelpKind kind)
    {
        try
        {
            StandardStreams.WriteOutput(Encoding.UTF8.GetBytes(HelpPrinter.Format(kind)));
            return Succeeded;
        }
        catch (IOException error)
        {
            throw CommandException.File("failed to write the help", error, null);
        }
    }

    private static bool IsExpected(Exception error) =>
        error is CommandException or WizerException or WasmException or WasmTrapException or WasmLinkException;
}
