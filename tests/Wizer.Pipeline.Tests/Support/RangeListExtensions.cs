namespace Wizer.Pipeline.Tests;

internal static class RangeListExtensions
{
    public static MemoryRange[] ToArray(this RangeList list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i])];
}
