using BenchmarkDotNet.Attributes;
using Wizer.Pipeline;

namespace Wizer.Benchmarks.Merge;

/// <summary>
/// Choosing segments for a memory of ten million ranges, which only a hostile guest has: gaps from one byte, which everybody
/// closes, to a page. The seed is fixed.
/// </summary>
public class SegmentMergeBenchmarks
{
    private const int Count = 10_000_000;

    private ushort[] _gaps = [];
    private byte[] _lengths = [];

    [Params(ModuleLayout.Compact, ModuleLayout.Compatible)]
    public ModuleLayout Layout { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(10);
        _gaps = new ushort[Count];
        _lengths = new byte[Count];
        random.NextBytes(_lengths);
        for (int i = 0; i < Count; i++)
        {
            _gaps[i] = (ushort)(1 + (1 << random.Next(13)) - random.Next(2));
            _lengths[i] |= 1;
        }

        if (AddAndChoose() is not 10_000 and not 100_000)
        {
            throw new InvalidOperationException("the limit does not hold");
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int AddAndChoose()
    {
        var budget = SegmentBudget.For(Layout, keptCount: 0);
        var ranges = new RangeList(default, budget);
        ulong end = 0;
        for (int i = 0; i < Count; i++)
        {
            ulong start = end + _gaps[i];
            end = start + _lengths[i];
            ranges.Add(start, end);
        }

        ranges.Prune();
        RangeList[] memories = [ranges];
        SegmentChoice.Choose(memories, budget);
        return memories[0].Count;
    }
}
