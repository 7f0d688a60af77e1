using Wizer.Binary;

namespace Wizer.Pipeline;

public sealed partial class PreInitializer
{
    /// <summary>Runs the initialization function on the embedded engine and writes the module with that state baked in.</summary>
    /// <param name="module">A core module in the binary format; read during the call, never retained.</param>
    /// <param name="output">Owned by the caller. Nothing is written unless the whole rewrite succeeds.</param>
    /// <param name="environment">What the module may import; null for nothing.</param>
    /// <param name="cancellationToken">Stops the guest, and the run with it.</param>
    /// <exception cref="WizerException">
    /// The module is malformed, invalid or not supported, the options contradict one another, or initialization failed.
    /// </exception>
    /// <exception cref="Engine.WasmLinkException">An import has another type than what is defined under its name.</exception>
    /// <exception cref="Engine.WasmTrapException">
    /// The module could not be instantiated: a segment is out of bounds, or the start function trapped.
    /// </exception>
    /// <exception cref="UnsupportedModuleException">It needs more than the engine's limits allow.</exception>
    /// <exception cref="IOException">A directory for WASI cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <remarks>Equal input, options and answers of the environment give equal bytes.</remarks>
    public RunReport Run(
        ReadOnlyMemory<byte> module, IModuleSink output, InitEnvironment? environment = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        cancellationToken.ThrowIfCancellationRequested();
        environment ??= InitEnvironment.Empty;

        var clock = new PhaseClock(Options.Progress);
        clock.Begin(RunPhase.Validation);
        ModuleInfo[] preloads = EmbeddedRun.ParsePreloads(environment.Preloads, Options.Features);
        ModuleContext context = InputCheck.Check(module, Options.Features);
        InitFuncCheck.Check(context.Module, Options.InitFunc);

        // The original finds contradicting renames after the run only; nothing has happened yet here.
        RenameTable.Create(Options.FuncRenames);

        using EmbeddedRun run =
            EmbeddedRun.Execute(context.Module, Options.InitFunc, environment, preloads, clock, cancellationToken);

        // A guest may return right after a call that was cut short: what it made of that is not to be written.
        cancellationToken.ThrowIfCancellationRequested();
        SnapshotReport snapshot = TakeSnapshot(context, run.State, output, clock);
        return new RunReport
        {
            Snapshot = snapshot,
            ValidationTime = clock[RunPhase.Validation],
            InstantiationTime = clock[RunPhase.Instantiation],
            InitializationTime = clock[RunPhase.Initialization],
            SnapshotTime = clock[RunPhase.Snapshot],
            RewriteTime = clock[RunPhase.Rewrite],
            WriteTime = clock[RunPhase.Write],
        };
    }
}
