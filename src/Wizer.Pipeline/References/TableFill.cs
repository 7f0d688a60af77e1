namespace Wizer.Pipeline;

/// <summary>Neighbours in a table that are equal, and so many that code sets them better than a segment.</summary>
/// <param name="Table">In the table index space.</param>
/// <param name="Start">The first element.</param>
/// <param name="Count">How many.</param>
/// <param name="Handle">What they refer to, which is no object.</param>
internal readonly record struct TableFill(uint Table, ulong Start, ulong Count, ulong Handle)
{
    /// <summary>From so many on; a segment of functions takes a few bytes for each.</summary>
    internal const int MinCount = 100_000;
}
