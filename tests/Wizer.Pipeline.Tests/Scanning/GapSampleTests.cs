using System.Buffers;
using Xunit;

namespace Wizer.Pipeline.Tests;

public sealed class GapSampleTests
{
    private static readonly int s_length = (int)MemoryScanner.LargeMemory + MemoryScanner.ChunkByteLength;

    // A byte every now and then, by place.
    private static byte[] Memory(Func<int, int> distance)
    {
        var bytes = new byte[s_length];
        for (int at = 0; at < bytes.Length; at += distance(at))
        {
            bytes[at] = 1;
        }

        return bytes;
    }

    // Where the sample looks: in the middle of each part that a thread takes.
    private static bool IsInMiddle(int at) => Math.Abs((at % MemoryScanner.ChunkByteLength) - (MemoryScanner.ChunkByteLength / 2)) < 16 << 10;

    private static ulong Guess(byte[] bytes, SegmentBudget budget)
    {
        var pieces = new PieceList(new ReadOnlySequence<byte>(bytes), [new MemoryRange(0, (ulong)bytes.Length)], MemoryScanner.ChunkByteLength);
        int[] starts = pieces.Group(MemoryScanner.ChunkByteLength, out int count);
        return GapSample.Guess(pieces, starts, count, new RangeList(default, budget));
    }

    private static SegmentBudget Budget(int count) => new(ModuleLayout.Compact, count, freeCount: 500);

    [Fact]
    public void Guess_IsTheSizeOfWhichThereAreSomewhatMoreGapsThanCanStay()
    {
        // 86,000 and more of each.
        byte[] bytes = Memory(at => at / 4096 % 2 == 0 ? 101 : 81);
        Assert.Equal(100ul, Guess(bytes, Budget(60_000)));
        Assert.Equal(80ul, Guess(bytes, Budget(80_000)));
        Assert.Equal(80ul, Guess(bytes, Budget(150_000)));
        Assert.Equal(0ul, Guess(bytes, Budget(170_000)));
    }

    [Fact]
    public void Guess_IsNone_WhereBytesOfSmallGapsMayBeWorthASegment() => Assert.Equal(0ul, Guess(Memory(at => 49), Budget(1000)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ranges_AreChosenAlike_WhetherTheGuessIsRightOrWrong(bool isRight)
    {
        var random = new Random(3);
        byte[] bytes = Memory(at => isRight || IsInMiddle(at) ? 200 + random.Next(400) : 60 + random.Next(60));
        SegmentBudget budget = Budget(30_000);
        ulong guess = Guess(bytes, budget);
        Assert.InRange(guess, 200ul, 400ul);
        RangeList[] expected = [new RangeList(default, budget, pruneAt: int.MaxValue)];
        NonZeroScanner.ScanWords(bytes, 0, expected[0]);
        RangeList[] actual = [MemoryScanner.Scan(new ReadOnlySequence<byte>(bytes), default, budget)];
        Assert.Equal(isRight, actual[0].LeastGap >= guess);
        SegmentChoice.Choose(expected, budget);
        SegmentChoice.Choose(actual, budget);
        Assert.Equal(30_000, actual[0].Count);
        Assert.Equal(expected[0].ToArray(), actual[0].ToArray());
    }
}
