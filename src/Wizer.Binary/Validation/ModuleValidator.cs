namespace Wizer.Binary;

/// <summary>Says whether a module is valid. Core 3.0, Validation: Modules.</summary>
public static class ModuleValidator
{
    /// <summary>
    /// Checks a whole module: its sections in file order, then every function body. Big modules are checked on several
    /// threads; the error is the same either way, the one of the lowest function index.
    /// </summary>
    /// <param name="module">A parsed module.</param>
    /// <param name="features">What it may use.</param>
    /// <param name="cancellationToken">Ends the work within a few milliseconds.</param>
    /// <returns>What was learned about the module.</returns>
    /// <exception cref="WasmFormatException">A function body or constant expression is malformed.</exception>
    /// <exception cref="WasmValidationException">The module is invalid, or uses a feature that is not enabled.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ValidationResult Validate(
        ModuleInfo module, WasmFeatures features = WasmFeatures.All, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Validate(module, features, Environment.ProcessorCount, cancellationToken);
    }

    /// <summary>The same on a number of threads.</summary>
    /// <param name="module">A parsed module.</param>
    /// <param name="features">What it may use.</param>
    /// <param name="maxWorkers">How many threads may work.</param>
    /// <param name="cancellationToken">Ends the work within a few milliseconds.</param>
    internal static ValidationResult Validate(
        ModuleInfo module, WasmFeatures features, int maxWorkers, CancellationToken cancellationToken = default) =>
        ValidationTask.Start(module, features, maxWorkers, cancellationToken).Join();
}
