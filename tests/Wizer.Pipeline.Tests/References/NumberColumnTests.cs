using System.Buffers.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

public class NumberColumnTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(-128, 1, false)]
    [InlineData(127, 1, false)]
    [InlineData(128, 2, false)]
    [InlineData(-129, 2, false)]
    [InlineData(short.MinValue, 2, false)]
    [InlineData(short.MaxValue, 2, false)]
    [InlineData(short.MaxValue + 1, 4, false)]
    [InlineData(int.MinValue, 4, false)]
    [InlineData(int.MinValue, 4, true)]
    [InlineData(int.MaxValue + 1L, 8, true)]
    [InlineData(long.MinValue, 8, true)]
    public void Width_IsWhatTheLargestNeeds(long value, int width, bool is64)
    {
        // As many of them that a list of wide ones is no shorter.
        var column = new NumberColumn([0, value, 0, value], is64);
        Assert.Equal(width == 0, column.IsConstant);
        Assert.Equal(width, column.Width);
        Assert.Equal(0, column.WideCount);
        Assert.Equal(4 * width, column.ByteLength);
        Assert.Equal(width == 0 ? [] : new[] { 0, value, 0, value }, width == 0 ? [] : Read(column));
    }

    [Theory]
    [InlineData(70_000, false, 1)]
    [InlineData(300, false, 1)]
    [InlineData(-128, false, 0)]
    [InlineData(70_000, true, 1)]
    [InlineData(1L << 40, true, 1)]
    public void AFewWideNumbers_AreInAListOfTheirOwn(long value, bool is64, int wideCount)
    {
        List<long> values = [.. Enumerable.Range(0, 400).Select(i => i == 200 ? value : i % 100)];
        var column = new NumberColumn(values, is64);
        Assert.Equal(1, column.Width);
        Assert.Equal(wideCount, column.WideCount);
        Assert.Equal(values, Read(column));
    }

    [Fact]
    public void TheLeastNumberOfAWidth_IsAmongTheWideOnes_WhereThereAreSome()
    {
        List<long> values = [.. Enumerable.Range(0, 400).Select(static i => i == 200 ? 70_000L : i == 201 ? -128 : i % 100)];
        var column = new NumberColumn(values, is64: false);
        Assert.Equal(2, column.WideCount);
        Assert.Equal(values, Read(column));
    }

    [Fact]
    public void NoNumbers_AreConstant() => Assert.True(new NumberColumn([], is64: false).IsConstant);

    private static List<long> Read(NumberColumn column)
    {
        byte[] bytes = column.ToBytes();
        byte[] wide = column.ToWideBytes();
        var values = new List<long>();
        int next = 0;
        for (int i = 0; i < column.Count; i++)
        {
            long value = ReadAt(bytes, i, column.Width);
            values.Add(column.WideCount != 0 && value == column.Escape ? ReadAt(wide, next++, column.WideWidth) : value);
        }

        Assert.Equal(column.WideCount, next);
        return values;
    }

    private static long ReadAt(byte[] bytes, int index, int width) => width switch
    {
        1 => (sbyte)bytes[index],
        2 => BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(index * 2)),
        4 => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(index * 4)),
        _ => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(index * 8)),
    };
}
