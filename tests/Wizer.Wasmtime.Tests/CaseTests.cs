using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Three ways, one output: on the modules for the rewriting rules.</summary>
public class CaseTests
{
    // What Wasmtime does not run, and by what name the error calls it.
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["threads"] = "the engine `wasmtime` cannot run a module with shared memories",
        ["exceptions"] = "the engine `wasmtime` cannot run a module with the older exception instructions (`try`)",
    };

    private static readonly InitEnvironment s_deterministic = new() { Deterministic = new DeterministicOptions() };

    public static TheoryData<string, ModuleLayout> Cases
    {
        get
        {
            var data = new TheoryData<string, ModuleLayout>();
            foreach (string name in WatCase.Names)
            {
                data.Add(name, ModuleLayout.Compact);
                data.Add(name, ModuleLayout.Compatible);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ThreeWays_GiveOneOutput(string name, ModuleLayout layout)
    {
        WatCase wat = WatCase.Load(name);
        var wizer = new PreInitializer(wat.Options with { Layout = layout });
        byte[] module = wat.Compile();
        if (s_refused.TryGetValue(name, out string? reason))
        {
            WizerException refused = Assert.Throws<WizerException>(() => Engines.Runner.Run(wizer, module, s_deterministic));
            Assert.Equal((WizerError.UnsupportedModule, reason), (refused.Error, refused.Message));
            return;
        }

        byte[] expected = EmbeddedEngine.Instance.Run(wizer, module, s_deterministic);
        Assert.Equal(expected, Engines.Runner.Run(wizer, module, s_deterministic));
        if (!name.StartsWith("c", StringComparison.Ordinal) && wat.IsCopyable)
        {
            Assert.Equal(expected, Engines.RunByHand(wizer, module));
        }
    }
}
