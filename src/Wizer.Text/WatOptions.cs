namespace Wizer.Text;

/// <summary>How a text is encoded.</summary>
public sealed record WatOptions
{
    /// <summary>The defaults.</summary>
    public static WatOptions Default { get; } = new();

    /// <summary>Whether identifiers are kept, in a <c>name</c> section. Core 3.0, Appendix: Custom Sections, Name Section.</summary>
    public bool NameSection { get; init; } = true;
}
