using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>How a module is pre-initialized. Immutable: share one object among any number of runs.</summary>
public sealed record WizerOptions
{
    /// <summary>The name of the initialization function unless <see cref="InitFunc"/> says otherwise.</summary>
    public const string DefaultInitFunc = "wizer-initialize";

    /// <summary>The options of a plain run.</summary>
    public static WizerOptions Default { get; } = new();

    /// <summary>
    /// The name of the exported function that is run; its type must be <c>[] -> []</c>. Of a component, it may also be a function of an
    /// exported instance, or a call with arguments: see <see cref="Engine.Components.ComponentCall"/>.
    /// </summary>
    public string InitFunc { get; init; } = DefaultInitFunc;

    /// <summary>
    /// Exports that get other names. No destination and no source may appear twice; a rename wins over an export that
    /// already has the name, and one whose source does not exist still drops that export.
    /// </summary>
    public IReadOnlyList<FuncRename> FuncRenames { get; init; } = [];

    /// <summary>
    /// Whether the initialization function stays exported. <c>_initialize</c> never does. Of a component, only an export of its own that
    /// is named without arguments goes.
    /// </summary>
    public bool KeepInitFunc { get; init; }

    /// <summary>How the initialized module is laid out.</summary>
    public ModuleLayout Layout { get; init; }

    /// <summary>
    /// How many data segments the new module may have, those that stay of the input's included: snapshots are joined until it fits.
    /// No more than 100,000 in any case, which is what engines accept.
    /// </summary>
    public int MaxSegmentCount { get; init; } = WasmLimits.MaxDataSegments;

    /// <summary>
    /// Whether what lies below the stack pointer is zero in the initialized module, where the stack of a program that LLVM made can be
    /// recognized; <see cref="SnapshotReport.Stack"/> says what became of it.
    /// </summary>
    public bool ClearStack { get; init; }

    /// <summary>What becomes of the memories that the module imports.</summary>
    public ImportPolicy ImportedMemories { get; init; }

    /// <summary>What becomes of the tables that the module imports.</summary>
    public ImportPolicy ImportedTables { get; init; }

    /// <summary>
    /// What becomes of the globals that the module imports, those aside that have a value in <see cref="DefinedGlobals"/>. What
    /// depends on an immutable one is known with its value only, so that each of these needs one; but references of the host's
    /// that do not change (<c>externref</c>, <c>funcref</c>) stay imports on the embedded engine without being asked.
    /// </summary>
    public ImportPolicy ImportedGlobals { get; init; }

    /// <summary>Values of globals that the module imports, and defines instead.</summary>
    public IReadOnlyList<GlobalDefinition> DefinedGlobals { get; init; } = [];

    /// <summary>What the module may use; a disabled feature is the error <c>X support is not enabled</c>.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>Whether reports say what takes time to find out: <see cref="SnapshotReport.Details"/>.</summary>
    public bool DetailedReport { get; init; }

    /// <summary>
    /// Told of each phase of <see cref="PreInitializer.Run(ReadOnlyMemory{byte}, IModuleSink, InitEnvironment?, CancellationToken)"/>
    /// as it begins, on the thread that does the work; the last two also by <see cref="PreInitializer.Snapshot"/>.
    /// </summary>
    public IProgress<RunPhase>? Progress { get; init; }

    /// <summary>Whether anything is said about what becomes of imported memories, tables and globals.</summary>
    internal bool DecidesImports =>
        DefinedGlobals.Count != 0 || (ImportedMemories | ImportedTables | ImportedGlobals) != ImportPolicy.Reject;

    /// <summary>From where on objects are made in loops; null for what pays.</summary>
    internal LoaderLimits? Loader { get; init; }
}
