namespace Wizer.Pipeline;

/// <summary>From how many objects on the start function makes them in loops over data, and not one by one.</summary>
/// <param name="MinCount">How many there are to be, references in arrays counted as well: loops take some hundred bytes each.</param>
/// <param name="MinClassCount">How many of a kind, counted in the same way, that a loop is worth it.</param>
/// <param name="MaxClassCount">How many loops there may be.</param>
/// <param name="MinPatchCount">How many references of a kind have to be set afterwards, that a loop is worth it.</param>
internal sealed record LoaderLimits(int MinCount, int MinClassCount, int MaxClassCount, int MinPatchCount)
{
    /// <summary>What pays in V8 (see <c>docs/performance.md</c>).</summary>
    internal static LoaderLimits Default { get; } = new(MinCount: 2_000, MinClassCount: 64, MaxClassCount: 1_000, MinPatchCount: 16);
}
