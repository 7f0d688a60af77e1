using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>A part of a memory that the initialized module starts with.</summary>
/// <param name="MemoryIndex">In the memory index space.</param>
/// <param name="Is64">Whether the memory's addresses are i64.</param>
/// <param name="Address">Of the first byte.</param>
/// <param name="ByteLength">How many bytes, which <see cref="SnapshotData.ContentsOf"/> has.</param>
internal readonly record struct DataSegment(uint MemoryIndex, bool Is64, ulong Address, ulong ByteLength)
{
    /// <summary>The most that <see cref="WriteHeader"/> writes.</summary>
    internal const int MaxHeaderLength = SegmentCost.MaxHeaderLength + SegmentCost.MaxLengthSize;

    private const byte ActiveInMemory0 = 0;
    private const byte ActiveInMemory = 2;

    /// <summary>That for a range of a memory.</summary>
    internal static DataSegment Of(RangeList ranges, int index)
    {
        MemoryRange range = ranges[index];
        return new DataSegment(ranges.Cost.MemoryIndex, ranges.Cost.Is64, range.Start, range.ByteLength);
    }

    /// <summary>Writes what precedes the contents. Core 3.0, Binary Format: Data Section.</summary>
    /// <returns>How many bytes.</returns>
    /// <remarks>
    /// Here and not by <see cref="WasmWriter"/>, ten calls of which for each of 100,000 segments take a tenth of a short run.
    /// </remarks>
    internal int WriteHeader(Span<byte> output)
    {
        int at = 0;
        if (MemoryIndex == 0)
        {
            output[at++] = ActiveInMemory0;
        }
        else
        {
            output[at++] = ActiveInMemory;
            WriteUnsigned(MemoryIndex, output, ref at);
        }

        output[at++] = (byte)(Is64 ? Opcode.I64Const : Opcode.I32Const);
        WriteSigned(SegmentCost.AddressImmediate(Address, Is64), output, ref at);
        output[at++] = (byte)Opcode.End;
        WriteUnsigned(ByteLength, output, ref at);
        return at;
    }

    private static void WriteUnsigned(ulong value, Span<byte> output, ref int at)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output[at++] = (byte)(value | 0x80);
        }

        output[at++] = (byte)value;
    }

    private static void WriteSigned(long value, Span<byte> output, ref int at)
    {
        for (; value is < -0x40 or >= 0x40; value >>= 7)
        {
            output[at++] = (byte)(value | 0x80);
        }

        output[at++] = (byte)(value & 0x7f);
    }
}
