using System.Globalization;
using System.Text;
using Xunit;

namespace Wizer.Binary.Tests.Reading;

public sealed class WasmReaderTests
{
    public static TheoryData<string, bool> Names => new()
    {
        { "", true },
        { "61", true },
        { "c3 a9", true },               // é
        { "e2 82 ac", true },            // €
        { "f0 9f 8c 8d", true },         // outside the basic plane
        { "f4 8f bf bf", true },         // the last code point
        { "00", true },                  // zero is a character like any other
        { "ef bb bf", true },            // so is a byte order mark
        { "80", false },                 // a continuation byte alone
        { "c3", false },                 // and one that is missing
        { "c0 80", false },              // overlong
        { "e0 80 80", false },
        { "ed a0 80", false },           // a surrogate
        { "f4 90 80 80", false },        // beyond the last code point
        { "f8 80 80 80 80", false },
        { "ff", false },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void ReadName_WantsUtf8(string hex, bool isWellFormed)
    {
        byte[] name = hex.Length == 0
            ? []
            : [.. hex.Split(' ').Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        byte[] bytes = [(byte)name.Length, .. name, 0xff];
        var reader = new WasmReader(bytes, 0x20);
        try
        {
            ByteRange range = reader.ReadName();
            Assert.True(isWellFormed);
            Assert.Equal(new ByteRange(0x21, name.Length), range);
            Assert.Equal(name.Length + 1, reader.Position);
        }
        catch (WasmFormatException e)
        {
            Assert.False(isWellFormed);
            Assert.Equal("malformed UTF-8 encoding (at offset 0x21)", e.Message);
            Assert.Equal(0, reader.Position);
        }
    }

    [Fact]
    public void ReadName_LongerThanTheInput_IsOutOfBounds()
    {
        var reader = new WasmReader([0x05, (byte)'a'], 0x20);
        try
        {
            reader.ReadName();
            Assert.Fail("no error");
        }
        catch (WasmFormatException e)
        {
            Assert.Equal("length out of bounds (at offset 0x20)", e.Message);
            Assert.Equal(0, reader.Position);
        }
    }

    [Fact]
    public void ReadCount_MoreItemsThanBytes_IsRefusedBeforeAnythingIsReserved()
    {
        var reader = new WasmReader([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00], 0x20);
        try
        {
            reader.ReadCount();
            Assert.Fail("no error");
        }
        catch (WasmFormatException e)
        {
            Assert.Equal("length out of bounds (at offset 0x20)", e.Message);
            Assert.Equal(0, reader.Position);
        }
    }

    [Fact]
    public void UnexpectedEnd_OfTheModule_IsNotTheEndOfASection()
    {
        Assert.Equal("unexpected end (at offset 0x0)", ReadByteMessage(0));
        Assert.Equal("unexpected end of section or function (at offset 0x8)", ReadByteMessage(8));

        static string ReadByteMessage(int baseOffset)
        {
            try
            {
                new WasmReader([], baseOffset).ReadByte();
                return "no error";
            }
            catch (WasmFormatException e)
            {
                return e.Message;
            }
        }
    }

    [Fact]
    public void Fixed_AreLittleEndian_AndFailWithoutMoving()
    {
        var reader = new WasmReader([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        Assert.Equal(0x04030201u, reader.ReadFixed32());
        Assert.Equal(4, reader.Position);
        try
        {
            reader.ReadFixed64();
            Assert.Fail("no error");
        }
        catch (WasmFormatException e)
        {
            Assert.Equal(11, e.Offset);
            Assert.Equal(4, reader.Position);
        }

        reader.Position = 3;
        Assert.Equal(0x0b0a090807060504ul, reader.ReadFixed64());
    }

    [Fact]
    public void Slice_KeepsModuleOffsets()
    {
        var reader = new WasmReader(Encoding.ASCII.GetBytes("0123456789"), 100);
        WasmReader slice = reader.Slice(new ByteRange(103, 4));
        Assert.Equal(103, slice.Offset);
        Assert.Equal((byte)'3', slice.ReadByte());
        Assert.Equal(104, slice.Offset);
        Assert.Equal(3, slice.Remaining);
    }
}
