using System.Runtime.CompilerServices;

namespace Wizer.Pipeline;

/// <summary>
/// What an active data segment of a memory takes in the module; by default, of memory 0 with 32-bit addresses. Core 3.0,
/// Binary Format: Data Section.
/// </summary>
/// <param name="memoryIndex">In the memory index space.</param>
/// <param name="is64">Whether the memory's addresses are i64.</param>
internal readonly struct SegmentCost(uint memoryIndex, bool is64)
{
    /// <summary>The most that a length takes.</summary>
    internal const int MaxLengthSize = 5;

    /// <summary>An upper bound of <see cref="HeaderLength"/>: flags, a memory index, an opcode, an i64 and an end.</summary>
    internal const int MaxHeaderLength = 1 + 5 + 1 + 10 + 1;

    /// <summary>In the memory index space.</summary>
    internal uint MemoryIndex => memoryIndex;

    /// <summary>Whether the memory's addresses are i64.</summary>
    internal bool Is64 => is64;

    /// <summary>The immediate of the constant instruction: addresses are unsigned, but immediates are signed.</summary>
    internal static long AddressImmediate(ulong address, bool is64) => is64 ? (long)address : (int)(uint)address;

    /// <summary>What stands before the length of a segment at this address.</summary>
    internal int HeaderLength(ulong address)
    {
        // The flags, the memory index unless it is 0, and the two opcodes around the address.
        int flagsLength = memoryIndex == 0 ? 1 : 1 + SizeOf(memoryIndex);

        // A signed number takes a bit more for its sign.
        long immediate = AddressImmediate(address, is64);
        return flagsLength + 1 + SizeOf((ulong)(immediate ^ (immediate >> 63)) << 1) + 1;
    }

    /// <summary>How many bytes a length takes.</summary>
    internal static int SizeOfLength(ulong byteLength) => SizeOf(byteLength);

    /// <summary>All of a segment.</summary>
    internal ulong ByteLength(in MemoryRange range) =>
        (uint)HeaderLength(range.Start) + (uint)SizeOfLength(range.ByteLength) + range.ByteLength;

    /// <summary>
    /// How badly a gap wants to stay open: the bytes it takes when it is closed less those of the header that it takes
    /// otherwise, moved up so that it is never negative. What lengths take is left out, since it depends on other gaps.
    /// </summary>
    /// <param name="gap">Its size.</param>
    /// <param name="end">The address behind it.</param>
    internal ulong Weight(ulong gap, ulong end) => gap + MaxHeaderLength - (uint)HeaderLength(end);

    /// <summary>The weight of the gap between two ranges with what lengths take, provided that no gap beside it is closed.</summary>
    internal ulong Effect(in MemoryRange before, in MemoryRange behind) =>
        Weight(behind.Start - before.End, behind.Start) + (2 * MaxLengthSize) +
        (uint)SizeOfLength(behind.End - before.Start) - (uint)SizeOfLength(before.ByteLength) - (uint)SizeOfLength(behind.ByteLength);

    // Asked several times for each of a million gaps, where a call into another precompiled assembly would be felt.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SizeOf(ulong value) =>
        value < 1UL << 7 ? 1 : value < 1UL << 14 ? 2 : value < 1UL << 21 ? 3 : value < 1UL << 28 ? 4 : 4 + SizeOfLarge(value >> 28);

    private static int SizeOfLarge(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }
}
