namespace Wizer.Cli;

/// <summary>Which option; the value an <see cref="Arguments"/> is told to take.</summary>
internal enum OptionId
{
    Output,
    InitFunc,
    RenameFunc,
    KeepInitFunc,
    AllowWasi,
    RelaxedSimdDeterministic,
    Preload,
    InheritStdio,
    InheritEnv,
    Dir,
    MapDir,
    WasmMultiMemory,
    WasmMultiValue,
    WasmBulkMemory,
    WasmSimd,
    WasmRelaxedSimd,
    WasmReferenceTypes,
    Help,
}

/// <summary>How an option's value is written.</summary>
internal enum OptionValue
{
    /// <summary><c>--allow-wasi</c>; <c>--allow-wasi=x</c> is an error.</summary>
    None,

    /// <summary><c>--dir x</c>, <c>--dir=x</c>.</summary>
    Required,

    /// <summary><c>--inherit-env</c>, <c>--inherit-env=true</c>, <c>--inherit-env true</c>: a bare one takes the next word.</summary>
    OptionalBool,

    /// <summary><c>--keep-init-func</c>, <c>--keep-init-func=true</c>, but a next word is never its value.</summary>
    AttachedBool,
}

/// <summary>One row of <see cref="OptionTable"/>.</summary>
internal sealed class Option
{
    public required OptionId Id { get; init; }

    /// <summary>The letter of <c>-x</c>, or <c>'\0'</c>.</summary>
    public char Short { get; init; }

    /// <summary>The word of <c>--word</c>, or null.</summary>
    public string? Long { get; init; }

    /// <summary>A second word that works and is not shown.</summary>
    public string? Alias { get; init; }

    public OptionValue Value { get; init; }

    /// <summary>What the value is called, in angle brackets.</summary>
    public string ValueName { get; init; } = "true|false";

    /// <summary>May be given more than once.</summary>
    public bool Repeatable { get; init; }

    /// <summary>One line for <c>-h</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>What <c>--help</c> says beyond the summary; paragraphs of one line each.</summary>
    public string[] Details { get; init; } = [];

    /// <summary>The option with its value, the way usage lines and errors show it.</summary>
    public string Notation => Flag + Value switch
    {
        OptionValue.Required => $" <{ValueName}>",
        OptionValue.OptionalBool => $" [<{ValueName}>]",
        OptionValue.AttachedBool => $"[=<{ValueName}>]",
        _ => "",
    };

    /// <summary>The longest spelling, without a value.</summary>
    public string Flag => Long is null ? $"-{Short}" : $"--{Long}";

    public bool IsBool => Value is OptionValue.OptionalBool or OptionValue.AttachedBool;
}

/// <summary>
/// Every option of the command, in the order of the original's help: the parser, its errors and the help text read this
/// table and nothing else knows an option's spelling.
/// </summary>
internal static class OptionTable
{
    public static readonly Option[] Options =
    [
        new()
        {
            Id = OptionId.Output,
            Short = 'o',
            Value = OptionValue.Required,
            ValueName = "OUTPUT",
            Summary = "Where to write the new module [default: stdout]",
            Details =
            [
                "The file appears only once it is complete; after an error, an existing file is as it was. `-` is stdout.",
            ],
        },
        new()
        {
            Id = OptionId.InitFunc,
            Short = 'f',
            Long = "init-func",
            Value = OptionValue.Required,
            ValueName = "INIT_FUNC",
            Summary = "The exported function that initializes the module [default: wizer-initialize]",
            Details = ["It takes no parameters and returns nothing. An exported `_initialize` is called before it."],
        },
        new()
        {
            Id = OptionId.RenameFunc,
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
        },
        new()
        {
            Id = OptionId.KeepInitFunc,
            Long = "keep-init-func",
            Value = OptionValue.AttachedBool,
            Summary = "Keep the export of the initialization function in the new module [default: false]",
        },
        new()
        {
            Id = OptionId.AllowWasi,
            Long = "allow-wasi",
            Summary = "Let the module call WASI functions while it is initialized",
            Details =
            [
                "What the module learns from the outside then, random numbers included, is the same for every later instance"
                + " of the new module.",
            ],
        },
        new()
        {
            Id = OptionId.RelaxedSimdDeterministic,
            Long = "relaxed-simd-deterministic",
            Value = OptionValue.AttachedBool,
            Summary = "Run relaxed SIMD instructions by the deterministic profile",
            Details = ["The default. Otherwise, the result may depend on the machine."],
        },
        new()
        {
            Id = OptionId.Preload,
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
        },
        new()
        {
            Id = OptionId.InheritStdio,
            Long = "inherit-stdio",
            Value = OptionValue.OptionalBool,
            Summary = "With WASI: let the module use stdin, stdout and stderr [default: true]",
        },
        new()
        {
            Id = OptionId.InheritEnv,
            Long = "inherit-env",
            Value = OptionValue.OptionalBool,
            Summary = "With WASI: let the module see the environment variables [default: false]",
        },
        new()
        {
            Id = OptionId.Dir,
            Long = "dir",
            Value = OptionValue.Required,
            ValueName = "directory",
            Repeatable = true,
            Summary = "With WASI: a directory that the module may use [default: none]",
        },
        new()
        {
            Id = OptionId.MapDir,
            Long = "mapdir",
            Value = OptionValue.Required,
            ValueName = "GUEST_DIR::HOST_DIR",
            Repeatable = true,
            Summary = "With WASI: a directory that the module may use, and the name it has there",
        },
        Feature(OptionId.WasmMultiMemory, "multi-memory"),
        Feature(OptionId.WasmMultiValue, "multi-value"),
        Feature(OptionId.WasmBulkMemory, "bulk-memory"),
        Feature(OptionId.WasmSimd, "simd", "Relaxed SIMD builds on it: to switch it off, switch off both."),
        Feature(OptionId.WasmRelaxedSimd, "relaxed-simd"),
        Feature(OptionId.WasmReferenceTypes, "reference-types"),
        new()
        {
            Id = OptionId.Help,
            Short = 'h',
            Long = "help",
            Summary = "Print this help (`-h` is shorter, `--help` says more)",
        },
    ];

    public static Option? FindShort(char letter)
    {
        foreach (Option option in Options)
        {
            if (option.Short == letter && letter != '\0')
            {
                return option;
            }
        }

        return null;
    }

    public static Option? FindLong(ReadOnlySpan<char> word)
    {
        foreach (Option option in Options)
        {
            if ((option.Long is not null && word.SequenceEqual(option.Long))
                || (option.Alias is not null && word.SequenceEqual(option.Alias)))
            {
                return option;
            }
        }

        return null;
    }

    private static Option Feature(OptionId id, string proposal, params string[] details) => new()
    {
        Id = id,
        Long = "wasm-" + proposal,
        Value = OptionValue.OptionalBool,
        Summary = $"Accept modules that use the {proposal} proposal [default: true]",
        Details = details,
    };
}
