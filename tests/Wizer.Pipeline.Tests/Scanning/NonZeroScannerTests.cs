using System.Buffers;
using Xunit;

namespace Wizer.Pipeline.Tests;

public class NonZeroScannerTests
{
    private delegate void Scanner(ReadOnlySpan<byte> bytes, ulong address, RangeList ranges);

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(95)]
    public void Scan_AgreesWithTheNaiveSearch_AtEveryLength(int percentNonZero)
    {
        var random = new Random(percentNonZero);
        for (int length = 0; length <= 200; length++)
        {
            for (int round = 0; round < 40; round++)
            {
                byte[] bytes = RandomBytes(random, length, percentNonZero);
                MemoryRange[] expected = NaiveRanges(bytes);
                Assert.Equal(expected, Scan(NonZeroScanner.ScanWords, bytes));
                Assert.Equal(expected, Scan(NonZeroScanner.ScanVectors, bytes));
            }
        }
    }

    [Fact]
    public void Scan_AgreesWithTheNaiveSearch_WhenTheBufferIsNotAligned()
    {
        var random = new Random(7);
        byte[] all = RandomBytes(random, 3000, 30);
        Array.Clear(all, 500, 1500);
        for (int start = 0; start < 70; start++)
        {
            byte[] bytes = all[start..];
            MemoryRange[] expected = NaiveRanges(bytes);
            Assert.Equal(expected, Scan(NonZeroScanner.ScanWords, all.AsSpan(start)));
            Assert.Equal(expected, Scan(NonZeroScanner.ScanVectors, all.AsSpan(start)));
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(40)]
    [InlineData(49)]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    public void Scan_AgreesWithTheNaiveSearch_WhenOnlyLargeGapsCount(int leastGap)
    {
        var random = new Random(leastGap);
        for (int round = 0; round < 3000; round++)
        {
            // More than a round of blocks now and then, and runs of zeros around what counts.
            byte[] bytes = RandomBytes(random, random.Next(100) == 0 ? 40_000 : random.Next(700), 1 + random.Next(4));
            int at = random.Next(Math.Max(1, bytes.Length - leastGap - 2));
            if (at + leastGap + 1 < bytes.Length)
            {
                int gap = leastGap - random.Next(2);
                bytes[at] = 1;
                bytes.AsSpan(at + 1, gap).Clear();
                bytes[at + 1 + gap] = 1;
            }

            ulong address = (ulong)random.Next(1000) << random.Next(40);
            RangeList ranges = WithLeastGap(leastGap);
            Assert.Equal((ulong)leastGap, ranges.LeastGap);
            NonZeroScanner.ScanWords(bytes, address, ranges);
            MemoryRange[] expected = NaiveRanges(bytes, leastGap - 1);
            Assert.Equal(expected.Select(range => new MemoryRange(range.Start + address, range.End + address)), ranges.ToArray());
        }
    }

    [Fact]
    public void MemoryScanner_LeadsToTheSameChoice_WhenThereAreMoreGapsThanSegments()
    {
        // Objects with a header and a few fields, as those of a trie, and fewer of them in one half.
        var random = new Random(13);
        var bytes = new byte[(int)MemoryScanner.LargeMemory + MemoryScanner.ChunkByteLength];
        for (int at = 4; at < bytes.Length - 112; at += at < bytes.Length / 2 ? 320 : 640)
        {
            bytes[at] = 0x73;
            for (int field = random.Next(3); field >= 0; field--)
            {
                random.NextBytes(bytes.AsSpan(at + 4 + (4 * random.Next(25)), 3));
            }
        }

        foreach (ModuleLayout layout in new[] { ModuleLayout.Compact, ModuleLayout.Compatible })
        {
            var budget = new SegmentBudget(layout, maxCount: 30_000, freeCount: 500);
            RangeList[] expected = [new RangeList(default, budget, pruneAt: int.MaxValue)];
            NonZeroScanner.ScanWords(bytes, 0, expected[0]);
            RangeList[] actual = [MemoryScanner.Scan(new ReadOnlySequence<byte>(bytes), default, budget)];
            if (layout == ModuleLayout.Compact)
            {
                // There are too few ranges for forgetting any, but enough to know that smaller gaps are closed.
                Assert.InRange(actual[0].LeastGap, 200ul, 640ul);
            }

            SegmentChoice.Choose(expected, budget);
            SegmentChoice.Choose(actual, budget);
            Assert.Equal(30_000, actual[0].Count);
            Assert.Equal(expected[0].ToArray(), actual[0].ToArray());
        }
    }

    [Fact]
    public void Bits_OfABlock_AreTheSameFromWords()
    {
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = RandomBytes(random, 64 + 7, 1 + (round % 99));
            nuint at = (nuint)random.Next(8);
            ulong expected = 0;
            for (int i = 0; i < 64; i++)
            {
                expected |= bytes[(int)at + i] != 0 ? 1UL << i : 0;
            }

            Assert.Equal(expected, NonZeroScanner.NonZeroBits(ref bytes[0], at));
            Assert.Equal(expected, NonZeroScanner.NonZeroBitsByWords(ref bytes[0], at));
        }
    }

    [Fact]
    public void Scan_FindsASingleByte_WhereverItStands()
    {
        for (int at = 0; at < 600; at++)
        {
            var bytes = new byte[600];
            bytes[at] = 1;
            var expected = new MemoryRange[] { new((ulong)at, (ulong)at + 1) };
            Assert.Equal(expected, Scan(NonZeroScanner.ScanWords, bytes));
            Assert.Equal(expected, Scan(NonZeroScanner.ScanVectors, bytes));
        }
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Scan_JoinsRanges_OnlyWhenTheGapIsAtMostFourBytes(int gap, int expectedCount)
    {
        for (int at = 0; at < 200; at++)
        {
            var bytes = new byte[400];
            bytes[at] = 1;
            bytes[at + gap + 1] = 1;
            Assert.Equal(expectedCount, Scan(NonZeroScanner.ScanWords, bytes).Length);
            Assert.Equal(expectedCount, Scan(NonZeroScanner.ScanVectors, bytes).Length);
        }
    }

    [Fact]
    public void Scan_CountsAddressesFromTheGivenOne()
    {
        var ranges = new RangeList();
        NonZeroScanner.ScanVectors([0, 7, 0], 0x1_0000_0000, ranges);
        Assert.Equal([new MemoryRange(0x1_0000_0001, 0x1_0000_0002)], ranges.ToArray());
    }

    [Fact]
    public void MemoryScanner_GivesTheSame_InParallelAndInPieces()
    {
        var random = new Random(11);
        var bytes = new byte[(int)MemoryScanner.LargeMemory + (3 * MemoryScanner.ChunkByteLength) + 65536];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 64), random.Next(64)));
        }

        // Across every place where a thread stops and another one starts, with and without a gap.
        for (int cut = MemoryScanner.ChunkByteLength; cut < bytes.Length; cut += MemoryScanner.ChunkByteLength)
        {
            bytes.AsSpan(cut - 9, 18).Clear();
            bytes[cut - 2] = 1;
            bytes[cut + (cut / MemoryScanner.ChunkByteLength % 5)] = 1;
        }

        var expected = new RangeList();
        NonZeroScanner.ScanWords(bytes, 0, expected);
        PieceChain chain = default;
        chain.Add(bytes.AsMemory(0, 5_000_001));
        chain.Add(bytes.AsMemory(5_000_001));

        Assert.Equal(expected.ToArray(), MemoryScanner.Scan(new ReadOnlySequence<byte>(bytes)).ToArray());
        Assert.Equal(expected.ToArray(), MemoryScanner.Scan(chain.ToSequence()).ToArray());
    }

    private static MemoryRange[] Scan(Scanner scanner, ReadOnlySpan<byte> bytes)
    {
        var ranges = new RangeList();
        scanner(bytes, 0, ranges);
        return ranges.ToArray();
    }

    private static byte[] RandomBytes(Random random, int length, int percentNonZero)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = random.Next(100) < percentNonZero ? (byte)random.Next(1, 256) : (byte)0;
        }

        return bytes;
    }

    // A list that has seen more gaps of this size than can stay open, and so does not want to know of smaller ones.
    private static RangeList WithLeastGap(int leastGap)
    {
        var budget = new SegmentBudget(ModuleLayout.Compatible, maxCount: 3);
        var teacher = new RangeList(default, budget);
        for (int i = 0; i < 10; i++)
        {
            ulong start = (ulong)(i * (leastGap + 1));
            teacher.Add(start, start + 1);
        }

        teacher.Prune();
        RangeList list = teacher.CreateEmpty();
        list.LearnFrom(teacher);
        return list;
    }

    // A byte at a time, and every run of non-zero bytes is its own range until the gap is looked at.
    private static MemoryRange[] NaiveRanges(ReadOnlySpan<byte> bytes, int maxJoinedGap = 4)
    {
        var ranges = new List<MemoryRange>();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == 0)
            {
                continue;
            }

            if (ranges.Count > 0 && (ulong)i - ranges[^1].End <= (ulong)maxJoinedGap)
            {
                ranges[^1] = new MemoryRange(ranges[^1].Start, (ulong)i + 1);
            }
            else
            {
                ranges.Add(new MemoryRange((ulong)i, (ulong)i + 1));
            }
        }

        return [.. ranges];
    }
}
