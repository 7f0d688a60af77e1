using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Reads the values of options that are neither numbers nor flags.</summary>
internal static class OptionText
{
    /// <summary>The path of an output; null for stdout.</summary>
    /// <exception cref="UsageException">It is empty.</exception>
    public static string? ParseOutput(Option option, string value) =>
        value.Length == 0 ? throw UsageException.MissingValue(option) : value == Arguments.StandardOutput ? null : value;

    /// <summary>The path of a report, or <see cref="Arguments.StandardOutput"/>.</summary>
    /// <exception cref="UsageException">It is empty.</exception>
    public static string ParseReport(Option option, string value) =>
        value.Length == 0 ? throw UsageException.MissingValue(option) : value;

    /// <summary>An environment variable, with a value or without.</summary>
    /// <exception cref="UsageException">It has no name.</exception>
    public static string ParseVariable(Option option, string value) =>
        value.Length == 0 || value[0] == '=' ? throw UsageException.InvalidVariable(option, value) : value;

    /// <summary>One of the words that the option takes.</summary>
    /// <exception cref="UsageException">It is another one.</exception>
    public static string ParseChoice(Option option, string value) =>
        value.Length == 0 ? throw UsageException.MissingValue(option)
        : Array.IndexOf(option.Choices, value) >= 0 ? value
        : throw UsageException.InvalidChoice(option, value);

    /// <summary>How the new module is laid out.</summary>
    /// <exception cref="UsageException">There is no such layout.</exception>
    public static ModuleLayout ParseLayout(Option option, string value) => value switch
    {
        "compact" => ModuleLayout.Compact,
        "compatible" => ModuleLayout.Compatible,
        "" => throw UsageException.MissingValue(option),
        _ => throw UsageException.InvalidChoice(option, value),
    };

    /// <summary>What becomes of imports.</summary>
    /// <exception cref="UsageException">There is no such policy.</exception>
    public static ImportPolicy ParsePolicy(Option option, string value) => value switch
    {
        "reject" => ImportPolicy.Reject,
        "fresh" => ImportPolicy.Fresh,
        "define" => ImportPolicy.Define,
        "" => throw UsageException.MissingValue(option),
        _ => throw UsageException.InvalidChoice(option, value),
    };

    /// <summary>What becomes of functions that nobody provides.</summary>
    /// <exception cref="UsageException">There is no such choice.</exception>
    public static UnknownImports ParseUnknownImports(Option option, string value) => value switch
    {
        "trap" => UnknownImports.Trap,
        "default" => UnknownImports.Default,
        "fail" => UnknownImports.Fail,
        "" => throw UsageException.MissingValue(option),
        _ => throw UsageException.InvalidChoice(option, value),
    };

    /// <summary>How errors are printed.</summary>
    /// <exception cref="UsageException">There is no such form.</exception>
    public static ErrorFormat ParseErrorFormat(Option option, string value) => FindErrorFormat(value)
        ?? throw (value.Length == 0 ? UsageException.MissingValue(option) : UsageException.InvalidChoice(option, value));

    /// <summary>The same; null when there is no such form.</summary>
    public static ErrorFormat? FindErrorFormat(string value) => value switch
    {
        "text" => ErrorFormat.Text,
        "canonical" => ErrorFormat.Canonical,
        "json" => ErrorFormat.Json,
        _ => null,
    };

    /// <summary>A global, up to the last equals sign, and its value.</summary>
    /// <exception cref="UsageException">There is no such sign.</exception>
    public static GlobalDefinition ParseDefinition(Option option, string value) => value.Contains('=')
        ? GlobalDefinition.Parse(value)
        : throw UsageException.InvalidDefinition(option, value);

    /// <summary>
    /// A module, and from the last equals sign on, what stands in for its functions: its name may well contain another sign.
    /// </summary>
    /// <exception cref="UsageException">Nothing of that kind can.</exception>
    public static ImportStub ParseStub(Option option, string value)
    {
        int equals = value.LastIndexOf('=');
        return (equals < 0 ? "trap" : value[(equals + 1)..]) switch
        {
            "trap" => new ImportStub(equals < 0 ? value : value[..equals]),
            "zero" => new ImportStub(value[..equals], StubKind.Zero),
            _ => throw UsageException.InvalidStub(option, value),
        };
    }

    /// <summary>A new name, up to the first equals sign, and the old one: the name of an export may well contain another sign.</summary>
    /// <exception cref="UsageException">There is no such sign.</exception>
    public static FuncRename ParseRename(Option option, string value)
    {
        int equals = value.IndexOf('=');
        return equals < 0
            ? throw UsageException.InvalidRename(option, value)
            : new FuncRename(value[..equals], value[(equals + 1)..]);
    }
}
