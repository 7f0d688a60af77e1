using System.Globalization;
using Xunit;

namespace Wizer.Binary.Tests.Reading;

/// <summary>Integers in LEB128. Core 3.0, Binary Format: Values, Integers.</summary>
public sealed class Leb128Tests
{
    // A base offset that shows whether errors are relative to the module.
    private const int Base = 0x100;

    public enum Width
    {
        U32,
        U64,
        S32,
        S33,
        S64,
    }

    public static TheoryData<Width, string, long> WellFormed => new()
    {
        // The specification's examples: 3 as u8 is 03 or 83 00, -2 as s16 is 7e, fe 7f or fe ff 7f.
        { Width.U32, "03", 3 },
        { Width.U32, "83 00", 3 },
        { Width.S32, "7e", -2 },
        { Width.S32, "fe 7f", -2 },
        { Width.S32, "fe ff 7f", -2 },

        // Both sides of every boundary between lengths.
        { Width.U32, "00", 0 },
        { Width.U32, "7f", 127 },
        { Width.U32, "80 01", 128 },
        { Width.U32, "ff 7f", 16383 },
        { Width.U32, "80 80 01", 16384 },
        { Width.U32, "ff ff 7f", 2097151 },
        { Width.U32, "80 80 80 01", 2097152 },
        { Width.U32, "ff ff ff 7f", 268435455 },
        { Width.U32, "80 80 80 80 01", 268435456 },
        { Width.U32, "ff ff ff ff 0f", uint.MaxValue },
        { Width.U32, "80 80 80 80 00", 0 },
        { Width.U64, "ff ff ff ff 0f", uint.MaxValue },
        { Width.U64, "80 80 80 80 10", 1L << 32 },
        { Width.U64, "ff ff ff ff ff ff ff ff 7f", long.MaxValue },
        { Width.U64, "80 80 80 80 80 80 80 80 80 01", long.MinValue },
        { Width.U64, "ff ff ff ff ff ff ff ff ff 01", -1 },
        { Width.U64, "80 80 80 80 80 80 80 80 80 00", 0 },
        { Width.S32, "3f", 63 },
        { Width.S32, "40", -64 },
        { Width.S32, "c0 00", 64 },
        { Width.S32, "bf 7f", -65 },
        { Width.S32, "ff ff ff ff 07", int.MaxValue },
        { Width.S32, "80 80 80 80 78", int.MinValue },
        { Width.S32, "ff ff ff ff 7f", -1 },
        { Width.S33, "ff ff ff ff 0f", uint.MaxValue },
        { Width.S33, "80 80 80 80 70", -(1L << 32) },
        { Width.S33, "40", -64 },
        { Width.S33, "ff ff ff ff 7f", -1 },
        { Width.S64, "3f", 63 },
        { Width.S64, "40", -64 },
        { Width.S64, "ff ff ff ff ff ff ff ff ff 00", long.MaxValue },
        { Width.S64, "80 80 80 80 80 80 80 80 80 7f", long.MinValue },
        { Width.S64, "ff ff ff ff ff ff ff ff ff 7f", -1 },
    };

    public static TheoryData<Width, string, string> Malformed => new()
    {
        // The specification's examples, at these widths: unused bits must be zero, or repeat the sign.
        { Width.U32, "83 80 80 80 10", "integer too large (at offset 0x104)" },
        { Width.U32, "ff ff ff ff 1f", "integer too large (at offset 0x104)" },
        { Width.U32, "80 80 80 80 80 00", "integer representation too long (at offset 0x104)" },
        { Width.U64, "80 80 80 80 80 80 80 80 80 02", "integer too large (at offset 0x109)" },
        { Width.U64, "80 80 80 80 80 80 80 80 80 7e", "integer too large (at offset 0x109)" },
        { Width.U64, "80 80 80 80 80 80 80 80 80 80 00", "integer representation too long (at offset 0x109)" },
        { Width.S32, "80 80 80 80 08", "integer too large (at offset 0x104)" },
        { Width.S32, "80 80 80 80 70", "integer too large (at offset 0x104)" },
        { Width.S32, "ff ff ff ff 6f", "integer too large (at offset 0x104)" },
        { Width.S32, "80 80 80 80 80 00", "integer representation too long (at offset 0x104)" },
        { Width.S33, "80 80 80 80 10", "integer too large (at offset 0x104)" },
        { Width.S33, "80 80 80 80 60", "integer too large (at offset 0x104)" },
        { Width.S33, "80 80 80 80 80 00", "integer representation too long (at offset 0x104)" },
        { Width.S64, "80 80 80 80 80 80 80 80 80 01", "integer too large (at offset 0x109)" },
        { Width.S64, "80 80 80 80 80 80 80 80 80 7e", "integer too large (at offset 0x109)" },
        { Width.S64, "80 80 80 80 80 80 80 80 80 80 00", "integer representation too long (at offset 0x109)" },
    };

    [Theory]
    [MemberData(nameof(WellFormed))]
    public void Read_GivesTheValue_AndMovesPastIt(Width width, string encoding, long expected)
    {
        byte[] bytes = [.. Bytes(encoding), 0xaa];
        var reader = new WasmReader(bytes, Base);
        Assert.Equal(expected, Read(ref reader, width));
        Assert.Equal(bytes.Length - 1, reader.Position);
    }

    [Theory]
    [MemberData(nameof(WellFormed))]
    public void Read_TruncatedAnywhere_FailsAtTheEnd_AndStays(Width width, string encoding, long expected)
    {
        _ = expected;
        byte[] bytes = Bytes(encoding);
        for (int length = 0; length < bytes.Length; length++)
        {
            string message = Fails(bytes[..length], width);
            Assert.Equal($"unexpected end of section or function (at offset 0x{Base + length:x})", message);
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Read_RejectsMalformed_AndStays(Width width, string encoding, string expected)
    {
        Assert.Equal(expected, Fails([.. Bytes(encoding), 0xaa], width));
    }

    [Fact]
    public void Read_AgreesWithTheReferenceEncoder_AroundEveryPowerOfTwo()
    {
        for (int bit = 0; bit < 64; bit++)
        {
            for (long delta = -2; delta <= 2; delta++)
            {
                long value = (1L << bit) + delta;
                Check(Width.U64, EncodeUnsigned((ulong)value), value);
                Check(Width.S64, EncodeSigned(value), value);
                Check(Width.S64, EncodeSigned(-value), -value);
                if (value is >= 0 and <= uint.MaxValue)
                {
                    Check(Width.U32, EncodeUnsigned((ulong)value), value);
                }

                if (value is >= int.MinValue and <= int.MaxValue)
                {
                    Check(Width.S32, EncodeSigned(value), value);
                }

                if (value is >= -(1L << 32) and < 1L << 32)
                {
                    Check(Width.S33, EncodeSigned(value), value);
                }
            }
        }
    }

    [Fact]
    public void Read_DoesNotAllocate()
    {
        byte[] bytes = Bytes("e5 8e 26");
        Sum(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sum(bytes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static long Sum(byte[] bytes)
        {
            var reader = new WasmReader(bytes);
            long sum = 0;
            for (int i = 0; i < 100; i++)
            {
                reader.Position = 0;
                sum += reader.ReadU32();
            }

            return sum;
        }
    }

    private static void Check(Width width, byte[] bytes, long expected)
    {
        var reader = new WasmReader(bytes);
        Assert.Equal(expected, Read(ref reader, width));
        Assert.True(reader.IsAtEnd);
    }

    private static string Fails(byte[] bytes, Width width)
    {
        var reader = new WasmReader(bytes, Base);
        try
        {
            Read(ref reader, width);
        }
        catch (WasmFormatException e)
        {
            Assert.Equal(0, reader.Position);
            return e.Message;
        }

        return "no error";
    }

    private static long Read(ref WasmReader reader, Width width) => width switch
    {
        Width.U32 => reader.ReadU32(),
        Width.U64 => (long)reader.ReadU64(),
        Width.S32 => reader.ReadS32(),
        Width.S33 => reader.ReadS33(),
        _ => reader.ReadS64(),
    };

    // Written from the specification's grammar and to stay this naive: it is what the reader is measured against.
    private static byte[] EncodeUnsigned(ulong value) =>
        value < 128 ? [(byte)value] : [(byte)(value % 128 + 128), .. EncodeUnsigned(value / 128)];

    private static byte[] EncodeSigned(long value) =>
        value is >= -64 and < 64 ? [(byte)(value & 0x7f)] : [(byte)((value & 0x7f) + 128), .. EncodeSigned(value >> 7)];

    private static byte[] Bytes(string hex) =>
        [.. hex.Split(' ').Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
