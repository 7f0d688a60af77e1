using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wizer.Pipeline;

// Scattered memories, of which most gaps that are found do not count any more.
internal static partial class NonZeroScanner
{
    /// <summary>The same where only gaps of more than half a block are asked for: a block, or each half of it, is one piece then.</summary>
    /// <remarks>
    /// Whether a block has any, and a gap before it that counts, is different from block to block in a memory of small objects, and so
    /// is computed with instead of branched on: a mispredicted branch takes as long as all the rest of a block.
    /// </remarks>
    [SkipLocalsInit]
    private static unsafe void ScanScattered(ReadOnlySpan<byte> bytes, ulong address, RangeList ranges)
    {
        // Where each gap begins and ends; two for each block of a round.
        ulong* gaps = stackalloc ulong[4 * BlocksPerRound];
        ulong leastGap = ranges.LeastGap;
        fixed (byte* first = &MemoryMarshal.GetReference(bytes))
        {
            // In the loop, addresses are those of this process.
            ulong guest = address - (ulong)first;

            // What is before all is large enough for a gap. That one is never added.
            ulong last = (ulong)first - leastGap;
            ulong start = 0;
            int rangeCount = 0;
            byte* end = first + bytes.Length;
            for (byte* at = first; at < end;)
            {
                ulong* next = gaps;
                long blockCount = Math.Min(BlocksPerRound, (end - at) / BlockLength);
                if (blockCount != 0)
                {
                    byte* stop = at + (blockCount * BlockLength);
                    next = leastGap >= BlockLength - 1
                        ? FindGaps(at, stop, leastGap, ref last, next)
                        : FindSmallerGaps(at, stop, leastGap, ref last, next);
                    at = stop;
                }
                else
                {
                    next = AddHalves(NonZeroBits(bytes[(int)(at - first)..]), at, leastGap, ref last, next);
                    at = end;
                }

                for (ulong* gap = gaps; gap < next; gap += 2)
                {
                    AddRange(ranges, start + guest, gap[0] + guest, rangeCount++);
                    start = gap[1];
                }
            }

            if (rangeCount > 0)
            {
                AddRange(ranges, start + guest, last + guest, rangeCount);
            }
        }
    }

    // The first gap has no range before it; that behind it may be one with what was there before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRange(RangeList ranges, ulong start, ulong end, int count)
    {
        if (count > 1)
        {
            ranges.Append(start, end);
        }
        else if (count == 1)
        {
            ranges.Add(start, end);
        }
    }

    // Such large ones that a block is one piece.
    private static unsafe ulong* FindGaps(byte* at, byte* stop, ulong leastGap, ref ulong last, ulong* next)
    {
        ulong end = last;
        for (; at < stop; at += BlockLength)
        {
            next = AddPiece(NonZeroBits(ref *at, 0), at, leastGap, ref end, next);
        }

        last = end;
        return next;
    }

    private static unsafe ulong* FindSmallerGaps(byte* at, byte* stop, ulong leastGap, ref ulong last, ulong* next)
    {
        ulong end = last;
        for (; at < stop; at += BlockLength)
        {
            next = AddHalves(NonZeroBits(ref *at, 0), at, leastGap, ref end, next);
        }

        last = end;
        return next;
    }

    // A gap of more than half a block is never within one half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong* AddHalves(ulong set, byte* at, ulong leastGap, ref ulong last, ulong* next)
    {
        next = AddPiece(set & uint.MaxValue, at, leastGap, ref last, next);
        return AddPiece(set & ~(ulong)uint.MaxValue, at, leastGap, ref last, next);
    }

    /// <summary>Goes on to the next piece, if there is one.</summary>
    /// <param name="set">A bit for each byte of a block that is not zero; all of them one piece.</param>
    /// <param name="at">The block.</param>
    /// <param name="leastGap">A gap before the piece is noted if it has as many bytes.</param>
    /// <param name="last">Where the piece before ends; then where this one does.</param>
    /// <param name="next">Room for where the gap begins, and where it ends.</param>
    /// <returns>Room for the next gap.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong* AddPiece(ulong set, byte* at, ulong leastGap, ref ulong last, ulong* next)
    {
        // All ones if there is a piece.
        ulong isAny = (ulong)((long)(set | (0 - set)) >> 63);
        ulong from = (ulong)at + (uint)BitOperations.TrailingZeroCount(set | (1UL << (BlockLength - 1)));
        ulong to = (ulong)at + (uint)BitOperations.Log2(set | 1) + 1;
        next[0] = last;
        next[1] = from;

        // No address has the highest bit, nor has a difference unless it is negative.
        ulong isApart = ~(from - last - leastGap) >> 63;
        last += (to - last) & isAny;
        return next + (2 * (isApart & isAny));
    }
}
