using BenchmarkDotNet.Attributes;
using Wizer.Binary;

namespace Wizer.Benchmarks.Decode;

/// <summary>Reading LEB128 integers, by how long they are: indices are nearly all short, constants and offsets mixed.</summary>
public class Leb128Benchmarks
{
    private const int Count = 100_000;

    private byte[] _bytes = [];
    private ulong _sum;

    /// <summary>Bytes of each integer: always one; what a code section looks like; always five.</summary>
    [Params("one", "mixed", "five")]
    public string Length { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(128);
        var stream = new MemoryStream();
        for (int i = 0; i < Count; i++)
        {
            uint value = Length switch
            {
                "one" => (uint)random.Next(128),
                "five" => uint.MaxValue - (uint)random.Next(1 << 28),
                _ => (uint)random.Next(1 << random.Next(1, 20)),
            };
            _sum += value;
            for (; value >= 0x80; value >>= 7)
            {
                stream.WriteByte((byte)(value | 0x80));
            }

            stream.WriteByte((byte)value);
        }

        _bytes = stream.ToArray();
        if (ReadU32() != _sum)
        {
            throw new InvalidOperationException("the integers do not come back");
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong ReadU32()
    {
        var reader = new WasmReader(_bytes);
        ulong sum = 0;
        while (!reader.IsAtEnd)
        {
            sum += reader.ReadU32();
        }

        return sum;
    }

    /// <summary>The same bytes read as 64 bits: offsets of memory accesses.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public ulong ReadU64()
    {
        var reader = new WasmReader(_bytes);
        ulong sum = 0;
        while (!reader.IsAtEnd)
        {
            sum += reader.ReadU64();
        }

        return sum;
    }
}
