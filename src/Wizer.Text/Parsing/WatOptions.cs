using Wizer.Binary;

namespace Wizer.Text;

/// <summary>How a text is encoded.</summary>
public sealed record WatOptions
{
    /// <summary>The defaults.</summary>
    public static WatOptions Default { get; } = new();

    /// <summary>Whether identifiers are kept, in a <c>name</c> section. Core 3.0, Appendix: Custom Sections, Name Section.</summary>
    public bool NameSection { get; init; } = true;

    /// <summary>
    /// What the text format may express. Only what no validator could tell later matters: without 64-bit memories and tables,
    /// sizes of more than 32 bits are malformed.
    /// </summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;
}
