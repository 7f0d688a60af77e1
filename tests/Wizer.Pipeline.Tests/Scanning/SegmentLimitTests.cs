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
            RangeList ranges = RandomList(random, count, maxGap: 20);
            MemoryRange[] expected = NaiveChoice(ranges.ToArray(), maxCount);
            SegmentLimit.CloseSmallestGaps([ranges], GapOrder.BySize, maxCount);
            Assert.Equal(expected, ranges.ToArray());
        }
    }

    [Fact]
    public void RangeList_PrunesOnTheWay_WithoutChangingTheFinalChoice()
    {
        const int MaxCount = 20;
        for (int seed = 0; seed < 150; seed++)
        {
            // Few sizes or many, so that the place of equals decides or the size does; all gaps small, hardly any larger, or many.
            int maxGap = (seed % 5) switch { 0 => 12, 1 => 40, 2 => 50, 3 => 90, _ => 1000 };
            foreach (SegmentBudget budget in Budgets(MaxCount))
            {
                RangeList[] pruned = [RandomList(new Random(seed), 3000, maxGap, budget, pruneAt: 16)];
                RangeList[] whole = [RandomList(new Random(seed), 3000, maxGap, budget, pruneAt: 3000)];
                Assert.Equal(3000, whole[0].Count);
                Assert.InRange(pruned[0].Count, 1, 300);

                SegmentChoice.Choose(pruned, budget);
                SegmentChoice.Choose(whole, budget);
                Assert.Equal(whole[0].ToArray(), pruned[0].ToArray());
            }
        }
    }

    [Fact]
    public void RangeList_GivesTheSame_HoweverTheMemoryWasCut()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            int maxGap = (seed % 3) switch { 0 => 40, 1 => 50, _ => 90 };
            foreach (SegmentBudget budget in Budgets(maxCount: 20))
            {
                RangeList[] expected = [RandomList(new Random(seed), 3000, maxGap, budget, pruneAt: 3000)];
                RangeList[] actual = [new RangeList(default, budget, pruneAt: 64)];
                RangeList[] taught = [new RangeList(default, budget, pruneAt: 64)];
                foreach (MemoryRange[] chunk in expected[0].ToArray().Chunk(200 + (seed * 13)))
                {
                    var part = new RangeList(default, budget, pruneAt: 100);
                    Array.ForEach(chunk, range => part.Add(range.Start, range.End));
                    part.Prune();
                    actual[0].AddAll(part);
                    AddAsScanned(taught[0], chunk);
                }

                SegmentChoice.Choose(expected, budget);
                SegmentChoice.Choose(actual, budget);
                SegmentChoice.Choose(taught, budget);
                Assert.Equal(expected[0].ToArray(), actual[0].ToArray());
                Assert.Equal(expected[0].ToArray(), taught[0].ToArray());
            }
        }
    }

    // By a list that knows what the other one knows, and from a scanner that tells only of gaps that may matter.
    private static void AddAsScanned(RangeList ranges, MemoryRange[] chunk)
    {
        var part = new RangeList(ranges.Cost, ranges.Budget, pruneAt: 100);
        part.LearnFrom(ranges);
        ulong leastGap = part.LeastGap;
        for (int i = 0; i < chunk.Length;)
        {
            int last = i;
            while (last + 1 < chunk.Length && chunk[last + 1].Start - chunk[last].End < leastGap)
            {
                last++;
            }

            part.Add(chunk[i].Start, chunk[last].End);
            i = last + 1;
        }

        part.Prune();
        ranges.AddAll(part);
    }

    private static SegmentBudget[] Budgets(int maxCount) =>
    [
        new(ModuleLayout.Compatible, maxCount),
        new(ModuleLayout.Compact, maxCount),
        new(ModuleLayout.Compact, maxCount, maxCount / 2),
        new(ModuleLayout.Compact, maxCount, 2),
    ];

    private static RangeList RandomList(Random random, int count, int maxGap, SegmentBudget? budget = null, int pruneAt = int.MaxValue)
    {
        var ranges = new RangeList(default, budget, pruneAt);
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
