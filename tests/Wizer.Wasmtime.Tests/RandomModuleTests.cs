using System.Globalization;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>
/// Three ways, one output: on random modules. <c>WIZER_RANDOM_MODULES</c> says how many to compare, and <c>WIZER_RANDOM_SEED</c> where to begin.
/// </summary>
public class RandomModuleTests
{
    private static readonly InitEnvironment s_deterministic = new()
    {
        Deterministic = new DeterministicOptions(),
        Timeout = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void ThreeWays_GiveOneOutput()
    {
        int wanted = Number("WIZER_RANDOM_MODULES", 100);
        int seed = Number("WIZER_RANDOM_SEED", 1);
        int initialized = 0;
        for (int i = 0; i < wanted; i++)
        {
            initialized += Compare(seed + i) ? 1 : 0;
        }

        // They are of use only while most of them come to their end.
        Assert.True(initialized > wanted / 2, $"only {initialized} of {wanted} did not trap");
    }

    private static bool Compare(int seed)
    {
        byte[] module = Modules.Compile(ModuleGenerator.Generate(seed));
        var wizer = new PreInitializer();
        string expected = Try(() => EmbeddedEngine.Instance.Run(wizer, module, s_deterministic));
        string actual = Try(() => Engines.Runner.Run(wizer, module, s_deterministic));
        bool isError = expected.Contains(' ', StringComparison.Ordinal);
        string byHand = isError ? expected : Try(() => Engines.RunByHand(wizer, module));
        Assert.True(
            expected == actual && expected == byHand,
            $"seed {seed}: {expected.Length} {actual.Length} {byHand.Length}\n{(isError ? $"{expected}\n{actual}" : "")}");
        return !isError;
    }

    private static string Try(Func<byte[]> run)
    {
        try
        {
            return Convert.ToHexString(run());
        }
        catch (WizerException error)
        {
            string cause = (error.InnerException as WasmTrapException)?.DisplayMessage ?? error.InnerException?.Message ?? "";
            return $"{error.Error} {error.Message}: {cause}";
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : otherwise;
}
