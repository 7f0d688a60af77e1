using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Where samples of the guest's stack go: never into the place of a module.</summary>
internal static class SampleFile
{
    /// <summary>Finds out where they go; null when nobody asked for them.</summary>
    /// <exception cref="UsageException">They would replace the input, or nobody takes them.</exception>
    /// <exception cref="CommandException">They would replace another module, or could not be written.</exception>
    public static OutputFile? At(Arguments arguments)
    {
        if (arguments.Sample is not { } path)
        {
            return null;
        }

        if (arguments.Engine != Arguments.EmbeddedEngine)
        {
            throw UsageException.SamplesOfAnotherEngine(arguments.Engine);
        }

        OutputFile file = OutputFile.At(path == Arguments.StandardOutput ? null : arguments.Place(path));
        try
        {
            if (file.IsInput(arguments.Input is { } input ? arguments.Place(input) : null))
            {
                throw UsageException.SamplesInPlaceOf(path, "the input");
            }

            DemandNoModule(file, path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Throws when they go where something else goes.</summary>
    /// <exception cref="UsageException">They do.</exception>
    public static void DemandOwnPlace(OutputFile? file, OutputFile? other, string what, Arguments arguments)
    {
        if (file is not null && other is not null && file.IsSamePlace(other))
        {
            throw UsageException.SamplesInPlaceOf(arguments.Sample!, what);
        }
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="CommandException">They could not be written.</exception>
    public static void Write(OutputFile file, StackSamples samples, Arguments arguments)
    {
        try
        {
            DemandNoModule(file, arguments.Sample!);
            string name = PathBytes.ToText(arguments.Input ?? InputFile.StandardInputName);
            file.Write(SampleWriter.IsFolded(arguments.Sample!)
                ? SampleWriter.FormatFolded(samples)
                : SampleWriter.FormatSpeedscope(samples, name));
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to write the samples", error);
        }
    }

    private static void DemandNoModule(OutputFile file, string path)
    {
        if (file.HoldsModule())
        {
            throw new CommandException(
                "failed to create the file of samples",
                new CommandException($"a module is there, and samples do not replace one: `{path}`"));
        }
    }
}
