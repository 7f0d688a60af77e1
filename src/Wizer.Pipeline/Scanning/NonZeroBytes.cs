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
        const ulong LowBits = 0x0101010101010101;
        const ulong SevenBits = 0x7f7f7f7f7f7f7f7f;
        long count = 0;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            // The top bit of each byte: whether any of its bits is set. Adding to seven bits never carries into the next byte.
            ulong isSet = ((word & SevenBits) + SevenBits) | word;
            count += BitOperations.PopCount((isSet >> 7) & LowBits);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            count += rest == 0 ? 0 : 1;
        }

        return count;
    }
}
