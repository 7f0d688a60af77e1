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
        var host = JobHost.OfProcess();
        Arguments? arguments = null;
        try
        {
            words = CommandWords.Restore(words);
            arguments = ArgumentParser.Parse(words, HostVariables.Get(ArgumentParser.Variable));
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
                case CommandKind.Diff:
                    return Compare(arguments, host);
                case CommandKind.Print:
                    return Show(PrintCommand.Run, arguments);
                case CommandKind.Report:
                    return Show(ReportCommand.Run, arguments);
                case CommandKind.Completion:
                    return Print(CompletionScript.Format(arguments.Input!), "completion script");
                case CommandKind.Worker:
                    return ServeCommand.Work(arguments, [], engines);
                case CommandKind.Batch:
                    return ServeCommand.Batch(arguments, engines);
                default:
                    return arguments.IsWorker
                        ? ServeCommand.Work(arguments, ServeCommand.CommonWords(words), engines)
                        : Job.Run(arguments, engines, timeline, host);
            }
        }
#pragma warning disable CA1031 // Nothing may leave the command as a stack trace.
        catch (Exception error)
        {
            return Tell(error, arguments, host);
        }
#pragma warning restore CA1031
    }

    /// <summary>Runs it as one of many in the process.</summary>
    /// <param name="words">What would stand behind its name.</param>
    /// <param name="baseDirectory">Where relative paths begin; null for the process's own directory.</param>
    /// <param name="engines">The engines that it has beside the embedded one; null for none.</param>
    /// <param name="host">Takes what it says.</param>
    /// <returns>The exit code.</returns>
    public static int RunRequest(string[] words, string? baseDirectory, EngineFactory? engines, JobHost host)
    {
        Arguments? arguments = null;
        try
        {
            arguments = ArgumentParser.Parse(words, HostVariables.Get(ArgumentParser.Variable), baseDirectory);
            return arguments.Syntax.Kind != CommandKind.PreInitialize || arguments.Help != HelpKind.None || arguments.Version
                ? throw new CommandException(DiagnosticCode.RequestRefused, "a request initializes a module, and does nothing else")
                : Job.Run(arguments, engines, new Timeline(), host);
        }
#pragma warning disable CA1031 // Nor may one request end the others.
        catch (Exception error)
        {
            return Tell(error, arguments, host);
        }
#pragma warning restore CA1031
    }

    private static int Tell(Exception error, Arguments? arguments, JobHost host)
    {
        if (error is OperationCanceledException && host.Token.IsCancellationRequested)
        {
            return Failed;
        }

        var usage = error as UsageException;
        host.WriteError(DiagnosticPrinter.Format(
            error, arguments?.ErrorFormat ?? usage?.Format ?? ErrorFormat.Text, arguments?.Module, arguments?.Syntax));
        return usage is null ? Failed : Misused;
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

    // An exit code of 1 says that two modules differ.
    private static int Compare(Arguments arguments, JobHost host)
    {
        try
        {
            return DiffCommand.Run(arguments);
        }
        catch (CommandException error) when (error.IsBrokenPipe)
        {
            return ReaderLeft;
        }
#pragma warning disable CA1031 // Whatever went wrong.
        catch (Exception error)
        {
            Tell(error, arguments, host);
            return DiffCommand.Failed;
        }
#pragma warning restore CA1031
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
            throw CommandException.File(DiagnosticCode.OutputFailed, $"failed to write the {what}", error, null);
        }
    }
}
