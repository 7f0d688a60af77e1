namespace Wizer.Engine;

/// <summary>Where a guest spent its time, by samples of its stack; see <see cref="EngineOptions.SampleInterval"/>.</summary>
public sealed record StackSamples
{
    /// <summary>The functions that were seen, by name; those of Rust and C++ as the source has them.</summary>
    public required IReadOnlyList<string> Functions { get; init; }

    /// <summary>The samples, in their order. The same stack several times in a row is one.</summary>
    public required IReadOnlyList<StackSample> Samples { get; init; }
}

/// <summary>A stack that was seen.</summary>
/// <param name="Functions">The functions that were active, by index in <see cref="StackSamples.Functions"/>, outermost first.</param>
/// <param name="Time">How long it took from the sample before to this one.</param>
public sealed record StackSample(IReadOnlyList<int> Functions, TimeSpan Time);
