using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Where the new module goes: stdout, or a file.</summary>
internal sealed class OutputFile : IModuleSink, IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    private readonly string? _path;
    private readonly ModuleFile? _file;

    private OutputFile(string? path, ModuleFile? file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Finds out where a path leads, without creating or changing anything; null is stdout.</summary>
    /// <exception cref="CommandException">Nothing could be written there.</exception>
    public static OutputFile At(string? path)
    {
        if (path is null || StandardStreams.IsOutput(path))
        {
            // Opened by its path, it would have an offset of its own and overwrite what others write there.
            return new OutputFile(path, null);
        }

        try
        {
            return new OutputFile(path, ModuleFile.At(path));
        }
        catch (WizerException error) when (error.Error == WizerError.OutputFailed)
        {
            throw CommandException.File(DiagnosticCode.OutputFailed, error.Message, error.InnerException!, path);
        }
    }

    /// <summary>Whether another output goes to the same file, or both go to stdout.</summary>
    public bool IsSamePlace(OutputFile other) => (_file, other._file) switch
    {
        (null, null) => true,
        ({ } file, null) => file.Target.IsFileOf(StandardOutput),
        (null, { } file) => file.Target.IsFileOf(StandardOutput),
        ({ } file, { } otherFile) => file.Target.IsSamePlace(otherFile.Target),
    };

    /// <summary>Whether the output goes to a file that is to be read; null is stdin.</summary>
    public bool IsInput(string? path) =>
        _file is not null && (path is null ? _file.Target.IsFileOf(StandardInput) : _file.Target.IsFileAt(path));

    /// <summary>Throws when a module is in the output's place now: what is none does not take it.</summary>
    /// <param name="code">The error's number.</param>
    /// <param name="failure">What fails.</param>
    /// <param name="rule">Why.</param>
    /// <param name="path">The place, as the command line has it.</param>
    /// <exception cref="CommandException">One is.</exception>
    public void DemandNoModule(DiagnosticCode code, string failure, string rule, string? path)
    {
        if (_file is not null && _file.Target.HoldsModule())
        {
            throw new CommandException(code, failure, new CommandException(code, $"a module is there, and {rule}: `{path}`"));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CommandException">The module could not be written; no part of it is left in a file's place.</exception>
    public void Write(ModuleSlices module)
    {
        if (_file is null)
        {
            Try(() => new StreamSink(OutputStream.Standard).Write(module));
        }
        else
        {
            Try(() => _file.Write(module));
        }
    }

    /// <summary>Writes something else than a module.</summary>
    /// <param name="produce">Writes it to a stream, which is not buffered.</param>
    /// <exception cref="CommandException">It could not be written; no part of it is left in a file's place.</exception>
    public void Write(Action<Stream> produce)
    {
        if (_file is null)
        {
            Try(() => produce(OutputStream.Standard));
        }
        else
        {
            Try(() => _file.Write(produce));
        }
    }

    /// <summary>Writes something else than a module.</summary>
    /// <exception cref="CommandException">It could not be written; no part of it is left in a file's place.</exception>
    public void Write(ReadOnlyMemory<byte> bytes) => Write(stream => stream.Write(bytes.Span));

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (WizerException error) when (error.Error == WizerError.OutputFailed)
        {
            throw CommandException.File(DiagnosticCode.OutputFailed, error.Message, error.InnerException!, _path);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw CommandException.File(DiagnosticCode.OutputFailed, "failed to write to output", error, _path);
        }
    }

    /// <summary>
    /// Removes what was not finished, and sees to it that nothing more is begun. For another thread, before it ends the process.
    /// </summary>
    public void Abandon() => _file?.Abandon();

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
