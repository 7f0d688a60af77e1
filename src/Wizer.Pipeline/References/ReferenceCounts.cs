namespace Wizer.Pipeline;

/// <summary>How much of everything was taken.</summary>
internal sealed class ReferenceCounts
{
    /// <summary>The tables that are not as instantiation makes them.</summary>
    internal int Tables { get; set; }

    /// <summary>Their elements that are not null.</summary>
    internal long Elements { get; set; }

    /// <summary>The mutable globals of reference types.</summary>
    internal int Globals { get; set; }

    /// <summary>The objects, by the index of their type.</summary>
    internal SortedDictionary<uint, int> Objects { get; } = [];

    /// <summary>The exceptions.</summary>
    internal int Exceptions { get; set; }

    /// <summary>Counts the objects.</summary>
    internal void Count(ObjectGraph graph)
    {
        for (int i = 0; i < graph.Count; i++)
        {
            if (graph.ShapeOf(i).IsException)
            {
                Exceptions++;
            }
            else
            {
                Objects[graph.TypeOf(i)] = Objects.GetValueOrDefault(graph.TypeOf(i)) + 1;
            }
        }
    }
}
