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

    private static Option Attribute() => new()
    {
        Group = OptionGroup.Profiles,
        IsAddition = true,
        Long = "attribute",
        Value = OptionValue.Required,
        ValueName = "FILE",
        ValueKind = ValueKind.File,
        Summary = "Write which functions wrote the bytes that the new module has more than the input",
        Details =
        [
            "For each stack of functions how many bytes of the memories it wrote last, in the forms of --sample; the report and its page"
            + " have the functions, too. The run is interpreted and takes five to fifty times as long; the new module is the same.",
        ],
        PathFollows = "",
        IsNoPartOfKey = true,
        Set = static (arguments, use) => arguments.Attribute = OptionText.ParseReport(use.Option, use.Value),
    };
}
