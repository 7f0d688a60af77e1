using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;

namespace Wizer.Benchmarks.Decode;

/// <summary>Reading a 10 MB module without running it: what every command pays first.</summary>
[Bytes(nameof(ModuleLength))]
public class ParseBenchmarks
{
    private byte[] _module = [];
    private ModuleInfo _info = null!;

    internal static long ModuleLength => BigModule.Bytes.Length;

    internal static long CodeLength => CodeOf(ModuleReader.Parse(BigModule.Bytes)).Length;

    [GlobalSetup]
    public void Setup()
    {
        _module = BigModule.Bytes;
        _info = Sections();
        if (_info.Bodies.Length == 0 || Instructions() < _info.Bodies.Length)
        {
            throw new InvalidOperationException("the module is too small to say anything");
        }
    }

    /// <summary>The sections and their items; bodies and data stay where they are.</summary>
    [Benchmark]
    public ModuleInfo Sections() => ModuleReader.Parse(_module);

    /// <summary>Every instruction of the code section, decoded and dropped: what a second pass over the code would cost.</summary>
    [Benchmark]
    [Bytes(nameof(CodeLength))]
    public int Instructions()
    {
        int count = 0;
        foreach (ByteRange body in _info.Bodies)
        {
            var reader = new WasmReader(body.Of(_module), body.Offset);
            for (uint declarations = reader.ReadU32(); declarations > 0; declarations--)
            {
                reader.ReadU32();
                reader.ReadByte();
            }

            while (!reader.IsAtEnd)
            {
                InstructionReader.Skip(ref reader);
                count++;
            }
        }

        return count;
    }

    private static ByteRange CodeOf(ModuleInfo info)
    {
        int start = info.Bodies[0].Offset;
        return new ByteRange(start, info.Bodies[^1].End - start);
    }
}
