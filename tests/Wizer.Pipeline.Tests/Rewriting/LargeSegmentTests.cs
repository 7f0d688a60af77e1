using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Segments beyond 2 GiB, made of one small array over and over: none of it is ever written out.</summary>
public class LargeSegmentTests
{
    private static readonly byte[] s_piece = new byte[64 << 20];

    [Fact]
    public void Write_StringsPiecesTogether_BeyondTwoGibibytes()
    {
        using var assembler = new ModuleAssembler(default);
        DataSectionRewriter.Write(new ModuleInfo(default), oldCount: 0, Snapshot(pieceCount: 48), assembler);
        ModuleSlices slices = assembler.Finish();

        const long Length = 48L << 26;
        Assert.Equal(50, slices.Count);
        Assert.Equal(Length + slices[0].Length + slices[1].Length, slices.ByteLength);
        byte[] headers = [.. slices[0].Span, .. slices[1].Span];
        var header = new WasmReader(headers);
        Assert.Equal((byte)SectionId.Data, header.ReadByte());
        Assert.Equal(slices.ByteLength - 6, header.ReadU32());
        Assert.Equal(1u, header.ReadU32());
        Assert.Equal(0, header.ReadByte());
        Assert.Equal((byte)Opcode.I64Const, header.ReadByte());
        Assert.Equal(0x1_0000_0000, header.ReadS64());
        Assert.Equal((byte)Opcode.End, header.ReadByte());
        Assert.Equal(Length, header.ReadU32());
        Assert.True(header.IsAtEnd);
    }

    [Fact]
    public void Write_RejectsMoreThanASectionCanHold()
    {
        using var assembler = new ModuleAssembler(default);
        WizerException error = Assert.Throws<WizerException>(
            () => DataSectionRewriter.Write(new ModuleInfo(default), oldCount: 0, Snapshot(pieceCount: 64), assembler));
        Assert.Equal(WizerError.SnapshotTooLarge, error.Error);
        Assert.StartsWith("the data section would take 42949673", error.Message);
    }

    private static SnapshotData Snapshot(int pieceCount)
    {
        PieceChain chain = default;
        for (int i = 0; i < pieceCount; i++)
        {
            chain.Add(s_piece);
        }

        System.Buffers.ReadOnlySequence<byte> contents = chain.ToSequence();
        var ranges = new RangeList(new SegmentCost(0, is64: true));
        ranges.Add(0x1_0000_0000, 0x1_0000_0000 + (ulong)contents.Length);
        return new SnapshotData([], [], [ranges], [contents], areCopies: true);
    }
}
