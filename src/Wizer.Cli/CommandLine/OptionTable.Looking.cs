namespace Wizer.Cli;

// The options for who wants to know what a run does.
internal static partial class OptionTable
{
    private static Option Sample() => new()
    {
        Group = OptionGroup.Profiles,
        IsAddition = true,
        Long = "sample",
        Value = OptionValue.Required,
        ValueName = "FILE",
        ValueKind = ValueKind.File,
        Summary = "Write in which functions the initialization spent its time, for speedscope and flame graphs",
        Details =
        [
            "By samples of the stack, one each millisecond. The file is JSON for speedscope, or has folded stacks if its name ends in"
            + " `.folded` or `.txt`. It is for people: --profile-write records something else, for later runs. The new module is the"
            + " same, and comes from no cache. `-` is stdout.",
        ],
        PathFollows = "",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.Sample = OptionText.ParseReport(use.Option, use.Value),
    };
}
