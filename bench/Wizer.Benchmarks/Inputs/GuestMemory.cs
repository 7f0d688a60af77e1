using System.Runtime.InteropServices;

namespace Wizer.Benchmarks.Inputs;

/// <summary>Linear memories as they look after initialization, 64 MiB each; the seed is fixed.</summary>
internal static class GuestMemory
{
    internal const int ByteLength = 64 << 20;

    private const int PageLength = 64 << 10;

    /// <summary>
    /// A memory of a kind: <c>untouched</c>, all zeros but the last byte; <c>heap</c>, two pages of three untouched and the
    /// rest words of which half are small integers and pointers, as a language runtime leaves them; <c>dense</c>, no zeros.
    /// </summary>
    internal static byte[] Make(string kind)
    {
        byte[] memory = GC.AllocateUninitializedArray<byte>(ByteLength);
        memory.AsSpan().Clear();
        var random = new Random(64);
        switch (kind)
        {
            case "heap":
                for (int page = 0; page < ByteLength; page += PageLength)
                {
                    if (random.Next(3) == 0)
                    {
                        FillWithWords(MemoryMarshal.Cast<byte, uint>(memory.AsSpan(page, PageLength)), random);
                    }
                }

                break;

            case "dense":
                random.NextBytes(memory);
                foreach (ref byte b in memory.AsSpan())
                {
                    b |= 1;
                }

                break;
        }

        memory[^1] = 1;
        return memory;
    }

    private static void FillWithWords(Span<uint> words, Random random)
    {
        // Objects: a few words in use, then a few that are not.
        for (int at = 0; at < words.Length;)
        {
            for (int used = random.Next(1, 200); used > 0 && at < words.Length; used--)
            {
                words[at++] = (uint)random.Next(1 << random.Next(4, 24));
            }

            at += random.Next(1, 100);
        }
    }
}
