namespace Wizer.Cli;

/// <summary>
/// Every option of the main command, those of the original first and in the order of its help: the parser, its errors, the help
/// and the completion read this table, and nothing else knows an option's spelling or what it does to the arguments.
/// </summary>
internal static partial class OptionTable
{
    public static readonly Option[] Options =
    [
        new()
        {
            Short = 'o',
            Value = OptionValue.Required,
            ValueName = "OUTPUT",
            ValueKind = ValueKind.File,
            Summary = "Where to write the new module [default: stdout]",
            Details =
            [
                "The file appears only once it is complete; after an error, an existing file is as it was. `-` is stdout.",
            ],
            PathFollows = "",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Output = OptionText.ParseOutput(use.Option, use.Value),
        },
        new()
        {
            Short = 'f',
            Long = "init-func",
            Value = OptionValue.Required,
            ValueName = "INIT_FUNC",
            Summary = "The exported function that initializes the module [default: wizer-initialize]",
            Details =
            [
                "It takes no parameters and returns nothing. An exported `_initialize` is called before it.",
                "Of a component, it is an export, or a function of an exported instance, and may have arguments, written in WAVE:"
                + " `setup`, `setup(1000, \"Abc\")`, `local:local/init.add@0.1.0(\"hi\")`. What it returns is printed on stderr.",
            ],
            Set = static (arguments, use) => arguments.InitFunc = use.Value,
        },
        new()
        {
            Short = 'r',
            Long = "rename-func",
            Alias = "func-rename",
            Value = OptionValue.Required,
            ValueName = "dst=src",
            Repeatable = true,
            Summary = "Export `src` under the name `dst` in the new module, replacing an export `dst`",
            Details =
            [
                "May be given several times, but once for each `dst` and once for each `src`. For example, `-r _start=resume`"
                + " gives an initialized command a new entry point.",
            ],
            Set = static (arguments, use) => arguments.Renames.Add(OptionText.ParseRename(use.Option, use.Value)),
        },
        new()
        {
            Long = "keep-init-func",
            Value = OptionValue.AttachedBool,
            Summary = "Keep the export of the initialization function in the new module [default: false]",
            Set = static (arguments, use) => arguments.KeepInitFunc = use.Flag,
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "allow-wasi",
            Summary = "Let the module or component call WASI functions while it is initialized",
            Details =
            [
                "What the module learns from the outside then becomes part of the new module. Random numbers above all: every"
                + " instance starts with the same ones, so that hash seeds, keys and session identifiers drawn during"
                + " initialization are known to whoever has the module. Draw those at run time. The same goes for the time,"
                + " and for what was read from files.",
                "A module gets WASI preview 1, a component WASI 0.2. Without this option, WASI functions trap when they are called.",
            ],
            Set = static (arguments, use) => arguments.AllowWasi = true,
        },
        new()
        {
            Group = OptionGroup.Reproducibility,
            Long = "relaxed-simd-deterministic",
            Value = OptionValue.AttachedBool,
            Summary = "Run relaxed SIMD instructions by the deterministic profile",
            Details = ["The default. Otherwise, the result may depend on the machine."],
            Set = static (arguments, use) => arguments.RelaxedSimdDeterministic = use.Flag,
        },
        new()
        {
            Long = "preload",
            Value = OptionValue.Required,
            ValueName = "PRELOAD",
            Repeatable = true,
            Summary = "Let the module import from another one: `name=file.{wasm,wat}`",
            Details =
            [
                "The other module's state is not part of the new module, which needs the same imports when it runs."
                + " May be given several times.",
            ],
            PathFollows = "=",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Preloads.Add(use.Value),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "inherit-stdio",
            Value = OptionValue.OptionalBool,
            Summary = "With WASI: let the module use stdin, stdout and stderr [default: true]",
            Set = static (arguments, use) => arguments.InheritStdio = use.Flag,
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "inherit-env",
            Value = OptionValue.OptionalBool,
            Summary = "With WASI: let the module see the environment variables [default: false]",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.InheritEnv = use.Flag,
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "dir",
            Value = OptionValue.Required,
            ValueName = "directory",
            ValueKind = ValueKind.Directory,
            Repeatable = true,
            Summary = "With WASI: a directory that the module may use [default: none]",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Dirs.Add(use.Value),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "mapdir",
            Value = OptionValue.Required,
            ValueName = "GUEST_DIR::HOST_DIR",
            Repeatable = true,
            Summary = "With WASI: a directory that the module may use, and the name it has there",
            PathFollows = "::",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.MapDirs.Add(use.Value),
        },
        Feature("multi-memory", static (arguments, use) => arguments.MultiMemory = use.Flag),
        Feature("multi-value", static (arguments, use) => arguments.MultiValue = use.Flag),
        Feature("bulk-memory", static (arguments, use) => arguments.BulkMemory = use.Flag),
        Feature(
            "simd", static (arguments, use) => arguments.Simd = use.Flag, "Relaxed SIMD builds on it: to switch it off, switch off both."),
        Feature("relaxed-simd", static (arguments, use) => arguments.RelaxedSimd = use.Flag),
        Feature("reference-types", static (arguments, use) => arguments.ReferenceTypes = use.Flag),
        new()
        {
            Group = OptionGroup.Features,
            IsAddition = true,
            Long = "wasm-compact-imports",
            Value = OptionValue.OptionalBool,
            Summary = "Accept modules that use the compact-imports proposal [default: true]",
            Set = static (arguments, use) => arguments.CompactImports = use.Flag,
        },
        new()
        {
            Group = OptionGroup.Diagnostics,
            Short = 'h',
            Long = "help",
            Summary = "Print this help (`-h` is shorter, `--help` says more)",
            IsAnsweredAtOnce = true,
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Help = use.IsLetter ? HelpKind.Short : HelpKind.Long,
        },
        new()
        {
            Group = OptionGroup.Diagnostics,
            IsAddition = true,
            Long = "version",
            Summary = "Print the version",
            IsAnsweredAtOnce = true,
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Version = true,
        },
        new()
        {
            Group = OptionGroup.Diagnostics,
            IsAddition = true,
            Short = 'v',
            Long = "verbose",
            Summary = "Say on stderr where the time went and what became of the module",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Verbose = true,
        },
        new()
        {
            Group = OptionGroup.Diagnostics,
            IsAddition = true,
            Long = "report",
            Value = OptionValue.Required,
            ValueName = "FILE",
            ValueKind = ValueKind.File,
            Summary = "Write a report on the run, as JSON, or as a page if the name ends in `.html`",
            Details =
            [
                "Hashes and sizes of input and output and of their sections, the time of each phase, maps of the memories and their"
                + " segments, the globals that changed, the imported functions that were called. A page has the same to look at,"
                + " and needs nothing else; `wizer report` makes one of the JSON. Written when the run fails, too, and never in the place"
                + " of a module. `-` is stdout.",
            ],
            PathFollows = "",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Report = OptionText.ParseReport(use.Option, use.Value),
        },
        new()
        {
            IsAddition = true,
            Long = "stub",
            Value = OptionValue.Required,
            ValueName = "MODULE[=zero]",
            Repeatable = true,
            Summary = "Stand in for the functions of an imported module that nobody provides: they trap, or return zeros",
            Details =
            [
                "For what only the run time has. They trap when they are called, as unknown ones do; preloaded modules may import them"
                + " as well. With `=zero` they return zeros and null references instead. What --preload defines stays as it is."
                + " May be given several times.",
            ],
            Set = static (arguments, use) => arguments.Stubs.Add(OptionText.ParseStub(use.Option, use.Value)),
        },
        new()
        {
            IsAddition = true,
            Long = "unknown-imports",
            Value = OptionValue.Required,
            ValueName = "trap|default|fail",
            Choices = ["trap", "default", "fail"],
            Summary = "What becomes of imported functions that nobody provides [default: trap]",
            Details =
            [
                "They trap when they are called, and say which one it was; or they return zeros and null, those of components also empty"
                + " lists, `none`, `ok`, the first case and resources that nothing stands behind; or the run fails, with a list of them."
                + " What --stub says of a module counts more.",
            ],
            Set = static (arguments, use) => arguments.UnknownImports = OptionText.ParseUnknownImports(use.Option, use.Value),
        },
        Import(
            "memory",
            "memories",
            static (arguments, use) => arguments.ImportedMemories = OptionText.ParsePolicy(use.Option, use.Value),
            "`fresh` is for a host that gives each instance a new one: zeros now, and whatever the initialization leaves is filled in when"
            + " the new module is instantiated, which imports a memory of the size that it has then. `define` makes it the module's own,"
            + " exported under the name of the import. Shared memories can only be defined."),
        Import(
            "table",
            "tables",
            static (arguments, use) => arguments.ImportedTables = OptionText.ParsePolicy(use.Option, use.Value),
            "The same for tables: null now, and elements when the new module is instantiated; or the module's own."),
        Import(
            "global",
            "globals",
            static (arguments, use) => arguments.ImportedGlobals = OptionText.ParsePolicy(use.Option, use.Value),
            "The same for globals that can be set: zero or null now, and set by a start function of the new module; or the module's own."
            + " Those that cannot be set need a value: --define-global. References of the host's (`externref`, `funcref`) that cannot be"
            + " set stay imports without being asked, wherever they have been put."),
        new()
        {
            IsAddition = true,
            Long = "define-global",
            Value = OptionValue.Required,
            ValueName = "MODULE.NAME=VALUE",
            Repeatable = true,
            Summary = "Give an imported global a value, and define it in the new module",
            Details =
            [
                "A number, decimal or hexadecimal with `0x` (one of 128 bits for a vector), `inf`, `nan` or `nan:0x` with a payload for"
                + " floats, `null` for references. The other imported globals behind it have to be defined as well. With"
                + " --import-memory=define and --import-table=define, shared libraries can be initialized:"
                + " `--define-global env.__memory_base=1024`, and so on. May be given several times.",
            ],
            Set = static (arguments, use) => arguments.DefinedGlobals.Add(OptionText.ParseDefinition(use.Option, use.Value)),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            IsAddition = true,
            Long = "env",
            Value = OptionValue.Required,
            ValueName = "NAME[=VALUE]",
            Repeatable = true,
            Summary = "With WASI: an environment variable for the module; without a value, the one that is set here",
            Details =
            [
                "May be given several times, the last value counts. It takes the place of one that --inherit-env shows. A `NAME` that"
                + " is not set here is not set for the module either.",
            ],
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Envs.Add(OptionText.ParseVariable(use.Option, use.Value)),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            IsAddition = true,
            Long = "arg",
            Value = OptionValue.Required,
            ValueName = "VALUE",
            Repeatable = true,
            Summary = "With WASI: an argument for the module; the first one is its own name [default: none]",
            Details = ["May be given several times. One that begins with a dash takes an equals sign: `--arg=-x`."],
            Set = static (arguments, use) => arguments.Args.Add(use.Value),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            IsAddition = true,
            Long = "allow-exit-zero",
            Summary = "With WASI: let the initialization function end with `exit(0)`, as programs in Go do",
            Details =
            [
                "The new module starts in the state of that moment. What the function had on its stack stays there: the stack pointer"
                + " is where the call of `exit` left it. Any other exit code is an error, and so is an exit before the initialization"
                + " function is called.",
            ],
            Set = static (arguments, use) => arguments.AllowExitZero = true,
        },
        new()
        {
            IsAddition = true,
            Long = "allow-init-error",
            Summary = "With a component: take the state even if the initialization function returns an error",
            Set = static (arguments, use) => arguments.AllowInitError = true,
        },
        new()
        {
            IsAddition = true,
            Long = "handles",
            Value = OptionValue.Required,
            ValueName = "warn|fail",
            Choices = ["warn", "fail"],
            Summary = "With a component: what becomes of a run that leaves handles of resources open [default: warn]",
            Details =
            [
                "What is open is of the machine that runs the initialization, and not part of the new component: files, directories,"
                + " streams. Handles of the component's own resources are made anew whenever it is instantiated.",
            ],
            Set = static (arguments, use) => arguments.FailsOnLostHandles = OptionText.ParseChoice(use.Option, use.Value) == "fail",
        },
        new()
        {
            IsAddition = true,
            Long = "reset-wasi",
            Value = OptionValue.AttachedBool,
            Summary = "With a component: have it forget what it keeps of WASI once it is initialized [default: true]",
            Details =
            [
                "If handles of WASI are left, `reset_adapter_state` of the adapter of preview 1 and `__wasilibc_reset_preopens` of"
                + " wasi-libc are called, where a core module exports them. Both only forget what is lost anyway, and get it again"
                + " when they need it.",
            ],
            Set = static (arguments, use) => arguments.ResetWasi = use.Flag,
        },
        new()
        {
            IsAddition = true,
            Long = "engine",
            Value = OptionValue.Required,
            ValueName = "embedded|wasmtime",
            Choices = [Arguments.EmbeddedEngine, Arguments.WasmtimeEngine],
            Summary = "Which engine runs the module while it is initialized [default: embedded]",
            Details =
            [
                "The new module is the same. Wasmtime compiles all of a module before it runs, which pays where initialization takes many"
                + " seconds; it comes with the command `wizer-wasmtime`, which takes the same options.",
            ],
            Set = static (arguments, use) => arguments.Engine = OptionText.ParseChoice(use.Option, use.Value),
        },
        new()
        {
            IsAddition = true,
            Long = "layout",
            Value = OptionValue.Required,
            ValueName = "compact|compatible",
            Choices = ["compact", "compatible"],
            Summary = "Make the new module as small as pays when it is loaded, or lay it out as the original does [default: compact]",
            Details =
            [
                "A compact module drops old data segments that no instruction names, with their names, and joins segments wherever"
                + " that takes no more bytes. A compatible one is what version 11 of the original writes, byte for byte; what"
                + " that rejects is rejected.",
            ],
            Set = static (arguments, use) => arguments.Layout = OptionText.ParseLayout(use.Option, use.Value),
        },
        new()
        {
            IsAddition = true,
            Long = "clear-stack",
            Summary = "Leave out of the new module what functions that have returned left on the stack",
            Details =
            [
                "For programs in C, C++, Rust and others that LLVM compiles: what lies below the stack pointer is zero. Where the stack"
                + " is not recognized, nothing is cleared, and a warning says why.",
            ],
            Set = static (arguments, use) => arguments.ClearStack = true,
        },
        new()
        {
            Group = OptionGroup.Reproducibility,
            IsAddition = true,
            Long = "deterministic",
            Summary = "With WASI: show the module the same world on every machine and at any time",
            Details =
            [
                "Clocks stand at SOURCE_DATE_EPOCH (or 0) and advance in steps, random numbers come from --random-seed, NaNs have one"
                + " form, directories are listed in order, and files have no times, inodes or devices of their own. The same input,"
                + " options and files then give the same bytes.",
            ],
            Set = static (arguments, use) => arguments.Deterministic = true,
        },
        new()
        {
            Group = OptionGroup.Reproducibility,
            IsAddition = true,
            Long = "random-seed",
            Value = OptionValue.Required,
            ValueName = "NUMBER",
            Summary = "With --deterministic: what the random numbers begin with [default: 0]",
            Set = static (arguments, use) => arguments.RandomSeed = OptionNumber.ParseCount(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Profiles,
            IsAddition = true,
            Long = "profile-write",
            Value = OptionValue.Required,
            ValueName = "FILE",
            ValueKind = ValueKind.File,
            Summary = "Record which functions are called and busy, for --profile-use",
            Details = ["A profile is some kilobytes, and of this module only: of another build, it is ignored."],
            PathFollows = "",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.ProfileWrite = OptionText.ParseReport(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Profiles,
            IsAddition = true,
            Long = "profile-use",
            Value = OptionValue.Required,
            ValueName = "FILE",
            ValueKind = ValueKind.File,
            Summary = "Compile the functions that a profile names before they are busy",
            Details = ["It changes nothing but the time that initialization takes, whatever it holds."],
            PathFollows = "",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.ProfileUse = OptionText.ParseReport(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Profiles,
            IsAddition = true,
            Long = "profile-embed",
            Value = OptionValue.Required,
            ValueName = "FILE",
            ValueKind = ValueKind.File,
            Summary = "Write the input module with the profile of this run in it, for everybody who will initialize it",
            Details =
            [
                "It is the custom section `wizer.profile` there, which is used when --profile-use names no other, and which initialized"
                + " modules do not have.",
            ],
            PathFollows = "",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.ProfileEmbed = OptionText.ParseReport(use.Option, use.Value),
        },
        Sample(),
        Attribute(),
        new()
        {
            Group = OptionGroup.Limits,
            IsAddition = true,
            Long = "timeout",
            Value = OptionValue.Required,
            ValueName = "SECONDS",
            Summary = "Fail when instantiation and initialization take longer, for example `30` or `0.5` [default: no limit]",
            IsNoPartOfKey = true,
            Set = static (arguments, use) => arguments.Timeout = OptionNumber.ParseSeconds(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Limits,
            IsAddition = true,
            Long = "max-memory",
            Value = OptionValue.Required,
            ValueName = "BYTES",
            Summary = "How much all memories and objects may take together, for example `512M` [default: 4GiB]",
            Details = ["K, M, G and T (or KiB, MiB, GiB, TiB) stand for powers of 1024."],
            Set = static (arguments, use) => arguments.MaxMemory = OptionNumber.ParseBytes(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Limits,
            IsAddition = true,
            Long = "max-table-elements",
            Value = OptionValue.Required,
            ValueName = "COUNT",
            Summary = "How many elements all tables may have together [default: 10000000]",
            Set = static (arguments, use) => arguments.MaxTableElements = OptionNumber.ParseCount(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Limits,
            IsAddition = true,
            Long = "stack-size",
            Value = OptionValue.Required,
            ValueName = "BYTES",
            Summary = "How much the calls of functions within functions may take, for example `16M` [default: 8MiB]",
            Set = static (arguments, use) => arguments.StackSize = OptionNumber.ParseBytes(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Limits,
            IsAddition = true,
            Long = "max-segments",
            Value = OptionValue.Required,
            ValueName = "COUNT",
            Summary = "How many data segments the new module may have [default: 100000, as engines accept]",
            Details = ["Its memories are joined until they fit, zeros between them included. Old segments that have to stay count, too."],
            Set = static (arguments, use) => arguments.MaxSegments = OptionNumber.ParseCount(use.Option, use.Value),
        },
        Depfile(),
        Cache(),
        CacheLimit(),
        PersistentWorker(),
        WorkerProtocol(),
        ErrorFormat(),
    ];

    private static Option Import(string kind, string kinds, OptionSetter set, string details) => new()
    {
        IsAddition = true,
        Long = "import-" + kind,
        Value = OptionValue.Required,
        ValueName = "reject|fresh|define",
        Choices = ["reject", "fresh", "define"],
        Summary = $"What becomes of {kinds} that the module imports [default: reject]",
        Details = [details],
        Set = set,
    };

    private static Option Feature(string proposal, OptionSetter set, params string[] details) => new()
    {
        Group = OptionGroup.Features,
        Long = "wasm-" + proposal,
        Value = OptionValue.OptionalBool,
        Summary = $"Accept modules that use the {proposal} proposal [default: true]",
        Details = details,
        Set = set,
    };
}
