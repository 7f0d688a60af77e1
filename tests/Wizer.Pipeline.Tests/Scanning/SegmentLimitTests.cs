using Xunit;

namespace Wizer.Pipeline.Tests;

public class SegmentLimitTests
{
    [Fact]
    public void CloseSmallestGaps_LeavesAlone_WhatIsWithinTheLimit()
    {
        RangeList ranges = List((0, 1), (10, 11), (20, 21));
        SegmentLimit.CloseSmallestGaps([ranges], GapOrder.BySize, 3);
        Assert.Equal(3, ranges.Count);
    }

    [Fact]
    public void CloseSmallestGaps_ClosesTheSmallest_AndOfEqualsTheFirst()
    {
        RangeList ranges = List((0, 1), (11, 12), (19, 20), (30, 31), (38, 39), (46, 47));

        // The gaps are 10, 7, 10, 7, 7.
        SegmentLimit.CloseSmallestGaps([ranges], GapOrder.BySize, 4);
        Assert.Equal([new MemoryRange(0, 1), new(11, 20), new(30, 39), new(46, 47)], ranges.ToArray());
    }

    [Fact]
    public void CloseSmallestGaps_JoinsAcrossSeveralRanges()
    {
        RangeList ranges = List((0, 1), (6, 7), (12, 13), (18, 19), (100, 101));
        SegmentLimit.CloseSmallestGaps([ranges], GapOrder.BySize, 2);
        Assert.Equal([new MemoryRange(0, 19), new(100, 101)], ranges.ToArray());
    }

    [Fact]
    public void CloseSmallestGaps_KeepsMemoriesApart()
    {
        RangeList first = List((0, 1), (100, 101));
        var empty = new RangeList();
        RangeList second = List((0, 1), (50, 51), (300, 301));
        SegmentLimit.CloseSmallestGaps([first, empty, second], GapOrder.BySize, 3);
        Assert.Equal([new MemoryRange(0, 101)], first.ToArray());
        Assert.Equal([new MemoryRange(0, 51), new(300, 301)], second.ToArray());

        // More memories than the limit allows: each keeps one.
        SegmentLimit.CloseSmallestGaps([first, empty, second], GapOrder.BySize, 1);
        Assert.Equal(1, first.Count);
        Assert.Equal(1, second.Count);
    }

    [Fact]
    public void CloseSmallestGaps_AgreesWithTheNaiveChoice()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(2, 60);
            int maxCount = random.Next(1, count);
            RangeList ranges = RandomList(random, count, maxGap: 20, maxKept: RangeList.DefaultMaxKept);
            MemoryRange[] expected = NaiveChoice(ranges.ToArray(), maxCount);
            SegmentLimit.CloseSmallestGaps([ranges], GapOrder.BySize, maxCount);
            Assert.Equal(expected, ranges.ToArray());
        }
    }

    [Theory]
    [InlineData(nameof(GapOrder.BySize))]
    [InlineData(nameof(GapOrder.ByWeight))]
    public void RangeList_PrunesOnTheWay_WithoutChangingTheFinalChoice(string order)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            const int MaxKept = 20;

            // Few sizes or many, so that the place of equals decides or the size does.
            int maxGap = seed % 2 == 0 ? 1000 : 12;
            RangeList pruned = RandomList(new Random(seed), 3000, maxGap, MaxKept);
            RangeList whole = RandomList(new Random(seed), 3000, maxGap, maxKept: 3000);
            Assert.Equal(3000, whole.Count);
            Assert.InRange(pruned.Count, MaxKept, MaxKept * 8);

            SegmentLimit.CloseSmallestGaps([pruned], Enum.Parse<GapOrder>(order), MaxKept);
            SegmentLimit.CloseSmallestGaps([whole], Enum.Parse<GapOrder>(order), MaxKept);
            Assert.Equal(whole.ToArray(), pruned.ToArray());
        }
    }

    [Fact]
    public void RangeList_GivesTheSame_HoweverTheMemoryWasCut()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            const int MaxCount = 20;
            const int MaxKept = MaxCount * SegmentLimit.CandidatesPerSegment;

            // All gaps small, hardly any larger ones, or many.
            int maxGap = (seed % 3) switch { 0 => 40, 1 => 50, _ => 90 };
            MemoryRange[] ranges = RandomList(new Random(seed), 3000, maxGap, maxKept: 3000).ToArray();
            var joined = new RangeList(default, MaxKept);
            foreach (MemoryRange[] chunk in ranges.Chunk(200 + (seed * 13)))
            {
                var part = new RangeList(default, MaxKept);
                Array.ForEach(chunk, range => part.Add(range.Start, range.End));
                part.Finish();
                joined.AddAll(part);
            }

            foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
            {
                foreach (int freeCount in new[] { 1, MaxCount / 2, MaxCount })
                {
                    RangeList[] expected = [RandomList(new Random(seed), 3000, maxGap, MaxKept)];
                    RangeList[] actual = [joined.Clone()];
                    SegmentChoice.Choose(expected, layout, MaxCount, freeCount);
                    SegmentChoice.Choose(actual, layout, MaxCount, freeCount);
                    Assert.Equal(expected[0].ToArray(), actual[0].ToArray());
                }
            }
        }
    }

    private static RangeList RandomList(Random random, int count, int maxGap, int maxKept)
    {
        var ranges = new RangeList(default, maxKept);
        ulong at = 0;
        for (int i = 0; i < count; i++)
        {
            at += (ulong)random.Next(RangeList.MaxJoinedGap + 1, maxGap);
            ulong end = at + (ulong)random.Next(1, 10);
            ranges.Add(at, end);
            at = end;
        }

        return ranges;
    }

    private static MemoryRange[] NaiveChoice(MemoryRange[] ranges, int maxCount)
    {
        List<MemoryRange> left = [.. ranges];
        while (left.Count > maxCount)
        {
            int smallest = Enumerable.Range(0, left.Count - 1).MinBy(i => left[i + 1].Start - left[i].End);
            left[smallest] = new MemoryRange(left[smallest].Start, left[smallest + 1].End);
            left.RemoveAt(smallest + 1);
        }

        return [.. left];
    }

    private static RangeList List(params (ulong Start, ulong End)[] ranges)
    {
        var list = new RangeList();
        foreach ((ulong start, ulong end) in ranges)
        {
            list.Add(start, end);
        }

        return list;
    }
}
