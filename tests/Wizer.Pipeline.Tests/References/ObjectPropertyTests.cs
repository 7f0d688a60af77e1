using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Random graphs of objects: an instance of the new module holds the same as the initialized one, wizened once, twice, and after going on.
/// <c>WIZER_GRAPHS=20000</c> makes more of them than an ordinary run, <c>WIZER_GRAPH_SEED</c> others, and what
/// <c>WIZER_GRAPH_DIRECTORY</c> gets is for <c>tests/differential/graphs.mjs</c>.
/// </summary>
public class ObjectPropertyTests
{
    [Fact]
    public void Graphs_AreTheSame()
    {
        int count = Number("WIZER_GRAPHS", 300);
        int seed = Number("WIZER_GRAPH_SEED", 1);
        int compared = 0;
        int started = 0;
        for (int i = 0; i < count; i++)
        {
            string wat = GraphModule.Generate(seed + i);
            byte[] module = Modules.Compile(wat);
            try
            {
                if (Traps(module))
                {
                    continue;
                }

                // Once with what is usual, and once with as many loops as possible, or as some.
                byte[] output = SnapshotRound.Check(module);
                byte[] loops = SnapshotRound.Check(module, limits: LimitsFor(seed + i));
                Write(module, output, loops, seed + i);
                ModuleInfo info = ModuleReader.Parse(output);
                started += info.StartFunc is null ? 0 : 1;
                compared++;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed + i}: {error.Message}\n{wat}", error);
            }
        }

        Assert.InRange(compared, count * 2 / 3, count);
        Assert.InRange(started, count / 4, count);
    }

    private static LoaderLimits LimitsFor(int seed) => (seed % 4) switch
    {
        0 => new LoaderLimits(1, 10, 1_000, 5),
        1 => new LoaderLimits(1, 1, 2, 1),
        _ => SnapshotRound.Loops,
    };

    private static void Write(byte[] input, byte[] output, byte[] loops, int seed)
    {
        if (Environment.GetEnvironmentVariable("WIZER_GRAPH_DIRECTORY") is { } directory)
        {
            File.WriteAllBytes(Path.Combine(directory, $"{seed}.input.wasm"), input);
            File.WriteAllBytes(Path.Combine(directory, $"{seed}.output.wasm"), output);
            File.WriteAllBytes(Path.Combine(directory, $"{seed}.loops.wasm"), loops);
        }
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static bool Traps(byte[] module)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        ModuleValidator.Validate(info);
        using var store = new Store();
        try
        {
            Instance instance = new Linker().Instantiate(store, info);
            instance.Invoke("wizer-initialize");
            instance.Invoke("more");
            return false;
        }
        catch (WasmTrapException)
        {
            return true;
        }
    }
}
