using System.Buffers;
using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Benchmarks.Rewrite;

/// <summary>
/// Writing the initialized module: a 10 MB input and a 64 MiB memory of which a third is in use. Its bytes are those of the
/// output. The sink looks at every slice and writes none, so that no disk is measured.
/// </summary>
[Bytes(nameof(OutputLength))]
public class RewriteBenchmarks
{
    private readonly PreInitializer _preInitializer = new();
    private readonly CountingSink _sink = new();
    private ModuleContext _context = null!;
    private StableState _state = null!;
    private ForeignState _foreign = null!;

    /// <summary>The same on every machine and in every process, so the column can compute it for itself.</summary>
    internal static long OutputLength
    {
        get
        {
            var benchmarks = new RewriteBenchmarks();
            benchmarks.Setup();
            return benchmarks.Slices();
        }
    }

    internal static long ModuleLength => BigModule.Bytes.Length;

    [GlobalSetup]
    public void Setup()
    {
        byte[] memory = GuestMemory.Make("heap");
        _state = new StableState(memory);
        _foreign = new ForeignState(memory);
        _context = _preInitializer.Instrument(BigModule.Bytes, _sink);
        long length = Slices();
        if (length != Copies() || length < BigModule.Bytes.Length + memory.Length / 6)
        {
            throw new InvalidOperationException("both ways to a snapshot must write the same");
        }
    }

    /// <summary>Check, validate and instrument: what a foreign runtime is given.</summary>
    [Benchmark]
    [Bytes(nameof(ModuleLength))]
    public ModuleContext Instrument() => _preInitializer.Instrument(BigModule.Bytes, _sink);

    /// <summary>The embedded engine's way: memory goes out as slices of itself.</summary>
    [Benchmark(Baseline = true)]
    public long Slices()
    {
        _preInitializer.TakeSnapshot(_context, _state, _sink);
        return _sink.ByteLength;
    }

    /// <summary>A foreign runtime's way: what the segments hold is copied while the runtime keeps still.</summary>
    [Benchmark]
    public long Copies()
    {
        _preInitializer.Snapshot(_context, _foreign, _sink);
        return _sink.ByteLength;
    }

    private sealed class CountingSink : IModuleSink
    {
        internal long ByteLength { get; private set; }

        public void Write(ModuleSlices module)
        {
            ByteLength = 0;
            for (int i = 0; i < module.Count; i++)
            {
                ByteLength += module[i].Length;
            }
        }
    }

    private sealed class ForeignState(byte[] memory) : IInstanceState
    {
        public GlobalValue ReadGlobal(string exportName, ValType type) => GlobalValue.FromBits(type, 0x1234);

        public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader) =>
            reader(new ReadOnlySequence<byte>(memory), state);
    }

    private sealed class StableState(byte[] memory) : IStableState
    {
        // Every third page: the embedded engine would know as much from the platform.
        private readonly MemoryRange[] _touched = FindTouched(memory);

        public GlobalValue ReadGlobal(int index, ValType type) => GlobalValue.FromBits(type, 0x1234);

        public void ReadMemory<TState>(int index, TState state, MemoryReader<TState> reader) =>
            reader(new ReadOnlySequence<byte>(memory), state);

        public MemoryRange[] FindTouchedRanges(int index) => _touched;

        public ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits) =>
            ReferenceChanges.None;

        public void Clear(int index, MemoryRange range) => memory.AsSpan((int)range.Start, (int)range.ByteLength).Clear();

        private static MemoryRange[] FindTouched(byte[] memory)
        {
            const int Page = 4096;
            var ranges = new List<MemoryRange>();
            for (int at = 0; at < memory.Length; at += Page)
            {
                if (memory.AsSpan(at, Page).ContainsAnyExcept((byte)0))
                {
                    ranges.Add(new MemoryRange((ulong)at, (ulong)(at + Page)));
                }
            }

            return [.. ranges];
        }
    }
}
