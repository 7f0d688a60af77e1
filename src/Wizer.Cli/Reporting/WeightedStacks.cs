using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Stacks of functions with what each weighs: time or bytes.</summary>
/// <param name="Title">Of what they are.</param>
/// <param name="Unit">What the weights are, as speedscope calls it.</param>
/// <param name="Functions">The names of the functions.</param>
/// <param name="Stacks">The stacks in their order: functions by index, outermost first.</param>
internal sealed record WeightedStacks(
    string Title, string Unit, IReadOnlyList<string> Functions, IReadOnlyList<(IReadOnlyList<int> Functions, double Weight)> Stacks)
{
    /// <summary>Where the time went, in microseconds.</summary>
    public static WeightedStacks Of(StackSamples samples) => new(
        "initialization",
        "microseconds",
        samples.Functions,
        [.. samples.Samples.Select(sample => (sample.Functions, sample.Time.TotalMicroseconds))]);

    /// <summary>Who wrote the bytes of the memories.</summary>
    public static WeightedStacks Of(Attribution attribution)
    {
        var stacks = new List<(IReadOnlyList<int> Functions, double Weight)>();
        var functions = new List<string>(attribution.Functions);
        foreach (AttributedStack stack in attribution.Stacks)
        {
            stacks.Add((stack.Functions, stack.ByteLength));
        }

        if (attribution.HostByteLength > 0)
        {
            functions.Add("(host)");
            stacks.Add(([functions.Count - 1], attribution.HostByteLength));
        }

        return new WeightedStacks("bytes of the memories", "bytes", functions, stacks);
    }
}
