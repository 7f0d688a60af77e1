using System.Globalization;
using System.Text;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Where a reference is, from the outside in.</summary>
/// <param name="Outer">What it is in; null for a global, a table, a segment.</param>
/// <param name="Kind">What the index counts.</param>
/// <param name="Index">Which one.</param>
internal sealed record Place(Place? Outer, string Kind, ulong Index)
{
    // Beyond so many, only these are shown: the way to the end of a list may have a million steps.
    private const int MaxStepCount = 20;
    private const int FirstStepCount = 4;

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
        var steps = new List<Place>();
        for (Place? place = this; place is not null; place = place.Outer)
        {
            steps.Add(place);
        }

        var text = new StringBuilder();
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int number = steps.Count - 1 - i;
            if (steps.Count > MaxStepCount && number == FirstStepCount)
            {
                i = MaxStepCount - FirstStepCount - 1;
                text.Append(CultureInfo.InvariantCulture, $", {steps.Count - MaxStepCount} more");
            }

            text.Append(CultureInfo.InvariantCulture, $"{(number == 0 ? "" : ", ")}{steps[i].Kind} {steps[i].Index}{steps[i]._name}");
        }

        return text.ToString();
    }
}
