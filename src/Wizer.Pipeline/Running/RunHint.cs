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

        string? module = (error as WasmTrapException)?.ImportModule ?? (error as WasmLinkException)?.ImportModule;
        return module is null ? null
            : module == WasiPreview1.ModuleName && environment.Wasi is null
                ? "pass --allow-wasi to provide WASI while the module is initialized"
                : $"--preload {QuotedName.ForShell(module + "=FILE")} provides the functions of another module,"
                    + $" --stub {QuotedName.ForShell(module + "=zero")} ones that return zeros";
    }
}
