using Wizer.Differential.Comparing;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;
using Xunit;

namespace Wizer.Differential.Tests;

/// <summary>The short form of the comparison: <c>tests/differential/run</c> is the long one.</summary>
public sealed class OpinionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Engines_Agree(bool newer)
    {
        IReadOnlyList<IOpinion> opinions = Opinions.Engines();
        using var output = new StringWriter();
        var comparison = new Comparison(opinions, output, Path.Combine(Path.GetTempPath(), "wizer-differential"));
        for (ulong seed = 1; seed <= 75; seed++)
        {
            comparison.Run(ModuleGenerator.Generate(seed, newer));
        }

        foreach (IOpinion opinion in opinions)
        {
            opinion.Dispose();
        }

        Assert.True(comparison.Conclude(), output.ToString());
        Assert.All(comparison.ModulesOf, static count => Assert.True(count >= 30, $"only {count} modules"));
    }

    /// <summary>Kinds of difference that a longer run showed once, none of them a fault of an engine's.</summary>
    [Theory]
    [InlineData(1795898504067, "an exception leaves the start function, which is no trap to Wasmtime's binding")]
    public void Engines_AgreeAboutWhatOnceDiffered(ulong seed, string what)
    {
        IReadOnlyList<IOpinion> opinions = Opinions.Engines();
        Difference? difference = Difference.Of(ModuleGenerator.Generate(seed, newer: true), opinions);
        foreach (IOpinion opinion in opinions)
        {
            opinion.Dispose();
        }

        Assert.True(difference is null, $"{what}: {difference}");
    }

    [Fact]
    public void Outcomes_AgreeWhenOneOfficialTextMayBeMeant()
    {
        Outcome ours = Outcome.Trap("undefined element", "undefined element");
        Outcome theirs = Outcome.Trap("table index is out of bounds", "undefined element", "out of bounds table access");

        Assert.True(ours.Agrees(theirs));
        Assert.False(ours.Agrees(Outcome.Trap("unreachable", "unreachable")));
        Assert.False(ours.Agrees(Outcome.Trap("words that nobody knows")));
        Assert.False(ours.Agrees(new Outcome("undefined element")));
        Assert.False(new Outcome("00000001").Agrees(new Outcome("00000002")));
    }
}
