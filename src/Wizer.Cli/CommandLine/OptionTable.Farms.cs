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
        Set = static (arguments, use) => arguments.Depfile = OptionText.ParseReport(use.Option, use.Value),
    };
}
