namespace Wizer.Cli;

// The options for build systems, in their order.
internal static partial class OptionTable
{
    private static Option Depfile() => new()
    {
        Group = OptionGroup.Farms,
        IsAddition = true,
        Long = "depfile",
        Value = OptionValue.Required,
        ValueName = "FILE",
        ValueKind = ValueKind.File,
        Summary = "Write which files the new module depends on, as a rule for Make and Ninja",
        Details =
        [
            "The module itself, modules to preload, a profile, and the files that the module read or asked about and the directories"
            + " that it listed while it was initialized. Written after the new module, like it complete or not at all.",
        ],
        PathFollows = "",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.Depfile = OptionText.ParseReport(use.Option, use.Value),
    };

    private static Option Cache() => new()
    {
        Group = OptionGroup.Farms,
        IsAddition = true,
        Long = "cache",
        Value = OptionValue.Required,
        ValueName = "DIR|URL",
        ValueKind = ValueKind.Directory,
        Summary = "With --deterministic: take the new module from a cache if it is there, and put it there if not",
        Details =
        [
            "A directory, or the `http://` or `https://` address of a server that speaks the protocol of Bazel's remote cache. Found is"
            + " what was made of the same module with the same options and, whatever it looked at, the same files. A cache that"
            + " fails is told once and not used. The variable WIZER_CACHE names one for all deterministic runs.",
        ],
        PathFollows = "",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.Cache = OptionText.ParseReport(use.Option, use.Value),
    };

    private static Option CacheLimit() => new()
    {
        Group = OptionGroup.Farms,
        IsAddition = true,
        Long = "cache-limit",
        Value = OptionValue.Required,
        ValueName = "BYTES",
        Summary = "How much a directory that is a cache may take; what was not used for longest goes first [default: 4GiB]",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.CacheLimit = OptionNumber.ParseBytes(use.Option, use.Value),
    };

    /// <summary>How errors look, for each command.</summary>
    internal static Option ErrorFormat() => new()
    {
        Group = OptionGroup.Diagnostics,
        IsAddition = true,
        Long = "error-format",
        Value = OptionValue.Required,
        ValueName = "text|canonical|json",
        Choices = ["text", "canonical", "json"],
        Summary = "How errors and warnings are printed [default: text]",
        Details =
        [
            "`canonical` is a line as MSBuild and editors recognize it, `app.wasm : error WZ0036: ...`; `json` is an object in a line. Both"
            + " have the number of the error or warning, which docs/errors.md explains.",
        ],
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.ErrorFormat = OptionText.ParseErrorFormat(use.Option, use.Value),
    };

    private static Option PersistentWorker() => new()
    {
        Group = OptionGroup.Farms,
        IsAddition = true,
        Long = "persistent_worker",
        Summary = "Serve requests of Bazel on stdin and stdout until there are no more, as `wizer worker` does",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.IsWorker = true,
    };

    /// <summary>How requests are written, for the commands that read them.</summary>
    internal static Option WorkerProtocol() => new()
    {
        Group = OptionGroup.Farms,
        IsAddition = true,
        Long = "worker-protocol",
        Value = OptionValue.Required,
        ValueName = "proto|json",
        Choices = ["proto", "json"],
        Summary = "How requests of a worker are written [default: proto]",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.WorkerProtocol = OptionText.ParseChoice(use.Option, use.Value),
    };
}
