namespace Wizer.Pipeline;

/// <summary>A place that code puts an object into once it is there.</summary>
/// <param name="Kind">What kind of place.</param>
/// <param name="Owner">The global, the table, or the object that the place is in.</param>
/// <param name="Item">The element, or the field.</param>
internal sealed record Sink(SinkKind Kind, int Owner, ulong Item)
{
    /// <summary>Another one for the same object.</summary>
    internal Sink? Next { get; init; }
}

/// <summary>What kind of place.</summary>
internal enum SinkKind
{
    /// <summary>A global.</summary>
    Global,

    /// <summary>An element of a table.</summary>
    Element,

    /// <summary>A field or element of an object.</summary>
    Item,
}
