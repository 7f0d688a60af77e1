using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Where stacks of the guest go: samples of its time, and who wrote its bytes. Never into the place of a module.</summary>
internal sealed class StackFiles : IDisposable
{
    private const string Samples = "samples";
    private const string Writers = "attribution";

    private readonly Arguments _arguments;
    private readonly List<(string What, string Path, OutputFile File)> _files = [];

    private StackFiles(Arguments arguments) => _arguments = arguments;

    /// <summary>Finds out where they go.</summary>
    /// <exception cref="UsageException">They would replace the input or each other, or nobody knows them.</exception>
    /// <exception cref="CommandException">They would replace another module, or could not be written.</exception>
    public static StackFiles At(Arguments arguments)
    {
        var files = new StackFiles(arguments);
        try
        {
            files.Open(Samples, "--sample", arguments.Sample);
            files.Open(Writers, "--attribute", arguments.Attribute);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Whether there are any, which only a run can fill.</summary>
    public bool NeedRun => _files.Count != 0;

    /// <summary>Throws when they go where something else goes.</summary>
    /// <exception cref="UsageException">They do.</exception>
    public void DemandOwnPlaces(OutputFile? other, string where)
    {
        foreach ((string what, string path, OutputFile file) in _files)
        {
            if (other is not null && file.IsSamePlace(other))
            {
                throw UsageException.StacksInPlaceOf(what, path, where);
            }
        }
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="CommandException">They could not be written.</exception>
    public void Write(RunReport run)
    {
        foreach ((string what, string path, OutputFile file) in _files)
        {
            try
            {
                DemandNoModule(what, path, file);
                string name = PathBytes.ToText(_arguments.Input ?? InputFile.StandardInputName);
                WeightedStacks stacks = what == Samples ? WeightedStacks.Of(run.Samples!) : WeightedStacks.Of(run.Attribution!);
                file.Write(StackWriter.IsFolded(path) ? StackWriter.FormatFolded(stacks) : StackWriter.FormatSpeedscope(stacks, name));
            }
            catch (CommandException error)
            {
                throw new CommandException(DiagnosticCode.OutputFailed, $"failed to write the {what}", error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, OutputFile file) in _files)
        {
            file.Dispose();
        }
    }

    private void Open(string what, string option, string? path)
    {
        if (path is null)
        {
            return;
        }

        if (_arguments.Engine != Arguments.EmbeddedEngine)
        {
            throw UsageException.StacksOfAnotherEngine(option, _arguments.Engine);
        }

        OutputFile file = OutputFile.At(_arguments.PlaceOfOutput(path));
        DemandOwnPlaces(file, $"the {what}");
        _files.Add((what, path, file));
        if (file.IsInput(_arguments.InputPlace))
        {
            throw UsageException.StacksInPlaceOf(what, path, "the input");
        }

        DemandNoModule(what, path, file);
    }

    private static void DemandNoModule(string what, string path, OutputFile file) => file.DemandNoModule(
        DiagnosticCode.OutputFailed, $"failed to create the file of the {what}", "no other file replaces one", path);
}
