using System.Buffers;
using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a segment is said to take is what it takes.</summary>
public class SegmentCostTests
{
    public static TheoryData<ulong> Addresses =>
    [
        0, 1, 63, 64, 8191, 8192, (1 << 20) - 1, 1 << 20, (1 << 27) - 1, 1 << 27, int.MaxValue, 1UL << 31,
        uint.MaxValue - 134_217_728, uint.MaxValue - 8192, uint.MaxValue - 8191, uint.MaxValue - 64, uint.MaxValue - 63, uint.MaxValue - 1,
    ];

    [Theory]
    [MemberData(nameof(Addresses))]
    public void ByteLength_IsWhatTheSegmentTakes(ulong address)
    {
        foreach (uint memory in new uint[] { 0, 1, 127, 128, 20_000 })
        {
            foreach (bool is64 in new[] { false, true })
            {
                AssertTakes(memory, is64, address, is64 || address < uint.MaxValue - 20_000 ? 17_000 : 1);
                AssertTakes(memory, is64, address, 1);
            }
        }
    }

    [Fact]
    public void Weight_IsNeverNegative_AndGrowsWithTheGap()
    {
        foreach (uint memory in new uint[] { 0, uint.MaxValue })
        {
            var cost = new SegmentCost(memory, is64: true);
            foreach (ulong address in new ulong[] { 0, 1UL << 40, 1UL << 63, ulong.MaxValue })
            {
                Assert.InRange(cost.HeaderLength(address), 4, SegmentCost.MaxHeaderLength);
                Assert.Equal(cost.Weight(0, address) + 9, cost.Weight(9, address));
                Assert.InRange(cost.Weight(0, address), 0u, (ulong)SegmentCost.MaxHeaderLength);
            }
        }
    }

    private static void AssertTakes(uint memory, bool is64, ulong address, int byteLength)
    {
        var ranges = new RangeList(new SegmentCost(memory, is64));
        ranges.Add(address, address + (uint)byteLength);
        using var assembler = new ModuleAssembler(default);
        DataSectionRewriter.Write(new ModuleInfo(default), oldCount: 0, new SnapshotData([], [], [ranges], [new(new byte[byteLength])], areCopies: true), assembler);
        ModuleSlices slices = assembler.Finish();
        var written = new ArrayBufferWriter<byte>();
        new BufferWriterSink(written).Write(slices);
        Assert.Equal(slices.ByteLength, written.WrittenCount);
        var section = new WasmReader(written.WrittenSpan);
        Assert.Equal((byte)SectionId.Data, section.ReadByte());
        uint size = section.ReadU32();
        Assert.Equal(slices.ByteLength - section.Position, size);
        Assert.Equal(1u, section.ReadU32());

        ulong taken = size - 1;
        Assert.Equal(taken, new SegmentCost(memory, is64).ByteLength(new MemoryRange(address, address + (uint)byteLength)));
    }
}
