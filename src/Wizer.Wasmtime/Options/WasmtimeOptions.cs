namespace Wizer.Wasmtime;

/// <summary>How Wasmtime is used. What the guest may do is for <see cref="Pipeline.InitEnvironment"/> to say.</summary>
public sealed record WasmtimeOptions
{
    /// <summary>The options used when none are given.</summary>
    public static WasmtimeOptions Default { get; } = new();

    /// <summary>
    /// A directory for compiled code, so that a module is compiled once; null for none. It is made when it is not there. What it holds
    /// is run as it is, like a program: it has to belong to this user, and to be closed to all others.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>
    /// Defines further imports, for every run anew, in the run's store; the counterpart of
    /// <see cref="Pipeline.InitEnvironment.DefineImports"/>, which is for the embedded engine.
    /// </summary>
    public Action<WasmtimeImports>? DefineImports { get; init; }

    /// <summary>
    /// Defines what a component imports, for every run anew; the counterpart of
    /// <see cref="Pipeline.InitEnvironment.DefineComponentImports"/>, which is for the embedded engine.
    /// </summary>
    public Action<WasmtimeComponentLinker>? DefineComponentImports { get; init; }
}
