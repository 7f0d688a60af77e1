using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>What helps with a run that failed.</summary>
internal static class RunHint
{
    /// <summary>What to say of an error, or null.</summary>
    /// <param name="error">What the engine threw.</param>
    /// <param name="environment">What the module found around it.</param>
    /// <param name="isInitFunc">Whether the initialization function was running.</param>
    internal static string? Of(Exception error, InitEnvironment environment, bool isInitFunc = false)
    {
        if (error is WasiExitException { ExitCode: 0 })
        {
            return isInitFunc ? "pass --allow-exit-zero to take the state that the module exits with" : null;
        }

        string? module = ImportOf(error);
        return module is null ? null
            : module == WasiPreview1.ModuleName && environment.Wasi is null
                ? "pass --allow-wasi to provide WASI while the module is initialized"
                : $"--preload {QuotedName.ForShell(module + "=FILE")} provides the functions of another module, "
                    + (environment.UnknownImports == UnknownImports.Fail
                        ? "--unknown-imports=default" : $"--stub {QuotedName.ForShell(module + "=zero")}") + " ones that return zeros";
    }

    /// <summary>The same of a component.</summary>
    internal static string? OfComponent(Exception error, InitEnvironment environment) => error is WasiExitException { ExitCode: 0 }
        ? "pass --allow-exit-zero to take the state that the component exits with"
        : ImportOf(error) is not { } import ? null
        : import.StartsWith("wasi:", StringComparison.Ordinal) && environment.Wasi is null
            ? "pass --allow-wasi to provide WASI while the component is initialized"
            : "pass --unknown-imports=default to let functions that nobody provides return zeros, and the like";

    private static string? ImportOf(Exception error) =>
        (error as WasmTrapException)?.ImportModule ?? (error as WasmLinkException)?.ImportModule;
}
