namespace Wizer.Binary.Components;

/// <summary>
/// Reads the structure of a component: its definitions, nested components and core modules. Component Model, Binary Format.
/// </summary>
public static class ComponentReader
{
    /// <summary>Parses a component. Nothing is copied: the result refers to <paramref name="component"/>.</summary>
    /// <param name="component">The binary format; must stay unchanged as long as the result is used.</param>
    /// <exception cref="WasmFormatException">The bytes are malformed, or more deeply nested than is supported.</exception>
    /// <exception cref="WasmValidationException">A core type index is so large that no module reaches it.</exception>
    public static ComponentInfo Parse(ReadOnlyMemory<byte> component) => new ComponentParser(component, sites: null).Parse();

    /// <summary>The same, and notes where indices stand.</summary>
    internal static ComponentInfo Parse(ReadOnlyMemory<byte> component, List<IndexSite> sites) =>
        new ComponentParser(component, sites).Parse();
}
