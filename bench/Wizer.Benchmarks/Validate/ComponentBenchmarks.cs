using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Benchmarks.Validate;

/// <summary>Reading and validating a component with a module of 10 MB in it, beside the module alone.</summary>
[Bytes(nameof(ModuleLength))]
public class ComponentBenchmarks
{
    private static readonly byte[] s_preamble = [0, (byte)'a', (byte)'s', (byte)'m', 0x0d, 0, 1, 0];
    private byte[] _component = [];

    internal static long ModuleLength => BigModule.Bytes.Length;

    [GlobalSetup]
    public void Setup()
    {
        using var output = new PooledBuffer();
        var writer = new WasmWriter(output);
        writer.WriteBytes(s_preamble);
        writer.WriteByte((byte)ComponentSectionId.CoreModule);
        int mark = writer.BeginSized();
        writer.WriteBytes(BigModule.Bytes);
        writer.EndSized(mark);
        _component = output.ToArray();
    }

    [Benchmark(Baseline = true)]
    public ValidationResult Module() => ModuleValidator.Validate(ModuleReader.Parse(BigModule.Bytes));

    [Benchmark]
    public ComponentValidationResult Component() => ComponentValidator.Validate(ComponentReader.Parse(_component));
}
