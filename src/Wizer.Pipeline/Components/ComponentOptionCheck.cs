namespace Wizer.Pipeline;

/// <summary>Refuses options that mean nothing for a component, so that nobody believes they did something.</summary>
internal static class ComponentOptionCheck
{
    /// <summary>Checks them.</summary>
    /// <exception cref="WizerException">One of them cannot be used; the message names it as the command does.</exception>
    internal static void Check(WizerOptions options, InitEnvironment environment)
    {
        DemandNoRenames(options);
        Refuse(environment.Preloads.Count != 0, "--preload");
        Refuse(environment.Stubs.Count != 0, "--stub");
        Refuse(
            options.DecidesImports,
            "--import-memory, --import-table, --import-global or --define-global",
            "a component imports no memories, tables and globals");
        Refuse(options.Layout == ModuleLayout.Compatible, "--layout compatible", "the original's version 11 takes no components");
        Refuse(!environment.Profile.IsEmpty, "--profile-use", "a profile is of one module");
        Refuse(environment.RecordsProfile, "--profile-write or --profile-embed", "a profile is of one module");
        if (environment.DefineImports is not null)
        {
            throw new WizerException(
                WizerError.BadOption, "a component imports no core functions: define its imports with `DefineComponentImports`");
        }
    }

    /// <summary>Checks that no function is to be renamed.</summary>
    /// <exception cref="WizerException">One is.</exception>
    internal static void DemandNoRenames(WizerOptions options)
    {
        if (options.FuncRenames.Count != 0)
        {
            throw new WizerException(WizerError.BadRename, "components do not support renaming functions");
        }
    }

    private static void Refuse(bool isUsed, string option, string? hint = null)
    {
        if (isUsed)
        {
            throw new WizerException(WizerError.BadOption, $"{option} cannot be used with components") { Hint = hint };
        }
    }
}
