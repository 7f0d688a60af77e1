using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wizer.Pipeline;

/// <summary>
/// Finds what is not zero. Two forms of one search: words, which every machine has and which are compiled ahead of time, and
/// vectors, which pay off once a memory is large enough to earn back what compiling them costs.
/// </summary>
/// <remarks>
/// Both end a range only at five zeros in a row: smaller gaps are joined anyway (<see cref="RangeList.MaxJoinedGap"/>), and an array
/// of small integers is one range and not thousands. Vectors look for the next byte that is not zero and then for the next five
/// zeros; words first make a bit for each byte of a block, so that many short ranges cost no mispredicted branches. On x64 those bits come
/// from 16 bytes at a time, which every processor has, so that this is compiled ahead of time, too. Once only
/// large gaps count, it is enough to know where a block's first and last byte are.
/// </remarks>
internal static partial class NonZeroScanner
{
    private const int RunLength = RangeList.MaxJoinedGap + 1;

    // As many bytes as a word has bits.
    private const int BlockLength = 64;

    // For as many there is room on the stack: 8 KB.
    private const int BlocksPerRound = 256;

    /// <summary>Adds the non-zero ranges of <paramref name="bytes"/>, eight words at a time.</summary>
    /// <param name="bytes">What to search.</param>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="ranges">Where they are added.</param>
    internal static void ScanWords(ReadOnlySpan<byte> bytes, ulong address, RangeList ranges)
    {
        if (ranges.LeastGap > BlockLength / 2)
        {
            ScanScattered(bytes, address, ranges);
            return;
        }

        ref byte first = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length;

        // The range found last, which may go on.
        nuint start = 0;
        nuint end = 0;
        nuint leastGap = (nuint)ranges.LeastGap;
        for (nuint at = 0; at < length;)
        {
            ulong set;
            nuint block = at;
            if (length - at >= BlockLength)
            {
                at += BlockLength;
                if (IsZeroBlock(ref first, block))
                {
                    continue;
                }

                set = NonZeroBits(ref first, block);
            }
            else
            {
                set = NonZeroBits(bytes[(int)at..]);
                at = length;
            }

            // Pieces between runs of zeros, and, last of all, nothing.
            for (ulong pieces = CloseGaps(set); pieces != 0;)
            {
                int offset = BitOperations.TrailingZeroCount(pieces);
                int count = BitOperations.TrailingZeroCount(~(pieces >> offset));
                nuint from = block + (nuint)offset;
                if (from - end >= leastGap && end != 0)
                {
                    ranges.Add(address + start, address + end);
                    start = from;
                }
                else if (end == 0)
                {
                    start = from;
                }

                end = from + (nuint)count;
                pieces = offset + count == BlockLength ? 0 : pieces >> (offset + count) << (offset + count);
            }
        }

        if (end != 0)
        {
            ranges.Add(address + start, address + end);
        }
    }

    /// <summary>Adds the non-zero ranges of <paramref name="bytes"/>, vector by vector.</summary>
    /// <param name="bytes">What to search.</param>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="ranges">Where they are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScanVectors(ReadOnlySpan<byte> bytes, ulong address, RangeList ranges)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length;
        nuint at = 0;
        while ((at = SkipZeroVectors(ref first, at, length)) < length)
        {
            nuint start = at;
            at = FindZeroRunByVectors(ref first, at, length);
            ranges.Add(address + start, address + at);
            at = Math.Min(at + RunLength, length);
        }
    }

    // Safe, for all four below: every load is preceded by a check that it ends at or before `length`, the size of the span
    // that `first` begins.

    /// <summary>The position of the next byte that is not zero, or <paramref name="length"/>.</summary>
    private static nuint SkipZeroWords(ref byte first, nuint at, nuint length)
    {
        const nuint Step = 4 * sizeof(ulong);
        while (length - at >= Step
            && (Word(ref first, at) | Word(ref first, at + 8) | Word(ref first, at + 16) | Word(ref first, at + 24)) == 0)
        {
            at += Step;
        }

        for (; length - at >= sizeof(ulong); at += sizeof(ulong))
        {
            ulong word = Word(ref first, at);
            if (word != 0)
            {
                return at + FirstNonZeroByte(word);
            }
        }

        while (at < length && Unsafe.Add(ref first, at) == 0)
        {
            at++;
        }

        return at;
    }

    /// <summary>
    /// Where the range that begins at <paramref name="at"/> ends: before the next five zeros, or after the last byte that is
    /// not zero.
    /// </summary>
    private static nuint FindZeroRunByWords(ref byte first, nuint at, nuint length)
    {
        for (; length - at >= sizeof(ulong) + RunLength - 1; at += sizeof(ulong))
        {
            // Byte i of the disjunction is zero exactly when five zeros begin at i.
            ulong any = Word(ref first, at) | Word(ref first, at + 1) | Word(ref first, at + 2)
                | Word(ref first, at + 3) | Word(ref first, at + 4);

            // Marks the first zero byte, and perhaps bytes above it.
            ulong zeros = (any - 0x0101010101010101) & ~any & 0x8080808080808080;
            if (zeros != 0)
            {
                return at + FirstNonZeroByte(zeros);
            }
        }

        // No five zeros begin before `at`, not even some that reach beyond it, so counting may start anew here.
        nuint end = at;
        for (; at < length && at - end < RunLength; at++)
        {
            end = Unsafe.Add(ref first, at) != 0 ? at + 1 : end;
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nuint SkipZeroVectors(ref byte first, nuint at, nuint length)
    {
        nuint width = (nuint)Vector<byte>.Count;
        nuint step = 8 * width;
        while (length - at >= step)
        {
            // Two chains of four keep both load ports busy; one branch per eight vectors.
            Vector<byte> even = Vector.LoadUnsafe(ref first, at) | Vector.LoadUnsafe(ref first, at + (2 * width))
                | Vector.LoadUnsafe(ref first, at + (4 * width)) | Vector.LoadUnsafe(ref first, at + (6 * width));
            Vector<byte> odd = Vector.LoadUnsafe(ref first, at + width) | Vector.LoadUnsafe(ref first, at + (3 * width))
                | Vector.LoadUnsafe(ref first, at + (5 * width)) | Vector.LoadUnsafe(ref first, at + (7 * width));
            if ((even | odd) != Vector<byte>.Zero)
            {
                break;
            }

            at += step;
        }

        while (length - at >= width && Vector.LoadUnsafe(ref first, at) == Vector<byte>.Zero)
        {
            at += width;
        }

        return SkipZeroWords(ref first, at, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nuint FindZeroRunByVectors(ref byte first, nuint at, nuint length)
    {
        nuint width = (nuint)Vector<byte>.Count;
        for (; length - at >= width + RunLength - 1; at += width)
        {
            // Byte i of the disjunction is zero exactly when five zeros begin at i.
            Vector<byte> any = Vector.LoadUnsafe(ref first, at) | Vector.LoadUnsafe(ref first, at + 1)
                | Vector.LoadUnsafe(ref first, at + 2) | Vector.LoadUnsafe(ref first, at + 3)
                | Vector.LoadUnsafe(ref first, at + 4);
            if (!Vector.EqualsAny(any, Vector<byte>.Zero))
            {
                continue;
            }

            Vector<ulong> zeros = Vector.AsVectorUInt64(Vector.Equals(any, Vector<byte>.Zero));
            for (int i = 0; ; i++)
            {
                if (zeros[i] != 0)
                {
                    return at + ((nuint)i * sizeof(ulong)) + FirstNonZeroByte(zeros[i]);
                }
            }
        }

        return FindZeroRunByWords(ref first, at, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsZeroBlock(ref byte first, nuint at) =>
        (Word(ref first, at) | Word(ref first, at + 8) | Word(ref first, at + 16) | Word(ref first, at + 24)
        | Word(ref first, at + 32) | Word(ref first, at + 40) | Word(ref first, at + 48) | Word(ref first, at + 56)) == 0;

    /// <summary>A bit for each byte of a block that is not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong NonZeroBits(ref byte first, nuint at) =>
        Sse2.IsSupported ? NonZeroBitsByVectors(ref first, at) : NonZeroBitsByWords(ref first, at);

    // Sixteen bytes at a time: what every x64 has, and so is compiled ahead of time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NonZeroBitsByVectors(ref byte first, nuint at) =>
        ~((ulong)ZeroBits(ref first, at) | ((ulong)ZeroBits(ref first, at + 16) << 16)
        | ((ulong)ZeroBits(ref first, at + 32) << 32) | ((ulong)ZeroBits(ref first, at + 48) << 48));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ZeroBits(ref byte first, nuint at) =>
        (uint)Sse2.MoveMask(Sse2.CompareEqual(Vector128.LoadUnsafe(ref first, at), Vector128<byte>.Zero));

    /// <summary>The same from words.</summary>
    internal static ulong NonZeroBitsByWords(ref byte first, nuint at) =>
        NonZeroBits(Word(ref first, at)) | (NonZeroBits(Word(ref first, at + 8)) << 8)
        | (NonZeroBits(Word(ref first, at + 16)) << 16) | (NonZeroBits(Word(ref first, at + 24)) << 24)
        | (NonZeroBits(Word(ref first, at + 32)) << 32) | (NonZeroBits(Word(ref first, at + 40)) << 40)
        | (NonZeroBits(Word(ref first, at + 48)) << 48) | (NonZeroBits(Word(ref first, at + 56)) << 56);

    private static ulong NonZeroBits(ReadOnlySpan<byte> rest)
    {
        ulong bits = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            bits |= rest[i] != 0 ? 1UL << i : 0;
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NonZeroBits(ulong word)
    {
        // The highest bit of each byte: set already, or by a carry out of the others.
        const ulong Others = 0x7f7f7f7f7f7f7f7f;
        ulong highest = (((word & Others) + Others) | word) & ~Others;

        // Bit 8i goes to 56 + i; the products do not meet anywhere.
        return ((highest >> 7) * 0x0102040810204080) >> 56;
    }

    /// <summary>Sets the bits between set bits that are fewer than <see cref="RunLength"/>.</summary>
    private static ulong CloseGaps(ulong set)
    {
        if (set is 0 or ulong.MaxValue)
        {
            return set;
        }

        // Behind the last set bit is a run, whatever the next block has, and before the first one too: the caller knows of both.
        ulong clear = ~set;
        ulong begins = clear & Behind(clear, 1) & Behind(clear, 2) & Behind(clear, 3) & Behind(clear, 4);
        ulong runs = begins | (begins << 1) | (begins << 2) | (begins << 3) | (begins << 4);
        return ~(runs | ((set & (0 - set)) - 1));
    }

    // What follows a block counts as clear.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Behind(ulong clear, int distance) => (clear >> distance) | ~(ulong.MaxValue >> distance);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte first, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at));

    // A guest's memory is little-endian, and so is every host: the first byte is the lowest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint FirstNonZeroByte(ulong word) => (nuint)(BitOperations.TrailingZeroCount(word) / 8);
}
