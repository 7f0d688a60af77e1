using Wizer.Pipeline;
using Wizer.Wasmtime;

namespace Wizer.Cli.Wasmtime;

/// <summary>What this command has that the other one has not.</summary>
internal static class Engines
{
    /// <summary>The variable that says where compiled code is kept: nowhere unless it is set.</summary>
    internal const string CacheVariable = "WIZER_WASMTIME_CACHE";

    /// <inheritdoc cref="EngineFactory"/>
    internal static IInitEngine? Create(string name)
    {
        string? directory = HostVariables.Get(CacheVariable);
        return name == Arguments.WasmtimeEngine
            ? new WasmtimeRunner(new WasmtimeOptions { CacheDirectory = string.IsNullOrEmpty(directory) ? null : directory })
            : null;
    }
}
