using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;

namespace Wizer.Benchmarks.Validate;

/// <summary>Validating a 10 MB module: the largest fixed cost of a run, so it is on all cores.</summary>
[Bytes(nameof(CodeLength))]
public class ValidationBenchmarks
{
    private ModuleInfo _module = null!;

    internal static long CodeLength
    {
        get
        {
            ModuleInfo module = ModuleReader.Parse(BigModule.Bytes);
            return module.Bodies[^1].End - module.Bodies[0].Offset;
        }
    }

    [GlobalSetup]
    public void Setup()
    {
        _module = ModuleReader.Parse(BigModule.Bytes);
        if (!OneCore().Uses(Opcode.I32Add) || AllCores().Uses(Opcode.TableCopy))
        {
            throw new InvalidOperationException("the module does not have the instructions it should have");
        }
    }

    [Benchmark(Baseline = true)]
    public ValidationResult OneCore() => ModuleValidator.Validate(_module, WasmFeatures.All, maxWorkers: 1);

    [Benchmark]
    public ValidationResult AllCores() => ModuleValidator.Validate(_module);
}
