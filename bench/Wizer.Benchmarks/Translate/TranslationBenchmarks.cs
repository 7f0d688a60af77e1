using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Interpreter;

namespace Wizer.Benchmarks.Translate;

/// <summary>
/// Turning bodies into what the interpreter runs. A run translates only what it calls, so the cost of all 9 MB is an upper
/// bound; instantiating, which both measure, is what is left when nothing is called.
/// </summary>
[Bytes(nameof(CodeLength))]
public unsafe class TranslationBenchmarks
{
    private ModuleInfo _module = null!;

    internal static long CodeLength => Decode.ParseBenchmarks.CodeLength;

    [GlobalSetup]
    public void Setup()
    {
        _module = ModuleReader.Parse(BigModule.Bytes);
        if (Everything() < _module.Bodies.Length)
        {
            throw new InvalidOperationException("not every function was translated");
        }
    }

    [Benchmark(Baseline = true)]
    public int Nothing() => Translate(0);

    [Benchmark]
    public int Everything() => Translate(_module.Bodies.Length);

    private int Translate(int count)
    {
        using var store = new Store();
        var linker = new Linker { UnknownFunctionsTrap = true };
        Instance instance = linker.Instantiate(store, _module);
        int imported = _module.FuncTypeIndices.Length - _module.Bodies.Length;
        for (int i = 0; i < count; i++)
        {
            TrapKind trap = Calls.Translate(store.Context, instance.Data->Funcs[imported + i]);
            if (trap != TrapKind.None)
            {
                throw new InvalidOperationException($"function {i} cannot be translated: {trap}");
            }
        }

        return count;
    }
}
