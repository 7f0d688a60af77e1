using System.Text;
using System.Text.Json;
using Wizer.Engine;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--sample</c>: where the initialization spent its time, for those who draw flame graphs.</summary>
public sealed class SampleTests : TestDirectory
{
    private static readonly StackSamples s_samples = new()
    {
        Functions = ["main", "std::map<int; long>::find", "a\nb"],
        Samples =
        [
            new StackSample([0, 1], TimeSpan.FromMicroseconds(1500)), new StackSample([0], TimeSpan.FromMicroseconds(20)),
            new StackSample([0, 1], TimeSpan.FromMicroseconds(2.5)), new StackSample([0, 2], TimeSpan.FromTicks(1)),
            new StackSample([2, 0], TimeSpan.FromMicroseconds(7)),
        ],
    };

    [Fact]
    public void Folded_HasALineForEachStack() => Assert.Equal(
        "main;std::map<int: long>::find 1502\nmain 20\na b;main 7\n",
        Encoding.UTF8.GetString(StackWriter.FormatFolded(WeightedStacks.Of(s_samples)).Span));

    [Fact]
    public void Speedscope_HasAnItemForEachSample()
    {
        JsonElement file = JsonDocument.Parse(StackWriter.FormatSpeedscope(WeightedStacks.Of(s_samples), "app.wasm")).RootElement;
        Assert.Equal("https://www.speedscope.app/file-format-schema.json", file.GetProperty("$schema").GetString());
        Assert.Equal("app.wasm", file.GetProperty("name").GetString());
        JsonElement frames = file.GetProperty("shared").GetProperty("frames");
        Assert.Equal(s_samples.Functions, frames.EnumerateArray().Select(frame => frame.GetProperty("name").GetString()));
        JsonElement profile = Assert.Single(file.GetProperty("profiles").EnumerateArray());
        Assert.Equal("sampled", profile.GetProperty("type").GetString());
        Assert.Equal("microseconds", profile.GetProperty("unit").GetString());
        Assert.Equal("[[0,1],[0],[0,1],[0,2],[2,0]]", profile.GetProperty("samples").GetRawText());
        Assert.Equal("[1500,20,2.5,0.1,7]", profile.GetProperty("weights").GetRawText());
        Assert.Equal(1529.6, profile.GetProperty("endValue").GetDouble(), tolerance: 0.001);
    }

    [Theory]
    [InlineData("p.speedscope.json", '{')]
    [InlineData("p.json", '{')]
    [InlineData("p.folded", 'w')]
    [InlineData("p.TXT", 'w')]
    public void Sample_WritesWhatTheNameSays(string name, char first)
    {
        Run($"in.wat -o out.wasm --sample {name}").Succeeded();
        Assert.Equal(Expected(), File.ReadAllBytes(In("out.wasm")));
        string text = File.ReadAllText(In(name));
        Assert.Contains("wizer-initialize", text, StringComparison.Ordinal);
        Assert.Equal(first, text[0]);
    }

    [Fact]
    public void Sample_GoesToStdout_WhereTheModuleDoesNot()
    {
        byte[] output = Run("in.wat -o out.wasm --sample -").Succeeded().Output;
        Assert.Equal("sampled", JsonDocument.Parse(output).RootElement.GetProperty("profiles")[0].GetProperty("type").GetString());
        WizerResult result = Run("in.wat --sample -");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: the samples cannot go to '-', which is the new module\n", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_OfAComponent_HasItsFunctions()
    {
        File.WriteAllText(
            In("c.wat"),
            """
            (component (core module $m (func $work (export "work")))
              (core instance $i (instantiate $m)) (func (export "work") (canon lift (core func $i "work"))))
            """);
        Run("c.wat -f work -o out.wasm --sample p.folded").Succeeded();
        Assert.Matches("^work [0-9]+\n$", File.ReadAllText(In("p.folded")));
    }

    [Theory]
    [InlineData("in.wat -o out.wasm --sample in.wat", "error: the samples cannot go to 'in.wat', which is the input\n")]
    [InlineData("in.wat -o out.wasm --report r.json --sample r.json", "error: the samples cannot go to 'r.json', which is the report\n")]
    [InlineData("in.wat -o out.wasm --engine wasmtime --sample p", "error: '--sample <FILE>' cannot be used with '--engine=wasmtime'")]
    public void Sample_ThatMakesNoSense_IsAUsageError(string command, string message)
    {
        WizerResult result = Run(command);
        Assert.StartsWith(message, result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
        Assert.False(File.Exists(In("out.wasm")));
    }

    [Fact]
    public void Sample_ReplacesNoModule()
    {
        File.WriteAllBytes(In("other.wasm"), Expected());
        Assert.Contains("a module is there", Run("in.wat -o out.wasm --sample other.wasm").Errors, StringComparison.Ordinal);
        Assert.Equal(Expected(), File.ReadAllBytes(In("other.wasm")));
    }

    // What was not run has nothing to tell.
    [Fact]
    public void Sample_IsOfARun_AndNotOfACache()
    {
        Run("in.wat -o out.wasm --deterministic --cache cache").Succeeded();
        Run("in.wat -o out.wasm --deterministic --cache cache --sample p.folded").Succeeded();
        Assert.Contains("wizer-initialize", File.ReadAllText(In("p.folded")), StringComparison.Ordinal);
    }
}
