namespace Wizer.Differential.Generation;

/// <summary>
/// The parts of bodies that can be left out, numbered in the order they are generated: statements, values and whole bodies. What is
/// left out is generated all the same and thrown away, so that the random numbers, and with them all other parts, stay the same;
/// a value leaves a constant in its place. So any choice of parts makes a valid module.
/// </summary>
/// <param name="leftOut">Their numbers.</param>
internal sealed class Parts(IReadOnlySet<int> leftOut)
{
    /// <summary>How many there have been.</summary>
    internal int Count { get; private set; }

    /// <summary>Counts the next part.</summary>
    /// <returns>Whether it is left out.</returns>
    internal bool IsNextLeftOut() => leftOut.Contains(Count++);
}
