using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Engine;

namespace Wizer.Benchmarks.Interpret;

/// <summary>Running guests: how far each tier is from the same work in C#, once everything is translated or compiled.</summary>
public class KernelBenchmarks
{
    private const int Rounds = 10;

    private Store _store = null!;
    private Function _run = null!;

    /// <summary>What the guest does; see <see cref="Kernels"/>.</summary>
    [ParamsSource(nameof(KernelNames))]
    public string Kernel { get; set; } = "";

    public static IEnumerable<string> KernelNames => Kernels.Names;

    [GlobalSetup]
    public void Setup()
    {
        _store = new Store();
        _run = new Linker().Instantiate(_store, Kernels.Load(Kernel)).FindFunction("run")!;
        if (Interpreted() != Native())
        {
            throw new InvalidOperationException($"the guest computes {Interpreted()}, and not {Native()}");
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public uint Native() => Kernels.RunNative(Kernel, Rounds);

    [Benchmark(OperationsPerInvoke = Rounds)]
    public uint Interpreted() => (uint)_run.Invoke(Rounds)[0];
}
