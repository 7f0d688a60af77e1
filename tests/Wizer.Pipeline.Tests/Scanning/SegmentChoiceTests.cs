using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Segments are chosen so that they take the fewest bytes; tried against every other choice where there are few.</summary>
public class SegmentChoiceTests
{
    // Where headers and lengths change their size, and what lies around it.
    private static readonly ulong[] s_starts =
        [0, 40, 60, 8000, 8191, (1 << 20) - 300, (1 << 27) - 40, (1UL << 31) - 500, uint.MaxValue - 9000, uint.MaxValue - 100, 1UL << 40];
    private static readonly int[] s_lengths = [1, 1, 2, 7, 60, 63, 64, 100, 120, 126, 127, 128, 250, 16_000, 16_300, 16_383, 16_384, 2_097_100];

    // Around the largest gap that is not worth a segment when there are many.
    private static readonly int[] s_gaps = [5, 6, 7, 9, 20, 47, 48, 49, 50, 52, 90, 300];

    private static Gen<Layouts> Some(int maxCount) => Some(maxCount, Gen.Choose(5, 16));

    private static Gen<Layouts> Some(int maxCount, Gen<int> gap) =>
        from start in Gen.Elements(s_starts)
        from memory in Gen.Elements(0u, 0u, 0u, 1u, 200u)
        from is64 in Gen.Elements(false, false, true)
        from lengths in Gen.Elements(s_lengths).ListOf(maxCount)
        from gaps in gap.ListOf(maxCount)
        from count in Gen.Choose(0, maxCount)
        from maxKept in Gen.Choose(1, 12)
        select new Layouts(start, new SegmentCost(memory, is64), [.. lengths], [.. gaps], count, maxKept);

    [Fact]
    public void Merge_TakesTheFewestBytes_AndThenTheFewestSegments() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Some(maxCount: 9).ToArbitrary(), layouts =>
        {
            RangeList ranges = layouts.ToList();
            MemoryRange[] all = ranges.ToArray();
            SegmentMerger.Merge(ranges);
            (ulong byteLength, int count) = Best(all, layouts.Cost);
            Assert.Equal((byteLength, count), (ranges.EncodedLength, ranges.Count));
            AssertCovers(ranges.ToArray(), all);
        }));

    [Fact]
    public void Choose_IsNeverLargerThanTheOriginals_AndKeepsTheLimit() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Some(maxCount: 40).Two().ToArbitrary(), layouts =>
        {
            int maxCount = Math.Max(2, layouts.Item1.MaxKept);
            RangeList[] compact = [layouts.Item1.ToList(), layouts.Item2.ToList()];
            RangeList[] compatible = [compact[0].Clone(), compact[1].Clone()];
            MemoryRange[][] all = [compact[0].ToArray(), compact[1].ToArray()];
            SegmentChoice.Choose(compact, new SegmentBudget(ModuleLayout.Compact, maxCount));
            SegmentChoice.Choose(compatible, new SegmentBudget(ModuleLayout.Compatible, maxCount));
            Assert.InRange(compact[0].Count + compact[1].Count, 0, maxCount);
            Assert.InRange(compact[0].Count + compact[1].Count, 0, compatible[0].Count + compatible[1].Count);
            Assert.True(compact[0].EncodedLength + compact[1].EncodedLength <= compatible[0].EncodedLength + compatible[1].EncodedLength);
            AssertCovers(compact[0].ToArray(), all[0]);
            AssertCovers(compact[1].ToArray(), all[1]);
        }));

    [Fact]
    public void Choose_IsNeverLargerThanTheOriginals_WhenItMayHaveMoreSegments() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Some(maxCount: 40, Gen.Elements(s_gaps)).Two().ToArbitrary(), layouts =>
        {
            int freeCount = Math.Max(2, layouts.Item1.MaxKept);
            int maxCount = freeCount + layouts.Item2.MaxKept;
            RangeList[] compact = [layouts.Item1.ToList(), layouts.Item2.ToList()];
            RangeList[] compatible = [compact[0].Clone(), compact[1].Clone()];
            MemoryRange[][] all = [compact[0].ToArray(), compact[1].ToArray()];
            SegmentChoice.Choose(compact, new SegmentBudget(ModuleLayout.Compact, maxCount, freeCount));
            SegmentChoice.Choose(compatible, new SegmentBudget(ModuleLayout.Compatible, freeCount));
            int count = compact[0].Count + compact[1].Count;
            Assert.InRange(count, 0, maxCount);
            Assert.True(compact[0].EncodedLength + compact[1].EncodedLength <= compatible[0].EncodedLength + compatible[1].EncodedLength);
            AssertCovers(compact[0].ToArray(), all[0]);
            AssertCovers(compact[1].ToArray(), all[1]);

            // More than the original has are there only where all of them are worth it, and then as many as are.
            bool isWorthIt(int limit) => Math.Min(limit, Apart(all[0]) + Apart(all[1])) == count;
            Assert.True(count <= freeCount || (isWorthIt(maxCount) && compact.All(memory => Apart(memory.ToArray()) == memory.Count)));
        }));

    [Theory]
    [InlineData(48, 3)]
    [InlineData(49, 9)]
    public void Choose_HasMoreSegmentsThanTheOriginal_WhereEachIsWorthLoading(int gap, int expectedCount)
    {
        RangeList list = List([.. Enumerable.Range(0, 9).Select(i => ((ulong)(i * (gap + 1)), (ulong)(i * (gap + 1)) + 1))]);
        RangeList[] memories = [list.Clone()];
        SegmentChoice.Choose(memories, new SegmentBudget(ModuleLayout.Compact, maxCount: 100, freeCount: 3));
        Assert.Equal(expectedCount, memories[0].Count);

        memories = [list];
        SegmentChoice.Choose(memories, new SegmentBudget(ModuleLayout.Compact, maxCount: 5, freeCount: 3));
        Assert.Equal(Math.Min(5, expectedCount), memories[0].Count);
    }

    [Fact]
    public void Budget_LeavesRoomForTheSegmentsThatStay()
    {
        Assert.Equal(100_000, SegmentBudget.For(ModuleLayout.Compact, keptCount: 0).MaxCount);
        Assert.Equal(12_000, SegmentBudget.For(ModuleLayout.Compact, keptCount: 0).FreeCount);
        Assert.Equal(5_000, SegmentBudget.For(ModuleLayout.Compact, keptCount: 95_000).FreeCount);
        Assert.Equal(99_993, SegmentBudget.For(ModuleLayout.Compact, keptCount: 7).MaxCount);
        Assert.Equal(1, SegmentBudget.For(ModuleLayout.Compact, keptCount: 100_000).MaxCount);
        Assert.Equal(10_000, SegmentBudget.For(ModuleLayout.Compatible, keptCount: 0).MaxCount);
        Assert.Equal(10_000, SegmentBudget.For(ModuleLayout.Compatible, keptCount: 90_000).MaxCount);
        Assert.Equal(5_000, SegmentBudget.For(ModuleLayout.Compatible, keptCount: 95_000).MaxCount);
        Assert.Equal(1, SegmentBudget.For(ModuleLayout.Compatible, keptCount: 100_000).MaxCount);
        Assert.Equal(13, SegmentBudget.For(ModuleLayout.Compact, keptCount: 7, maxCountInModule: 20).FreeCount);
        Assert.Equal(13, SegmentBudget.For(ModuleLayout.Compatible, keptCount: 7, maxCountInModule: 20).MaxCount);
        Assert.Equal(1, SegmentBudget.For(ModuleLayout.Compact, keptCount: 7, maxCountInModule: -1).MaxCount);
    }

    [Fact]
    public void Choose_ClosesTheGapThatCostsLess_WhenTheLimitIsReached()
    {
        // The second gap is larger, but the segment behind it would need a longer address.
        (ulong, ulong)[] ranges = [(0, 1), (30, 31), ((1 << 20) - 31, (1 << 20) - 30), (1 << 20, (1 << 20) + 1)];
        RangeList[] compact = [List(ranges)];
        RangeList[] compatible = [List(ranges)];
        SegmentChoice.Choose(compact, new SegmentBudget(ModuleLayout.Compact, 3));
        SegmentChoice.Choose(compatible, new SegmentBudget(ModuleLayout.Compatible, 3));
        Assert.Equal([new MemoryRange(0, 1), new(30, 31), new((1 << 20) - 31, (1 << 20) + 1)], compact[0].ToArray());
        Assert.Equal([new MemoryRange(0, 31), new((1 << 20) - 31, (1 << 20) - 30), new(1 << 20, (1 << 20) + 1)], compatible[0].ToArray());
    }

    [Fact]
    public void Choose_ClosesTheGapThatSavesALongerLength_WhenTheLimitIsReached()
    {
        // Equal gaps behind equal headers, but only the second one is between lengths of two bytes each.
        RangeList[] compact = [List((100, 110), (140, 150), (1000, 2000), (2030, 3000))];
        SegmentChoice.Choose(compact, new SegmentBudget(ModuleLayout.Compact, 3));
        Assert.Equal([new MemoryRange(100, 110), new(140, 150), new(1000, 3000)], compact[0].ToArray());
    }

    [Fact]
    public void Merge_ReconsidersAGap_WhenTheNextOneIsClosed()
    {
        // Addresses of three bytes: six are free, seven cost one more than they save unless lengths make up for it.
        RangeList ranges = List((10_000, 10_100), (10_107, 10_207), (10_214, 30_214));
        SegmentMerger.Merge(ranges);
        Assert.Equal([new MemoryRange(10_000, 30_214)], ranges.ToArray());

        RangeList pair = List((10_000, 10_100), (10_107, 10_207));
        SegmentMerger.Merge(pair);
        Assert.Equal(2, pair.Count);
    }

    [Fact]
    public void Merge_IsLinear()
    {
        // Every gap depends on the others; a quadratic search would take minutes.
        const int Count = 1_000_000;
        var ranges = new RangeList(default, pruneAt: Count);
        for (ulong i = 0; i < Count; i++)
        {
            ranges.Add(i * 20, (i * 20) + 12);
        }

        SegmentMerger.Merge(ranges);
        Assert.InRange(ranges.Count, 1, Count / 2);
    }

    /// <summary>Tries every way to join neighbours.</summary>
    private static (ulong ByteLength, int Count) Best(MemoryRange[] ranges, SegmentCost cost)
    {
        (ulong, int) best = (ulong.MaxValue, 0);
        for (int choice = 0; choice < 1 << Math.Max(0, ranges.Length - 1); choice++)
        {
            ulong byteLength = 0;
            int count = 0;
            for (int i = 0; i < ranges.Length;)
            {
                int first = i++;
                while (i < ranges.Length && ((choice >> (i - 1)) & 1) != 0)
                {
                    i++;
                }

                byteLength += cost.ByteLength(new MemoryRange(ranges[first].Start, ranges[i - 1].End));
                count++;
            }

            best = (byteLength, count).CompareTo(best) < 0 ? (byteLength, count) : best;
        }

        return best;
    }

    /// <summary>How many segments there are when all small gaps are closed.</summary>
    private static int Apart(MemoryRange[] ranges) =>
        Math.Min(1, ranges.Length) + ranges.Zip(ranges.Skip(1)).Count(pair => pair.Second.Start - pair.First.End > SegmentBudget.MaxSmallGap);

    /// <summary>Segments are in order, apart, begin and end with a range, and leave none out.</summary>
    private static void AssertCovers(MemoryRange[] segments, MemoryRange[] ranges)
    {
        int next = 0;
        foreach (MemoryRange segment in segments)
        {
            Assert.Equal(ranges[next].Start, segment.Start);
            while (next < ranges.Length && ranges[next].End <= segment.End)
            {
                next++;
            }

            Assert.Equal(ranges[next - 1].End, segment.End);
        }

        Assert.Equal(ranges.Length, next);
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

    internal sealed record Layouts(ulong Start, SegmentCost Cost, int[] Lengths, int[] Gaps, int Count, int MaxKept)
    {
        public RangeList ToList()
        {
            var list = new RangeList(Cost);
            ulong at = Start;
            for (int i = 0; i < Count && at + 1_000 < uint.MaxValue; i++)
            {
                ulong end = Math.Min(at + (uint)Lengths[i], uint.MaxValue);
                list.Add(at, end);
                at = end + (uint)Gaps[i];
            }

            return list;
        }
    }
}
