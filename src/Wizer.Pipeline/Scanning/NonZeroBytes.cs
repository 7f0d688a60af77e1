using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Wizer.Pipeline;

/// <summary>Counts the bytes that are not zero, for reports.</summary>
internal static class NonZeroBytes
{
    /// <summary>Counts the bytes of a part of a memory that are not zero.</summary>
    internal static long Count(in ReadOnlySequence<byte> bytes)
    {
        long count = 0;
        foreach (ReadOnlyMemory<byte> piece in bytes)
        {
            count += Count(piece.Span);
        }

        return count;
    }

    internal static long Count(ReadOnlySpan<byte> bytes)
    {
        long count = 0;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            count += BitOperations.PopCount(NonZeroOf(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            count += rest == 0 ? 0 : 1;
        }

        return count;
    }

    /// <summary>Compares two parts of a memory of the same length.</summary>
    /// <param name="before">The one.</param>
    /// <param name="after">The other.</param>
    /// <param name="changed">How many bytes differ.</param>
    /// <param name="kept">How many do not, and are not zero.</param>
    internal static void Compare(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, out int changed, out int kept)
    {
        changed = 0;
        kept = 0;
        ReadOnlySpan<ulong> left = MemoryMarshal.Cast<byte, ulong>(before);
        ReadOnlySpan<ulong> right = MemoryMarshal.Cast<byte, ulong>(after);
        for (int i = 0; i < right.Length; i++)
        {
            ulong different = NonZeroOf(left[i] ^ right[i]);
            changed += BitOperations.PopCount(different);
            kept += BitOperations.PopCount(NonZeroOf(right[i]) & ~different);
        }

        for (int i = right.Length * sizeof(ulong); i < after.Length; i++)
        {
            changed += before[i] != after[i] ? 1 : 0;
            kept += before[i] == after[i] && after[i] != 0 ? 1 : 0;
        }
    }

    // A bit for each byte that is not zero: its lowest. Adding to seven bits never carries into the next byte.
    private static ulong NonZeroOf(ulong word)
    {
        const ulong LowBits = 0x0101010101010101;
        const ulong SevenBits = 0x7f7f7f7f7f7f7f7f;
        return ((((word & SevenBits) + SevenBits) | word) >> 7) & LowBits;
    }
}
