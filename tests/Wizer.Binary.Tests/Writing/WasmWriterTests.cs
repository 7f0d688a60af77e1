using Wizer.Binary;
using Xunit;

namespace Wizer.Binary.Tests.Writing;

public sealed class WasmWriterTests
{
    public static TheoryData<long> EdgesOfEveryLength()
    {
        TheoryData<long> data = [0, -1, long.MinValue, long.MaxValue];
        for (int bits = 5; bits < 63; bits++)
        {
            foreach (long edge in (long[])[(1L << bits) - 1, 1L << bits, -(1L << bits), -(1L << bits) - 1])
            {
                data.Add(edge);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EdgesOfEveryLength))]
    public void Integers_ReadBackAndTakeTheSizePromised(long value)
    {
        using PooledBuffer buffer = new();
        WasmWriter writer = new(buffer);

        writer.WriteS64(value);
        Assert.Equal(WasmWriter.SizeOfS64(value), buffer.Length);
        writer.WriteU64((ulong)value);
        Assert.Equal(WasmWriter.SizeOfS64(value) + WasmWriter.SizeOfU64((ulong)value), buffer.Length);
        int before = buffer.Length;
        writer.WriteU32((uint)value);
        Assert.Equal(before + WasmWriter.SizeOfU32((uint)value), buffer.Length);
        writer.WriteS32((int)value);

        WasmReader reader = new(buffer.WrittenSpan);
        Assert.Equal(value, reader.ReadS64());
        Assert.Equal((ulong)value, reader.ReadU64());
        Assert.Equal((uint)value, reader.ReadU32());
        Assert.Equal((int)value, reader.ReadS32());
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16383)]
    [InlineData(16384)]
    [InlineData(3_000_000)]
    public void EndSized_PutsTheShortestSizeBeforeTheContents(int byteCount)
    {
        byte[] contents = new byte[byteCount];
        new Random(1).NextBytes(contents);
        using PooledBuffer buffer = new();
        WasmWriter writer = new(buffer);

        writer.WriteByte(0xaa);
        int mark = writer.BeginSection(SectionId.Data);
        writer.WriteBytes(contents);
        writer.EndSized(mark);
        writer.WriteByte(0xbb);

        WasmReader reader = new(buffer.WrittenSpan);
        Assert.Equal(0xaa, reader.ReadByte());
        Assert.Equal((byte)SectionId.Data, reader.ReadByte());
        Assert.Equal((uint)byteCount, reader.ReadU32());
        Assert.Equal(2 + WasmWriter.SizeOfU32((uint)byteCount), reader.Position);
        Assert.True(reader.ReadBytes(byteCount).SequenceEqual(contents));
        Assert.Equal(0xbb, reader.ReadByte());
    }

    [Fact]
    public void Types_TakeTheirShortForms()
    {
        using PooledBuffer buffer = new();
        WasmWriter writer = new(buffer);

        writer.WriteFuncType([ValType.FuncRef, ValType.Ref(HeapType.Func, nullable: false)], [ValType.Ref(new HeapType(200), nullable: true)]);
        writer.WriteMemoryType(new MemoryType(new Limits(1, 2, Is64: true, IsShared: true), PageSizeLog2: 0));
        writer.WriteTableType(new TableType(ValType.ExternRef, new Limits(3, null)));
        writer.WriteGlobalType(new GlobalType(ValType.I32, IsMutable: true));

        Assert.Equal("60027064700163C8010F0102006F00037F01", Convert.ToHexString(buffer.WrittenSpan));
    }

    [Fact]
    public void PooledBuffer_ThrowsAfterDisposal_AndToleratesASecondDispose()
    {
        PooledBuffer buffer = new();
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Advance(0));
    }
}
