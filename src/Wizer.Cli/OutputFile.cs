using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Where the new module goes: stdout, or a file.</summary>
internal sealed class OutputFile : IModuleSink, IDisposable
{
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
        if (path is null or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1")
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
            throw CommandException.File(error.Message, error.InnerException!, path);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CommandException">The module could not be written; no part of it is left in a file's place.</exception>
    public void Write(ModuleSlices module)
    {
        try
        {
            if (_file is not null)
            {
                _file.Write(module);
                return;
            }

            for (int i = 0; i < module.Count; i++)
            {
                StandardStreams.WriteOutput(module[i].Span);
            }
        }
        catch (WizerException error) when (error.Error == WizerError.OutputFailed)
        {
            throw CommandException.File(error.Message, error.InnerException!, _path);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw CommandException.File("failed to write to output", error, _path);
        }
    }

    /// <summary>Removes what was not finished, and sees to it that nothing more is begun. For another thread, before it ends the process.</summary>
    public void Abandon() => _file?.Abandon();

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
