using Wizer.Differential.Components;
using Xunit;

namespace Wizer.Differential.Tests;

/// <summary>The short form of the comparison of components: <c>tests/differential/run --components</c> is the long one.</summary>
public sealed class ComponentTests
{
    [Fact]
    public void Engines_Agree()
    {
        using var output = new StringWriter();
        using var comparison = new ComponentComparison(output, Path.Combine(Path.GetTempPath(), "wizer-differential"));
        for (ulong seed = 1; seed <= 40; seed++)
        {
            comparison.Run(ComponentGenerator.Generate(seed));
        }

        Assert.True(comparison.Conclude(), output.ToString());

        // Both would agree about nothing, too.
        Assert.True(comparison.Outcomes["values"] > 400, output.ToString());
        Assert.True(comparison.Outcomes["traps"] > 10, output.ToString());
    }

    [Fact]
    public void Generator_MakesTheSameOfASeed()
    {
        GeneratedComponent first = ComponentGenerator.Generate(7);
        GeneratedComponent second = ComponentGenerator.Generate(7);

        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(first.Calls.Select(static call => call.ToString()), second.Calls.Select(static call => call.ToString()));
        Assert.NotEqual(first.Text, ComponentGenerator.Generate(8).Text);
    }
}
