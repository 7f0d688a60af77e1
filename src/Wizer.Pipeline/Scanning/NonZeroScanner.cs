using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wizer.Pipeline;

/// <summary>
/// Finds what is not zero. Two forms of one search: words, which every machine has and which are compiled ahead of time, and
/// vectors, which pay off once a memory is large enough to earn back what compiling them costs.
/// </summary>
/// <remarks>
/// Both look for the next byte that is not zero, then for the next five zeros in a row: smaller gaps are joined anyway
/// (<see cref="RangeList.MaxJoinedGap"/>), and an array of small integers is one range and not thousands.
/// </remarks>
internal static class NonZeroScanner
{
    private const int RunLength = RangeList.MaxJoinedGap + 1;

    /// <summary>Adds the non-zero ranges of <paramref name="bytes"/>, word by word.</summary>
    /// <param name="bytes">What to search.</param>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="ranges">Where they are added.</param>
    internal static void ScanWords(ReadOnlySpan<byte> bytes, ulong address, RangeList ranges)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length;
        nuint at = 0;
        while ((at = SkipZeroWords(ref first, at, length)) < length)
        {
            nuint start = at;
            at = FindZeroRunByWords(ref first, at, length);
            ranges.Add(address + start, address + at);
            at = Math.Min(at + RunLength, length);
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
    private static ulong Word(ref byte first, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at));

    // A guest's memory is little-endian, and so is every host: the first byte is the lowest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint FirstNonZeroByte(ulong word) => (nuint)(BitOperations.TrailingZeroCount(word) / 8);
}
