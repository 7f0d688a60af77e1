using System.Globalization;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// The options of <c>wasmtime wizer</c>, for tools that call that: <c>wizer compat wasmtime wizer</c> takes its place. Each is one of
/// ours in other words, or means nothing here, or is refused by name.
/// </summary>
internal static class WasmtimeDialect
{
    private const string NoNetwork = "there is no network while a module is initialized";
    private const string NoInterface = "this interface is not provided";
    private const string NoLimit = "there is no such limit";

    private static readonly string[] s_shared =
        ["init-func", "rename-func", "keep-init-func", "preload", "env", "help", "version", "error-format"];

    /// <summary>The command.</summary>
    internal static CommandSyntax Syntax() => new()
    {
        Kind = CommandKind.PreInitialize,
        Name = $"{ToolName.Text} compat wasmtime wizer",
        Summary = "Pre-initialize a module, with the options of `wasmtime wizer`",
        Operand = "[INPUT]",
        Options = [.. OwnOptions(), .. OptionTable.Options.Where(option => Array.IndexOf(s_shared, option.Long) >= 0)],

        OtherNames =
        [
            ("--allow-wasi", "-S cli"),
            ("--inherit-env", "-S inherit-env"),
            ("--unknown-imports=", "-W unknown-imports-"),
            ("--max-memory", "-W max-memory-size"),
            ("--max-table-elements", "-W max-table-elements"),
            ("--stack-size", "-W max-wasm-stack"),
        ],

        // What is not provided is an error there, unless options say otherwise.
        Prepare = static arguments => arguments.UnknownImports = UnknownImports.Fail,
    };

    private static Option[] OwnOptions() =>
    [
        new()
        {
            Short = 'o',
            Long = "output",
            Value = OptionValue.Required,
            ValueName = "OUTPUT",
            ValueKind = ValueKind.File,
            Summary = "Where to write the new module [default: stdout]",
            PathFollows = "",
            Set = static (arguments, use) => arguments.Output = OptionText.ParseOutput(use.Option, use.Value),
        },
        new()
        {
            Group = OptionGroup.Wasi,
            Long = "dir",
            Value = OptionValue.Required,
            ValueName = "HOST_DIR[::GUEST_DIR]",
            ValueKind = ValueKind.Directory,
            Repeatable = true,
            Summary = "A directory that the module may use, and the name it has there",
            PathFollows = "",
            Set = static (arguments, use) =>
            {
                int colons = use.Value.IndexOf("::", StringComparison.Ordinal);
                arguments.MapDirs.Add(colons < 0 ? use.Value : $"{use.Value[(colons + 2)..]}::{use.Value[..colons]}");
            },
        },
        Keys('S', "wasi", "What the module has of WASI", Wasi(), OptionGroup.Wasi),
        Keys('W', "wasm", "How WebAssembly is executed", Wasm(), OptionGroup.Features),
        Ignored('O', "optimize"),
        Ignored('C', "codegen"),
        Keys('D', "debug", "What helps with finding defects", Debug(), OptionGroup.Diagnostics),
    ];

    private static OptionKey[] Wasi() =>
    [
        OptionKey.Flag("cli", static (arguments, flag) => arguments.AllowWasi = flag),
        OptionKey.Flag("common", static (arguments, flag) => arguments.AllowWasi = flag),
        OptionKey.Flag("inherit-env", static (arguments, flag) => arguments.InheritEnv = flag),

        // Which of two implementations, where here is one; and interfaces that come with the others.
        OptionKey.Accepted("preview2"),
        OptionKey.Accepted("http"),
        OptionKey.Always("cli-exit-with-code"),
        OptionKey.Always("network-error-code"),
        OptionKey.Never("inherit-network", NoNetwork),
        OptionKey.Never("allow-ip-name-lookup", NoNetwork),
        OptionKey.Never("tcp", NoNetwork),
        OptionKey.Never("udp", NoNetwork),
        OptionKey.Never("listenfd", NoNetwork),
        OptionKey.Refused("tcplisten", NoNetwork),
        OptionKey.Never("p3", NoInterface),
        OptionKey.Never("preview0", NoInterface),
        OptionKey.Never("threads", NoInterface),
        OptionKey.Never("config", NoInterface),
        OptionKey.Refused("config-var", NoInterface),
        OptionKey.Never("keyvalue", NoInterface),
        OptionKey.Refused("keyvalue-in-memory-data", NoInterface),
        OptionKey.Never("tls", NoInterface),
        OptionKey.Never("nn", NoInterface),
        OptionKey.Refused("nn-graph", NoInterface),
        OptionKey.Refused("max-resources", NoLimit),
        OptionKey.Refused("hostcall-fuel", NoLimit),
        OptionKey.Refused("max-random-size", NoLimit),
        OptionKey.Refused("max-http-fields-size", NoLimit),
        OptionKey.Refused("http-outgoing-body-buffer-chunks", NoLimit),
        OptionKey.Refused("http-outgoing-body-chunk-size", NoLimit),
    ];

    private static OptionKey[] Wasm()
    {
        const string NotSupported = "this proposal is not supported";
        return
        [
            OptionKey.Flag("unknown-imports-trap", static (arguments, flag) => SetUnknown(arguments, UnknownImports.Trap, flag)),
            OptionKey.Flag("unknown-imports-default", static (arguments, flag) => SetUnknown(arguments, UnknownImports.Default, flag)),
            OptionKey.Accepted("unknown-exports-allow"),
            OptionKey.Flag("nan-canonicalization", static (arguments, flag) => arguments.CanonicalizeNaNs = flag),
            OptionKey.Flag("relaxed-simd-deterministic", static (arguments, flag) => arguments.RelaxedSimdDeterministic = flag),
            OptionKey.Value("timeout", static (arguments, use) => arguments.Timeout = ParseDuration(use)),
            OptionKey.Value("max-memory-size", static (arguments, use) => arguments.MaxMemory = ParseCount(use)),
            OptionKey.Value("max-table-elements", static (arguments, use) => arguments.MaxTableElements = ParseCount(use)),
            OptionKey.Value("max-wasm-stack", static (arguments, use) => arguments.StackSize = ParseCount(use)),
            Feature("bulk-memory", WasmFeatures.BulkMemory),
            Feature("multi-memory", WasmFeatures.MultiMemory),
            Feature("multi-value", WasmFeatures.MultiValue),
            Feature("reference-types", WasmFeatures.ReferenceTypes),
            Feature("simd", WasmFeatures.Simd | WasmFeatures.RelaxedSimd, WasmFeatures.Simd),
            Feature("relaxed-simd", WasmFeatures.RelaxedSimd),
            Feature("tail-call", WasmFeatures.TailCall),
            Feature("threads", WasmFeatures.Threads),
            Feature("memory64", WasmFeatures.Memory64),
            Feature("function-references", WasmFeatures.FunctionReferences),
            Feature("gc", WasmFeatures.Gc),
            Feature("custom-page-sizes", WasmFeatures.CustomPageSizes),
            Feature("wide-arithmetic", WasmFeatures.WideArithmetic),
            Feature("extended-const", WasmFeatures.ExtendedConst),
            Feature("exceptions", WasmFeatures.Exceptions),
            OptionKey.Always("all-proposals"),
            OptionKey.Always("shared-memory"),
            OptionKey.Always("gc-support"),
            OptionKey.Always("component-model"),
            OptionKey.Always("component-model-async"),
            OptionKey.Always("component-model-async-builtins"),
            OptionKey.Always("component-model-error-context"),
            OptionKey.Always("component-model-fixed-length-lists"),
            OptionKey.Accepted("concurrency-support"),
            OptionKey.Never("component-model-async-stackful", NotSupported),
            OptionKey.Never("component-model-threading", NotSupported),
            OptionKey.Never("component-model-gc", NotSupported),
            OptionKey.Never("shared-everything-threads", NotSupported),
            OptionKey.Never("stack-switching", NotSupported),
            OptionKey.Refused("fuel", "-W timeout limits how long the module runs"),
            OptionKey.Accepted("epoch-interruption"),
            OptionKey.Accepted("async-stack-size"),
            OptionKey.Accepted("async-stack-zeroing"),
            OptionKey.Never("wmemcheck", "the engine does not have it"),
            OptionKey.Never("trap-on-grow-failure", "the engine does not have it"),
            OptionKey.Refused("max-instances", NoLimit),
            OptionKey.Refused("max-tables", NoLimit),
            OptionKey.Refused("max-memories", NoLimit),
        ];
    }

    private static OptionKey[] Debug() =>
    [
        OptionKey.Accepted("debug-info"),
        OptionKey.Accepted("guest-debug"),
        OptionKey.Accepted("address-map"),
        OptionKey.Accepted("logging"),
        OptionKey.Never("log-to-files", "the command writes no logs"),
        OptionKey.Refused("coredump", "the command writes no core dumps"),
    ];

    private static OptionKey Feature(string name, WasmFeatures off, WasmFeatures on = WasmFeatures.None) => OptionKey.Flag(
        name,
        (arguments, flag) => arguments.DisabledFeatures = flag
            ? arguments.DisabledFeatures & ~(on == WasmFeatures.None ? off : on)
            : arguments.DisabledFeatures | off);

    private static void SetUnknown(Arguments arguments, UnknownImports kind, bool flag)
    {
        if (flag || arguments.UnknownImports == kind)
        {
            arguments.UnknownImports = flag ? kind : UnknownImports.Fail;
        }
    }

    private static ulong ParseCount(OptionUse use) => OptionNumber.ParseCount(use.Option, use.Value);

    /// <summary><c>2</c>, <c>2s</c>, <c>100ms</c>.</summary>
    private static TimeSpan ParseDuration(OptionUse use)
    {
        string digits = use.Value.TrimEnd('m', 's');
        double unit = use.Value[digits.Length..] switch
        {
            "" or "s" => 1,
            "ms" => 0.001,
            "m" => 60,
            _ => 0,
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && unit != 0
            ? OptionNumber.ParseSeconds(use.Option, (count * unit).ToString(CultureInfo.InvariantCulture))
            : throw UsageException.InvalidKeyValue(use.Option, "timeout", use.Value, "a time such as 30, 30s or 500ms");
    }

    private static Option Keys(char letter, string word, string summary, OptionKey[] keys, OptionGroup group) => new()
    {
        Group = group,
        Short = letter,
        Long = word,
        Value = OptionValue.Required,
        ValueName = "KEY[=VAL[,..]]",
        Repeatable = true,
        Summary = summary,
        Details = ["One of these, or several with commas between them: " + string.Join(", ", keys.Select(key => $"`{key.Name}`")) + "."],
        Set = (arguments, use) => OptionKey.Apply(keys, arguments, use),
    };

    private static Option Ignored(char letter, string word) => new()
    {
        Short = letter,
        Long = word,
        Value = OptionValue.Required,
        ValueName = "KEY[=VAL[,..]]",
        Repeatable = true,
        Summary = "How Wasmtime makes code, whatever it says: it means nothing here, and nothing in the new module depends on it",
        Set = static (_, _) => { },
    };
}
