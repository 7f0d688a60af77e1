using System.Runtime.InteropServices;

namespace Wizer.Cli;

/// <summary><c>wizer worker</c> and <c>wizer batch</c>: one process that runs many command lines.</summary>
internal static class ServeCommand
{
    // For requests to end once a signal came.
    private const int GraceMilliseconds = 1000;

    /// <summary>Serves requests of Bazel until there are no more.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="words">What comes before the words of each request.</param>
    /// <param name="engines">The engines that the command has beside the embedded one.</param>
    /// <returns>The exit code.</returns>
    public static int Work(Arguments arguments, IReadOnlyList<string> words, EngineFactory? engines)
    {
        var input = new RequestInput(StandardStreams.ReadInput);
        IWorkProtocol protocol = arguments.WorkerProtocol == "json" ? new JsonProtocol(input) : new ProtoProtocol(input);
        using var loop = new RequestLoop(protocol, Send, (request, host) => Run(words, request, engines, host), Environment.ProcessorCount);
        Serve(loop);
        return Command.Succeeded;
    }

    /// <summary>Runs all requests of a file.</summary>
    /// <returns>The exit code: 0 when that of each was.</returns>
    public static int Batch(Arguments arguments, EngineFactory? engines)
    {
        using Stream? file = arguments.Input is { } path ? Open(path) : null;
        var input = new RequestInput(file is null ? StandardStreams.ReadInput : file.Read);
        int jobCount = (int)Math.Clamp(arguments.Jobs ?? (ulong)Environment.ProcessorCount, 1, 1024);
        using var loop = new RequestLoop(
            new JsonProtocol(input), Send, (request, host) => Run([], request, engines, host), jobCount)
        {
            Numbers = true,
        };
        Serve(loop);
        return loop.FailureCount == 0 ? Command.Succeeded : Command.Failed;
    }

    /// <summary>The words of a worker's own command line that each of its requests begins with: all but those which make it one.</summary>
    public static string[] CommonWords(ReadOnlySpan<string> words)
    {
        const string Protocol = "--worker-protocol";
        var common = new List<string>();
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == Protocol)
            {
                i++;
            }
            else if (words[i] != "--persistent_worker" && !words[i].StartsWith(Protocol + "=", StringComparison.Ordinal))
            {
                common.Add(words[i]);
            }
        }

        return common.ToArray();
    }

    private static int Run(IReadOnlyList<string> words, WorkRequest request, EngineFactory? engines, JobHost host) => Command.RunRequest(
        [.. words, .. request.Arguments],
        request.SandboxDirectory.TrimEnd('/') is { Length: > 0 } directory ? directory : null,
        engines,
        host);

    // The signals of the process are those of all its requests.
    private static void Serve(RequestLoop loop)
    {
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            loop.Stop(GraceMilliseconds);
            Environment.Exit(context.Signal switch
            {
                PosixSignal.SIGHUP => 129,
                PosixSignal.SIGINT => 130,
                _ => 143,
            });
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        loop.Run();
    }

    private static void Send(ReadOnlyMemory<byte> response) => StandardStreams.WriteOutput(response.Span);

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(Pipeline.HostFiles.OpenToRead(path), FileAccess.Read, bufferSize: 0);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw CommandException.File(DiagnosticCode.InputUnreadable, "failed to open the requests", error, path);
        }
    }
}
