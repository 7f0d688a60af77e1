using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>
/// A module that has been checked, to be pre-initialized many times: one engine, and one application after another. What a run makes
/// of the module's code serves the runs after it, so that these take a fraction of the first one's time; what else it does, none of
/// them sees. Outputs, errors and limits are those of <see cref="PreInitializer.Run(ReadOnlyMemory{byte}, IModuleSink,
/// InitEnvironment?, CancellationToken)"/> with the same environment.
/// </summary>
/// <remarks>
/// <para>
/// Any number of threads may run it at the same time; each run has a store of the engine's to itself, with code of its own. Stores
/// that are not in use are kept for later runs, as many as <see cref="MaxIdleStoreCount"/>, with code and without a guest's memory.
/// To have two cores busy, call <c>Run</c> from two threads.
/// </para>
/// <para>
/// A store serves only runs with equal <see cref="InitEnvironment.Limits"/>, of which <see cref="InitEnvironment.Deterministic"/>
/// counts as a part. Runs with <see cref="InitEnvironment.Preloads"/>, and those whose <see cref="InitEnvironment.DefineImports"/>
/// or host functions put objects into the store themselves (functions made with
/// <see cref="Engine.Linker.DefineFunction"/> are none), get one that nobody uses again: they are as quick as single runs.
/// </para>
/// <para>
/// What a host function is given of a store (<see cref="Engine.Caller"/>, instances, memories, the store itself) is its own
/// until the run has ended. After that, it may belong to the next run.
/// </para>
/// </remarks>
public sealed class PreparedModule : IDisposable
{
    private readonly PreInitializer _wizer;
    private readonly ModuleContext _context;
    private readonly RenameTable _renames;
    private readonly StorePool _stores = new();

    internal PreparedModule(PreInitializer wizer, ModuleContext context, RenameTable renames)
    {
        _wizer = wizer;
        _context = context;
        _renames = renames;
    }

    /// <summary>How the module is pre-initialized.</summary>
    public WizerOptions Options => _wizer.Options;

    /// <summary>
    /// How many stores are kept while no run needs them: as many as there are processors, unless set. More runs than that may go on
    /// at the same time, but then some begin without the code of others.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    /// <exception cref="ObjectDisposedException">It is set, and the module has been disposed.</exception>
    public int MaxIdleStoreCount
    {
        get => _stores.MaxCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ObjectDisposedException.ThrowIf(_stores.IsDisposed, this);
            _stores.MaxCount = value;
        }
    }

    /// <summary>How many stores are kept at present.</summary>
    internal int IdleStoreCount => _stores.Count;

    /// <summary>Runs the initialization function on the embedded engine and writes the module with that state baked in.</summary>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it; other runs go on.</param>
    /// <returns>What the run did; its <see cref="RunReport.ValidationTime"/> is 0.</returns>
    /// <exception cref="WizerException">
    /// Instantiation or initialization failed, or met a limit. The next run is none the worse for it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The module has been disposed.</exception>
    /// <exception cref="Exception">What a host function of the environment, or the output, throws of its own passes as it is.</exception>
    public RunReport Run(IModuleSink output, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_stores.IsDisposed, this);
        return _wizer.Run(_context, _renames, _stores, output, environment, cancellationToken);
    }

    /// <summary>Runs the initialization function and writes the new module to a stream.</summary>
    /// <param name="output">
    /// Owned by the caller, and neither flushed nor closed. Nothing is written unless the whole rewrite succeeds.
    /// </param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it; other runs go on.</param>
    /// <inheritdoc cref="Run(IModuleSink, InitEnvironment?, CancellationToken)"/>
    public RunReport Run(Stream output, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return Run(new StreamSink(output), environment, cancellationToken);
    }

    /// <summary>Runs the initialization function and writes the new module to memory.</summary>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it; other runs go on.</param>
    /// <inheritdoc cref="Run(IModuleSink, InitEnvironment?, CancellationToken)"/>
    public RunReport Run(IBufferWriter<byte> output, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        return Run(new BufferWriterSink(output), environment, cancellationToken);
    }

    /// <summary>Runs the initialization function and writes the new module to a file.</summary>
    /// <param name="outputPath">
    /// Appears, or changes, only when everything has succeeded, and then at once; see <see cref="ModuleFile"/>.
    /// </param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it; other runs go on.</param>
    /// <exception cref="WizerException">
    /// Instantiation or initialization failed, or met a limit, or the file cannot be written. The next run is none the worse for it.
    /// </exception>
    /// <inheritdoc cref="Run(IModuleSink, InitEnvironment?, CancellationToken)"/>
    public RunReport RunFile(string outputPath, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_stores.IsDisposed, this);
        using ModuleFile output = ModuleFile.At(outputPath);
        return Run(output, environment, cancellationToken);
    }

    /// <summary>Ends the stores that are kept. Runs that are under way go on to their end, and so must the module's bytes.</summary>
    public void Dispose() => _stores.Dispose();
}
