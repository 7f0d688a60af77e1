namespace Wizer.Binary;

/// <summary>
/// The validation of a module, begun. The sections have been checked when <see cref="Start"/> returns, and other threads are at the
/// bodies of a large module; the thread that began may do something else before it joins them. Whatever is wrong with the module,
/// its sections included, is reported by <see cref="Join"/>: what was done in between must not be noticed before.
/// </summary>
internal sealed class ValidationTask
{
    private readonly CodeValidator? _code;
    private readonly WasmException? _sectionError;

    private ValidationTask(CodeValidator code) => _code = code;

    private ValidationTask(WasmException sectionError) => _sectionError = sectionError;

    /// <summary>Whether the sections are valid and other threads are at the bodies: there is time to use.</summary>
    internal bool IsUnderWay => _code is { HasHelpers: true };

    /// <summary>Checks the sections and begins to check the bodies.</summary>
    /// <param name="module">A parsed module.</param>
    /// <param name="features">What it may use.</param>
    /// <param name="maxWorkers">How many threads may work, the calling one included.</param>
    /// <param name="cancellationToken">Ends the work within a few milliseconds.</param>
    internal static ValidationTask Start(ModuleInfo module, WasmFeatures features, int maxWorkers, CancellationToken cancellationToken)
    {
        var context = new ValidationContext(module, features);
        try
        {
            new SectionValidator(context).Validate();
        }
        catch (WasmException error)
        {
            return new ValidationTask(error);
        }

        return new ValidationTask(CodeValidator.Start(context, maxWorkers, cancellationToken));
    }

    /// <summary>Checks what is left, on this thread too. To be called once.</summary>
    /// <returns>What was learned about the module.</returns>
    /// <exception cref="WasmFormatException">A function body or constant expression is malformed.</exception>
    /// <exception cref="WasmValidationException">The module is invalid, or uses a feature that is not enabled.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal ValidationResult Join() => _code is null ? throw _sectionError! : _code.Join();
}
