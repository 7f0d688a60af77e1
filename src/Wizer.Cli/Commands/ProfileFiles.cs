using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Where a recorded profile goes: into a file of its own, into a copy of the input, or both.</summary>
internal sealed class ProfileFiles : IDisposable
{
    private readonly Arguments _arguments;
    private OutputFile? _profile;
    private OutputFile? _module;

    private ProfileFiles(Arguments arguments) => _arguments = arguments;

    /// <summary>Finds out where it goes.</summary>
    /// <exception cref="UsageException">It would replace the input.</exception>
    /// <exception cref="CommandException">It could not be written, or a profile would replace a module.</exception>
    public static ProfileFiles At(Arguments arguments)
    {
        var files = new ProfileFiles(arguments);
        try
        {
            files._profile = files.Open(arguments.ProfileWrite);
            files._module = files.Open(arguments.ProfileEmbed);
            if (files is { _profile: { } profile, _module: { } module } && profile.IsSamePlace(module))
            {
                throw UsageException.ProfileInPlaceOf(arguments.ProfileWrite!, "the module with the profile");
            }

            files.DemandNoModule();
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Throws when it goes where something else goes.</summary>
    /// <exception cref="UsageException">It does.</exception>
    public void DemandOwnPlaces(OutputFile output, OutputFile? report)
    {
        Demand(_profile, _arguments.ProfileWrite, output, "the new module");
        Demand(_module, _arguments.ProfileEmbed, output, "the new module");
        Demand(_profile, _arguments.ProfileWrite, report, "the report");
        Demand(_module, _arguments.ProfileEmbed, report, "the report");
    }

    /// <summary>Writes what a run has recorded.</summary>
    /// <param name="initializer">Whose run it was.</param>
    /// <param name="module">What ran, in the binary format.</param>
    /// <param name="profile">What it recorded.</param>
    /// <exception cref="CommandException">It could not be written.</exception>
    public void Write(PreInitializer initializer, ReadOnlyMemory<byte> module, ReadOnlyMemory<byte> profile)
    {
        try
        {
            DemandNoModule();
            _profile?.Write(profile);
            if (_module is not null)
            {
                initializer.EmbedProfile(module, profile, _module);
            }
        }
        catch (CommandException error)
        {
            throw new CommandException(DiagnosticCode.ProfileFailed, "failed to write the profile", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _profile?.Dispose();
        _module?.Dispose();
    }

    private static void Demand(OutputFile? file, string? path, OutputFile? other, string what)
    {
        if (file is not null && other is not null && file.IsSamePlace(other))
        {
            throw UsageException.ProfileInPlaceOf(path!, what);
        }
    }

    private OutputFile? Open(string? path)
    {
        if (path is null)
        {
            return null;
        }

        OutputFile file = OutputFile.At(_arguments.PlaceOfOutput(path));
        if (file.IsInput(_arguments.InputPlace))
        {
            file.Dispose();
            throw UsageException.ProfileInPlaceOf(path, "the input");
        }

        return file;
    }

    private void DemandNoModule() => _profile?.DemandNoModule(
        DiagnosticCode.ProfileFailed, "failed to create profile file", "a profile does not replace one", _arguments.ProfileWrite);
}
