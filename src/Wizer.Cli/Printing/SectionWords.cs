using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Cli;

/// <summary>What sections are called.</summary>
internal static class SectionWords
{
    /// <summary>The text format's name for a section of a module.</summary>
    public static string Of(SectionId id) => id switch
    {
        SectionId.DataCount => "data count",
        _ => id.ToString().ToLowerInvariant(),
    };

    /// <summary>The name for a section of a component.</summary>
    public static string Of(ComponentSectionId id) => id switch
    {
        ComponentSectionId.CoreModule => "core module",
        ComponentSectionId.CoreInstance => "core instance",
        ComponentSectionId.CoreType => "core type",
        _ => id.ToString().ToLowerInvariant(),
    };
}
