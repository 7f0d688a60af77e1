using System.Buffers;
using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Pipeline;

namespace Wizer.Benchmarks.Scan;

/// <summary>
/// Finding what a memory holds, against what it takes to copy it. The scan only reads, so on untouched memory it should beat
/// the copy. For narrower vectors, see <see cref="BenchmarkConfig"/>.
/// </summary>
[Bytes(nameof(ByteLength))]
public class NonZeroScanBenchmarks
{
    private byte[] _memory = [];
    private byte[] _copy = [];

    internal static long ByteLength => GuestMemory.ByteLength;

    /// <summary>How much of the memory is in use; see <see cref="GuestMemory.Make"/>.</summary>
    [Params("untouched", "heap", "dense")]
    public string Contents { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _memory = GuestMemory.Make(Contents);
        _copy = new byte[_memory.Length];
        RangeList words = ScanWords();
        RangeList vectors = ScanVectors();
        bool isSame = words.Count == vectors.Count && words[words.Count - 1].End == (ulong)_memory.Length;
        for (int i = 0; isSame && i < words.Count; i++)
        {
            isSame = words[i] == vectors[i];
        }

        if (!isSame)
        {
            throw new InvalidOperationException("words and vectors do not find the same");
        }
    }

    [Benchmark(Baseline = true)]
    public byte Copy()
    {
        _memory.AsSpan().CopyTo(_copy);
        return _copy[^1];
    }

    /// <summary>One thread, by words: the twin that vectors are measured against, and what all but huge memories get.</summary>
    [Benchmark]
    public object Words() => ScanWords();

    /// <summary>One thread, by vectors.</summary>
    [Benchmark]
    public object Vectors() => ScanVectors();

    /// <summary>All cores, by words: what a snapshot of a large memory does.</summary>
    [Benchmark]
    public object AllCores() => MemoryScanner.Scan(new ReadOnlySequence<byte>(_memory));

    private RangeList ScanWords()
    {
        var ranges = new RangeList(default, pruneAt: int.MaxValue);
        NonZeroScanner.ScanWords(_memory, 0, ranges);
        return ranges;
    }

    private RangeList ScanVectors()
    {
        var ranges = new RangeList(default, pruneAt: int.MaxValue);
        NonZeroScanner.ScanVectors(_memory, 0, ranges);
        return ranges;
    }
}
