using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>WASI 0.2 of a component that is initialized, on whatever engine.</summary>
internal static class ComponentWasi
{
    /// <summary>Opens it; null when the run has none.</summary>
    /// <exception cref="WizerException">A directory cannot be opened, or an argument or variable is none.</exception>
    internal static WasiPreview2? Open(InitEnvironment environment)
    {
        if (environment.Wasi is not { } options)
        {
            return null;
        }

        try
        {
            return new WasiPreview2(options with { Deterministic = environment.Deterministic ?? options.Deterministic });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Throw.EnvironmentUnusable(error);
        }
        catch (ArgumentException error)
        {
            Throw.BadWasiOption(error);
        }

        return null;
    }
}
