using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Engine;
using Wizer.Engine.Compiler.X64;

namespace Wizer.Benchmarks.Interpret;

/// <summary>Running guests: how far each tier is from the same work in C#, once everything is translated or compiled.</summary>
public class KernelBenchmarks
{
    private const int Rounds = 10;

    private Store _interpreter = null!;
    private Store _compiler = null!;
    private Store _machine = null!;
    private Function _interpreted = null!;
    private Function _compiled = null!;
    private Function _machineCode = null!;

    /// <summary>What the guest does; see <see cref="Kernels"/>.</summary>
    [ParamsSource(nameof(KernelNames))]
    public string Kernel { get; set; } = "";

    public static IEnumerable<string> KernelNames => Kernels.Names;

    [GlobalSetup]
    public void Setup()
    {
        _interpreter = new Store(new EngineOptions { Tier = TierMode.InterpreterOnly });
        _interpreted = new Linker().Instantiate(_interpreter, Kernels.Load(Kernel)).FindFunction("run")!;
        _compiler = new Store(new EngineOptions { Tier = TierMode.CompileEverything, UsesMachineCode = false });
        _compiled = new Linker().Instantiate(_compiler, Kernels.Load(Kernel)).FindFunction("run")!;
        _machine = new Store(new EngineOptions { Tier = TierMode.CompileEverything });
        _machineCode = new Linker().Instantiate(_machine, Kernels.Load(Kernel)).FindFunction("run")!;
        if (Interpreted() != Native() || Compiled() != Native() || MachineCode() != Native())
        {
            throw new InvalidOperationException(
                $"the guest computes {Interpreted()}, {Compiled()} and {MachineCode()}, and not {Native()}");
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _interpreter.Dispose();
        _compiler.Dispose();
        _machine.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public uint Native() => Kernels.RunNative(Kernel, Rounds);

    [Benchmark(OperationsPerInvoke = Rounds)]
    public uint Interpreted() => (uint)_interpreted.Invoke(Rounds)[0];

    [Benchmark(OperationsPerInvoke = Rounds)]
    public uint Compiled() => (uint)_compiled.Invoke(Rounds)[0];

    // Where there is no machine code of our own, and for what it leaves alone, the same as compiled.
    [Benchmark(OperationsPerInvoke = Rounds)]
    public uint MachineCode() => (uint)_machineCode.Invoke(Rounds)[0];
}
