using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// Pre-initializes modules and components with Wasmtime in the place of the embedded engine. It compiles all of a module before anything
/// runs, which takes longer for short initializations, and less for long ones; with <see cref="WasmtimeOptions.CacheDirectory"/> only
/// once.
/// </summary>
/// <remarks>
/// <para>
/// Options, environments, limits, reports and errors are those of <see cref="PreInitializer"/>, and so are the bytes that come out,
/// where what runs is deterministic. WASI is that of this project as well.
/// </para>
/// <para>
/// What a run does to tables, references and objects is not seen: modules that could change them are rejected, as
/// <see cref="PreInitializer.Instrument"/> does. Limits of memory hold for each memory by itself while the guest runs, and for all
/// together when it is done. Refused growths are not counted. Profiles are of no use, and none are
/// recorded.
/// </para>
/// <para>
/// Components are instrumented, run, and written from what the functions show that instrumentation has added; whatever
/// <see cref="PreInitializer.InstrumentComponent"/> rejects is rejected. Memories must be able to grow by a page, and have at most 128 MiB.
/// Limits of memory hold for each memory by itself. Of the handles that are left, those of WASI are seen.
/// </para>
/// <para>Any number of threads may use one runner at the same time.</para>
/// </remarks>
/// <param name="options">How Wasmtime is used; null for the defaults.</param>
public sealed class WasmtimeRunner(WasmtimeOptions? options = null) : IInitEngine, IDisposable
{
    private readonly EngineSet _engines = new();

    /// <summary>How Wasmtime is used.</summary>
    public WasmtimeOptions Options { get; } = options ?? WasmtimeOptions.Default;

    /// <inheritdoc/>
    public string Name => "wasmtime";

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The runner has been disposed.</exception>
    public RunReport Run(
        PreInitializer initializer,
        ReadOnlyMemory<byte> module,
        IModuleSink output,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        ObjectDisposedException.ThrowIf(_engines.IsDisposed, this);
        if (ModuleReader.IsComponent(module.Span))
        {
            return initializer.RunComponent(
                (environment, interrupt) => new WasmtimeComponentRun(_engines, Options, environment, interrupt),
                module,
                target: null,
                output,
                environment,
                cancellationToken);
        }

        return initializer.Run(
            (environment, interrupt) => new WasmtimeRun(_engines, Options, environment, interrupt),
            module,
            output,
            environment,
            cancellationToken);
    }

    /// <summary>Runs the initialization function of a file's module and writes the new module to a file.</summary>
    /// <param name="initializer">How the module is pre-initialized.</param>
    /// <param name="inputPath">A core module in the binary format.</param>
    /// <param name="outputPath">
    /// Appears, or changes, only when everything has succeeded, and then at once; see <see cref="ModuleFile"/>. May be the input.
    /// </param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">Everything that can go wrong, files included.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The runner has been disposed.</exception>
    public RunReport RunFile(
        PreInitializer initializer,
        string inputPath,
        string outputPath,
        InitEnvironment? environment = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputPath);
        using ModuleFile output = ModuleFile.At(outputPath);
        return Run(initializer, PreInitializer.ReadFile(inputPath), output, environment, cancellationToken);
    }

    /// <summary>Gives Wasmtime's engines back. No run may be under way.</summary>
    public void Dispose() => _engines.Dispose();
}
