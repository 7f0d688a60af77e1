using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What the command line asks for; the initial values are the defaults.</summary>
/// <param name="syntax">The command it is about.</param>
internal sealed class Arguments(CommandSyntax syntax)
{
    /// <summary>What stands for stdout as a path.</summary>
    public const string StandardOutput = "-";

    /// <summary>The engine that is part of every command.</summary>
    public const string EmbeddedEngine = "embedded";

    /// <summary>The engine that is part of another command.</summary>
    public const string WasmtimeEngine = "wasmtime";

    public CommandSyntax Syntax { get; } = syntax;

    /// <summary>The input's path, or whatever else the command's operand is; null for stdin.</summary>
    public string? Input { get; set; }

    /// <summary>The path of the second operand, where a command has two; null for stdin.</summary>
    public string? SecondInput { get; set; }

    /// <summary>The output's path; null for stdout.</summary>
    public string? Output { get; set; }

    public string InitFunc { get; set; } = "wizer-initialize";

    public List<FuncRename> Renames { get; } = [];

    public bool KeepInitFunc { get; set; }

    public ModuleLayout Layout { get; set; }

    public ImportPolicy ImportedMemories { get; set; }

    public ImportPolicy ImportedTables { get; set; }

    public ImportPolicy ImportedGlobals { get; set; }

    public List<GlobalDefinition> DefinedGlobals { get; } = [];

    /// <summary>The name of the engine that runs the module.</summary>
    public string Engine { get; set; } = EmbeddedEngine;

    public bool AllowWasi { get; set; }

    /// <summary>As written: whether each is <c>name=file</c> is not a question of usage but of the run.</summary>
    public List<string> Preloads { get; } = [];

    public bool RelaxedSimdDeterministic { get; set; } = true;

    public bool InheritStdio { get; set; } = true;

    public bool InheritEnv { get; set; }

    public List<string> Dirs { get; } = [];

    /// <summary>As written.</summary>
    public List<string> MapDirs { get; } = [];

    public List<ImportStub> Stubs { get; } = [];

    public UnknownImports UnknownImports { get; set; }

    /// <summary>As written: with a value, or the name alone.</summary>
    public List<string> Envs { get; } = [];

    public List<string> Args { get; } = [];

    public bool AllowExitZero { get; set; }

    public bool AllowInitError { get; set; }

    public bool FailsOnLostHandles { get; set; }

    public bool ResetWasi { get; set; } = true;

    public bool MultiMemory { get; set; } = true;

    public bool MultiValue { get; set; } = true;

    public bool BulkMemory { get; set; } = true;

    public bool Simd { get; set; } = true;

    public bool RelaxedSimd { get; set; } = true;

    public bool ReferenceTypes { get; set; } = true;

    public bool CompactImports { get; set; } = true;

    /// <summary>Beside those that have a switch above.</summary>
    public WasmFeatures DisabledFeatures { get; set; }

    public bool CanonicalizeNaNs { get; set; }

    public HelpKind Help { get; set; }

    public bool Version { get; set; }

    public bool Verbose { get; set; }

    /// <summary>Where the report goes; <see cref="StandardOutput"/> is possible, null is nowhere.</summary>
    public string? Report { get; set; }

    /// <summary>The profile to use; null for none but the module's own.</summary>
    public string? ProfileUse { get; set; }

    /// <summary>Where the profile of this run goes, or null.</summary>
    public string? ProfileWrite { get; set; }

    /// <summary>Where the input goes with the profile of this run in it, or null.</summary>
    public string? ProfileEmbed { get; set; }

    /// <summary>Where samples of the guest's stack go, or null.</summary>
    public string? Sample { get; set; }

    /// <summary>Where it goes who wrote the bytes of the memories, or null.</summary>
    public string? Attribute { get; set; }

    public bool ClearStack { get; set; }

    public bool Deterministic { get; set; }

    public ulong RandomSeed { get; set; }

    public TimeSpan? Timeout { get; set; }

    /// <summary>In bytes.</summary>
    public ulong? MaxMemory { get; set; }

    public ulong? MaxTableElements { get; set; }

    /// <summary>In bytes.</summary>
    public ulong? StackSize { get; set; }

    public ulong? MaxSegments { get; set; }

    /// <summary>Whether to inspect for programs rather than people.</summary>
    public bool Json { get; set; }

    /// <summary>Whether to show all there is, however much.</summary>
    public bool ShowsAll { get; set; }

    /// <summary>Where to say which files the new module depends on, or null.</summary>
    public string? Depfile { get; set; }

    /// <summary>The directory or the URL of the cache; null for none but that of the environment.</summary>
    public string? Cache { get; set; }

    /// <summary>In bytes; null for the default.</summary>
    public ulong? CacheLimit { get; set; }

    /// <summary>How errors and warnings are printed.</summary>
    public ErrorFormat ErrorFormat { get; set; }

    /// <summary>The file that errors are about, or null: whatever else an operand may be, or stdin.</summary>
    public string? Module => Syntax.Kind is CommandKind.PreInitialize or CommandKind.Inspect or CommandKind.Print ? Input : null;

    /// <summary>Whether to serve requests, as a worker of Bazel.</summary>
    public bool IsWorker { get; set; }

    /// <summary>How requests are written; null for what the command assumes.</summary>
    public string? WorkerProtocol { get; set; }

    /// <summary>How many requests are served at a time; null for as many as there are processors.</summary>
    public ulong? Jobs { get; set; }

    /// <summary>The directory that relative paths begin in; null for that of the process.</summary>
    public string? BaseDirectory { get; set; }

    /// <summary>The options as they were given, in the order of their words: those of the environment first.</summary>
    public List<GivenOption> Given { get; } = [];

    /// <summary>A path of the command line as this process has to open it.</summary>
    public string Place(string path) => BaseDirectory is null ? path : Path.Combine(BaseDirectory, path);

    /// <summary>The same of the input; null for stdin.</summary>
    public string? InputPlace => Input is { } input ? Place(input) : null;

    /// <summary>The same of an output beside the new module; null for stdout.</summary>
    public string? PlaceOfOutput(string path) => path == StandardOutput ? null : Place(path);
}

/// <summary>An option that was given.</summary>
/// <param name="Option">Which.</param>
/// <param name="Value">Its value, as written; null when it has none.</param>
internal sealed record GivenOption(Option Option, string? Value);

/// <summary>Which help to print instead of running.</summary>
internal enum HelpKind
{
    None,
    Short,
    Long,
}
