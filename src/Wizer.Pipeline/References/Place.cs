using System.Globalization;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Where a reference is, from the outside in.</summary>
/// <param name="Outer">What it is in; null for a global, a table, a segment.</param>
/// <param name="Kind">What the index counts.</param>
/// <param name="Index">Which one.</param>
internal sealed record Place(Place? Outer, string Kind, ulong Index)
{
    private string _name = "";

    /// <summary>A core module of a component.</summary>
    internal static Place CoreModule(ulong index, string? name) => new(null, "core module", index)
    {
        _name = name is null ? "" : $" ({QuotedName.Of(name)})",
    };

    /// <summary>A global, with its name where it has one.</summary>
    internal static Place Global(ModuleInfo module, uint index) => new(null, "global", index)
    {
        _name = NameSection.Read(module).FindGlobal(index) is { } name ? $" ({QuotedName.Of(name)})" : "",
    };

    /// <summary>An element of a table.</summary>
    internal static Place Table(uint table, ulong element) => new(new Place(null, "table", table), "element", element);

    /// <summary>An item of an element segment.</summary>
    internal static Place Segment(uint segment, uint item) => new(new Place(null, "element segment", segment), "item", item);

    /// <summary>A part of the object there.</summary>
    internal Place Item(ObjectShape shape, int index) =>
        new(this, shape.IsArray ? "element" : shape.IsException ? "value" : "field", (ulong)index);

    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Kind} {Index}{_name}");
        return Outer is null ? text : $"{Outer}, {text}";
    }
}
