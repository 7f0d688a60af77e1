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

    /// <summary>The same, with something to do meanwhile that needs all but the function bodies to be valid.</summary>
    /// <param name="module">A parsed module.</param>
    /// <param name="features">What it may use.</param>
    /// <param name="maxWorkers">How many threads may work.</param>
    /// <param name="cancellationToken">Ends the work within a few milliseconds.</param>
    /// <param name="meanwhile">Called on this thread while others check the bodies; not at all when there are none. It must not fail.</param>
    internal static ValidationResult Validate(
        ModuleInfo module,
        WasmFeatures features,
        int maxWorkers,
        CancellationToken cancellationToken = default,
        Action<ModuleInfo>? meanwhile = null)
    {
        var context = new ValidationContext(module, features);
        new SectionValidator(context).Validate();
        return CodeValidator.Validate(context, maxWorkers, cancellationToken, meanwhile);
    }
}
