using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// What the initialization function finds around it when it runs on the embedded engine. By default nothing: every imported
/// function traps when it is called. Immutable: share one object among any number of runs.
/// </summary>
public sealed record InitEnvironment
{
    /// <summary>The environment in which nothing is defined.</summary>
    public static InitEnvironment Empty { get; } = new();

    /// <summary>
    /// What WASI shows to the module or component, in preview 1 or in version 0.2; null when its functions are not defined at all.
    /// </summary>
    public WasiOptions? Wasi { get; init; }

    /// <summary>
    /// Modules that are instantiated first, in this order; what each exports can be imported by those after it. Their state
    /// is no part of the snapshot.
    /// </summary>
    public IReadOnlyList<PreloadModule> Preloads { get; init; } = [];

    /// <summary>
    /// What stands in for the functions of certain modules that nobody defines; the last one of a name counts. Modules to preload
    /// may import such functions too. WASI cannot be both provided and replaced.
    /// </summary>
    public IReadOnlyList<ImportStub> Stubs { get; init; } = [];

    /// <summary>What becomes of functions that nobody provides, and that no <see cref="Stubs"/> stand in for.</summary>
    public UnknownImports UnknownImports { get; init; }

    /// <summary>
    /// Whether the initialization function may end with <c>proc_exit(0)</c>: the snapshot then has the state of that moment, with a
    /// stack pointer that is where the call left it. An exit before that function is called, in a start function or in
    /// <c>_initialize</c>, is an error all the same.
    /// </summary>
    public bool AllowExitZero { get; init; }

    /// <summary>
    /// Whether the initialization function of a component may return an error, <c>err(...)</c>: the snapshot is taken all the same.
    /// </summary>
    public bool AllowInitError { get; init; }

    /// <summary>
    /// Whether handles of resources that a component still has after its initialization, and that the new component cannot have, are
    /// an error. <see cref="ComponentReport.OpenHandles"/> lists them in any case.
    /// </summary>
    public bool FailsOnLostHandles { get; init; }

    /// <summary>
    /// Whether a component that has handles of WASI after its initialization is made to forget what it keeps of them, where its core
    /// modules export the functions for it: <c>reset_adapter_state</c> of the adapter of preview 1, and then
    /// <c>__wasilibc_reset_preopens</c> of wasi-libc. What they forget is lost anyway, and is asked for again when it is needed.
    /// </summary>
    public bool ResetsWasi { get; init; } = true;

    /// <summary>
    /// Defines further imports, for every run anew; what belongs to a store goes into the one given, and is the run's. For runs of one
    /// <see cref="PreparedModule"/> at the same time it is called at the same time.
    /// </summary>
    public Action<Store, Linker>? DefineImports { get; init; }

    /// <summary>
    /// Defines what a component imports beside WASI, for every run anew. What it says of imports that nobody defines counts more than
    /// <see cref="UnknownImports"/>.
    /// </summary>
    public Action<Store, Engine.Components.ComponentLinker>? DefineComponentImports { get; init; }

    /// <summary>
    /// What WASI shows in the place of the machine, for an output that depends on neither machine nor time; null for the machine
    /// itself. It also makes every NaN that the guest computes the canonical one and relaxed SIMD deterministic, whatever
    /// <see cref="Limits"/> say.
    /// </summary>
    public DeterministicOptions? Deterministic { get; init; }

    /// <summary>The limits of the engine, and whether relaxed SIMD may depend on the machine.</summary>
    public EngineOptions Limits { get; init; } = EngineOptions.Default;

    /// <summary>What a store of the embedded engine gets: <see cref="Limits"/>, as <see cref="Deterministic"/> wants them.</summary>
    internal EngineOptions EngineLimits =>
        Deterministic is null ? Limits : Limits with { CanonicalizeNaNs = true, IsRelaxedSimdDeterministic = true };

    /// <summary>
    /// What an earlier run of the same module recorded: <see cref="RunReport.RecordedProfile"/>. Functions are then compiled before they
    /// are busy again. Whatever it holds, it changes nothing but how long the run takes. Empty for the one that the module itself has,
    /// in its custom section <c>wizer.profile</c>, if there is one; see <see cref="PreInitializer.EmbedProfile"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Profile { get; init; }

    /// <summary>Whether the run is recorded, for <see cref="RunReport.RecordedProfile"/>.</summary>
    public bool RecordsProfile { get; init; }

    /// <summary>
    /// Whether what the guest looks at outside is recorded, for <see cref="RunReport.Inputs"/>: files are hashed for that, which takes
    /// time.
    /// </summary>
    public bool RecordsInputs { get; init; }

    /// <summary>
    /// How long validation, instantiation and initialization may take together, before they are stopped with
    /// <see cref="WizerError.TimedOut"/>; null for as long as it takes. What a host function does is not stopped: one that blocks
    /// waits for <see cref="Caller.Interrupt"/> as well.
    /// </summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>A module whose instance others may import from while they are initialized.</summary>
/// <param name="Name">The module name in their imports.</param>
/// <param name="Module">In the binary format.</param>
public sealed record PreloadModule(string Name, ReadOnlyMemory<byte> Module);
