using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Pipeline;

namespace Wizer.Benchmarks.EndToEnd;

/// <summary>
/// The whole job in process, without files: a module of some sixty bytes, which is what a call costs at least (under a
/// millisecond and 32 KB, once warm), and one of 10 MB whose initialization does nothing, which is what size costs.
/// </summary>
public class PreInitializerBenchmarks
{
    private readonly PreInitializer _preInitializer = new();
    private readonly LengthSink _sink = new();

    // (module (memory (export "m") 1) (func (export "wizer-initialize") (i32.store8 (i32.const 8) (i32.const 7))))
    private readonly byte[] _small =
    [
        0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
        1, 4, 1, 0x60, 0, 0,
        3, 2, 1, 0,
        5, 3, 1, 0, 1,
        7, 24, 2, 1, (byte)'m', 2, 0, 16, .. "wizer-initialize"u8, 0, 0,
        10, 11, 1, 9, 0, 0x41, 8, 0x41, 7, 0x3a, 0, 0, 0x0b,
    ];

    [GlobalSetup]
    public void Setup()
    {
        // What the export took goes, and a segment of one byte comes.
        if (Small() >= _small.Length || Large() < BigModule.Bytes.Length / 2)
        {
            throw new InvalidOperationException("the outputs are not what they should be");
        }
    }

    [Benchmark]
    public long Small() => Run(_small);

    [Benchmark]
    public long Large() => Run(BigModule.Bytes);

    private long Run(byte[] module)
    {
        _preInitializer.Run(module, _sink);
        return _sink.ByteLength;
    }

    private sealed class LengthSink : IModuleSink
    {
        internal long ByteLength { get; private set; }

        public void Write(ModuleSlices module) => ByteLength = module.ByteLength;
    }
}
