using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>What a snapshot came to.</summary>
public sealed record SnapshotReport
{
    /// <summary>The size of the input module in bytes.</summary>
    public required long InputByteLength { get; init; }

    /// <summary>The size of the initialized module in bytes.</summary>
    public required long OutputByteLength { get; init; }

    /// <summary>How many data segments were added.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>The bytes in those segments.</summary>
    public required long SegmentByteLength { get; init; }

    /// <summary>How many of the input's data segments stay beside them, because instructions name them.</summary>
    public int KeptSegmentCount { get; init; }

    /// <summary>The renames under whose new name nothing is exported, in the order of the options.</summary>
    public IReadOnlyList<UnmatchedRename> UnmatchedRenames { get; init; } = [];

    /// <summary>
    /// By how many bytes the code section is behind where the input has it (negative: before), when the module has a source map, whose
    /// offsets are no longer right then. 0 when it is where it was, and without a source map.
    /// </summary>
    public long CodeMove { get; init; }

    /// <summary>How many mutable globals got the values they had.</summary>
    public required int GlobalCount { get; init; }

    /// <summary>What became of tables, references and objects; null when the run left them as instantiation makes them.</summary>
    public ReferenceReport? References { get; init; }

    /// <summary>What became of the dead stack; null unless <see cref="WizerOptions.ClearStack"/> is set.</summary>
    public StackReport? Stack { get; init; }

    /// <summary>What takes time to find out; null unless <see cref="WizerOptions.DetailedReport"/> is set.</summary>
    public SnapshotDetails? Details { get; init; }
}

/// <summary>What the new module has of tables, references and objects that instantiation of the input does not make.</summary>
public sealed record ReferenceReport
{
    /// <summary>How many tables have changed.</summary>
    public required int TableCount { get; init; }

    /// <summary>How many elements of those tables are not null.</summary>
    public required long ElementCount { get; init; }

    /// <summary>How many mutable globals hold references.</summary>
    public required int GlobalCount { get; init; }

    /// <summary>The structs and arrays that are part of the snapshot, by type, in index order.</summary>
    public required IReadOnlyList<ObjectReport> Objects { get; init; }

    /// <summary>How many exceptions are.</summary>
    public required int ExceptionCount { get; init; }

    /// <summary>How many passive data segments the run dropped.</summary>
    public required int DroppedDataSegmentCount { get; init; }

    /// <summary>How many passive element segments it dropped.</summary>
    public required int DroppedElementSegmentCount { get; init; }

    /// <summary>The bytes of the functions that make what constant expressions cannot; 0 when there is none.</summary>
    public required long RestoreByteLength { get; init; }
}

/// <summary>The objects of a type.</summary>
/// <param name="TypeIndex">In the type index space of the module; of equal types the first.</param>
/// <param name="Count">How many there are.</param>
public sealed record ObjectReport(int TypeIndex, int Count);

/// <summary>A rename that found nothing to rename. An export that had the new name is gone all the same.</summary>
/// <param name="Rename">As it was asked for.</param>
public sealed record UnmatchedRename(FuncRename Rename)
{
    /// <summary>Whether the module does have that export, but one that initializes it and that the new module lacks.</summary>
    public bool IsSourceDropped { get; init; }

    /// <summary>The export that may have been meant, or null.</summary>
    public string? Closest { get; init; }
}

/// <summary>What the initialized module starts with, piece by piece.</summary>
public sealed record SnapshotDetails
{
    /// <summary>The memories, in index order.</summary>
    public required IReadOnlyList<MemoryReport> Memories { get; init; }

    /// <summary>The data segments that were added, by memory and then by address.</summary>
    public required IReadOnlyList<SegmentReport> Segments { get; init; }

    /// <summary>The mutable globals whose value is no longer the one that the input gives them, in index order.</summary>
    public required IReadOnlyList<GlobalReport> ChangedGlobals { get; init; }
}

/// <summary>A memory of the module.</summary>
public sealed record MemoryReport
{
    /// <summary>In the memory index space.</summary>
    public required int Index { get; init; }

    /// <summary>The size of a page in bytes; 65,536 unless the memory's type says otherwise.</summary>
    public required long PageByteLength { get; init; }

    /// <summary>The pages it had before initialization.</summary>
    public required long InitialPageCount { get; init; }

    /// <summary>The pages it has after it.</summary>
    public required long PageCount { get; init; }

    /// <summary>How many of its bytes are not zero.</summary>
    public required long NonZeroByteLength { get; init; }

    /// <summary>How many data segments were added for it.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>The bytes in those segments.</summary>
    public required long SegmentByteLength { get; init; }

    /// <summary>Where its bytes are, and what they come from.</summary>
    public required MemoryMap Map { get; init; }
}

/// <summary>A data segment that was added.</summary>
/// <param name="MemoryIndex">The memory it belongs to.</param>
/// <param name="Address">Where it begins there.</param>
/// <param name="ByteLength">Its size.</param>
public sealed record SegmentReport(int MemoryIndex, ulong Address, long ByteLength);

/// <summary>A mutable global that initialization changed.</summary>
/// <param name="Index">In the global index space.</param>
/// <param name="Before">The value that the input gives it.</param>
/// <param name="After">The value that the new module gives it.</param>
public sealed record GlobalReport(int Index, GlobalValue Before, GlobalValue After);

/// <summary>An imported function that was called during initialization.</summary>
/// <param name="Module">The module it is imported from.</param>
/// <param name="Name">Its name there.</param>
/// <param name="CallCount">How often it was called.</param>
public sealed record ImportCalls(string Module, string Name, long CallCount)
{
    /// <summary>
    /// How many of the calls got an answer that another machine or another time might have changed; see
    /// <see cref="WasiFunction.NondeterministicCallCount"/>. Known in <see cref="RunReport.WasiCalls"/> only.
    /// </summary>
    public long NondeterministicCallCount { get; init; }
}

/// <summary>A descriptor of WASI.</summary>
/// <param name="Number">What the guest knows it by.</param>
/// <param name="Path">What it stands for, in the guest's paths.</param>
public sealed record DescriptorReport(int Number, string Path);

/// <summary>What a run came to, and where its time went.</summary>
public sealed record RunReport
{
    /// <summary>Sizes and counts.</summary>
    public required SnapshotReport Snapshot { get; init; }

    /// <summary>What there is to say of a component only; null for a module. Sizes and counts are those of all its modules.</summary>
    public ComponentReport? Component { get; init; }

    /// <summary>What became of the profile; null when there was none.</summary>
    public ProfileReport? Profile { get; init; }

    /// <summary>
    /// Which functions the run called and which of them were busy, in a form for <see cref="InitEnvironment.Profile"/>; empty unless
    /// <see cref="InitEnvironment.RecordsProfile"/> is set.
    /// </summary>
    public ReadOnlyMemory<byte> RecordedProfile { get; init; }

    /// <summary>
    /// Where the guest spent its time; null unless <see cref="EngineOptions.SampleInterval"/> of <see cref="InitEnvironment.Limits"/> is
    /// set, and for engines that take no samples.
    /// </summary>
    public StackSamples? Samples { get; init; }

    /// <summary>
    /// Who wrote what the initialization has left in the memories; null unless <see cref="EngineOptions.RecordsWriters"/> of
    /// <see cref="InitEnvironment.Limits"/> is set, and for engines that do not know.
    /// </summary>
    public Attribution? Attribution { get; init; }

    /// <summary>
    /// The functions that the module imports and called, in the order of its imports: those of WASI, of other modules and of
    /// the host.
    /// </summary>
    public IReadOnlyList<ImportCalls> ImportCalls { get; init; } = [];

    /// <summary>The WASI functions that the module, or one preloaded, called; each once, by name.</summary>
    public IReadOnlyList<ImportCalls> WasiCalls { get; init; } = [];

    /// <summary>
    /// The descriptors that the guest opened and did not close: the new module has their numbers, and nothing behind them.
    /// </summary>
    public IReadOnlyList<DescriptorReport> OpenDescriptors { get; init; } = [];

    /// <summary>
    /// The preopened directories whose names the guest was told. C libraries keep them in a list, by number, and the new module with
    /// them; programs with <c>wizer.h</c> forget it and have none here.
    /// </summary>
    public IReadOnlyList<DescriptorReport> KnownDirectories { get; init; } = [];

    /// <summary>How many environment variables the guest was told: what it did not erase is in the new module.</summary>
    public int EnvironmentVariableCount { get; init; }

    /// <summary>
    /// Everything outside that the guest looked at through WASI, but for what it made itself; empty unless
    /// <see cref="InitEnvironment.RecordsInputs"/> is set. The module, those to preload and a profile are not among it.
    /// </summary>
    public IReadOnlyList<RunInput> Inputs { get; init; } = [];

    /// <summary>
    /// The paths on the host that the guest made, changed or removed; empty unless
    /// <see cref="InitEnvironment.RecordsInputs"/> is set.
    /// </summary>
    public IReadOnlyList<string> ChangedPaths { get; init; } = [];

    /// <summary>
    /// Why <see cref="Inputs"/> do not say all, in words; null when they do, and when nothing was recorded. A file may have changed
    /// while it was read, or something was read that is no file.
    /// </summary>
    public string? InputProblem { get; init; }

    /// <summary>
    /// Parsing, validating and checking the module and those to preload; for a large module also what of its instantiation is
    /// done meanwhile.
    /// </summary>
    public required TimeSpan ValidationTime { get; init; }

    /// <summary>Instantiating all of them, start functions included.</summary>
    public required TimeSpan InstantiationTime { get; init; }

    /// <summary><c>_initialize</c> and the initialization function.</summary>
    public required TimeSpan InitializationTime { get; init; }

    /// <summary>Reading the state and choosing the segments.</summary>
    public required TimeSpan SnapshotTime { get; init; }

    /// <summary>Putting the new module together.</summary>
    public required TimeSpan RewriteTime { get; init; }

    /// <summary>Handing it to the sink.</summary>
    public required TimeSpan WriteTime { get; init; }

    /// <summary>
    /// How often the guest was told that a memory cannot grow because of <see cref="Engine.EngineOptions.MaxMemoryByteLength"/>.
    /// </summary>
    public long RefusedMemoryGrowths { get; init; }

    /// <summary>
    /// How often the guest was told that a table cannot grow because of <see cref="Engine.EngineOptions.MaxTableElementCount"/>.
    /// </summary>
    public long RefusedTableGrowths { get; init; }
}
