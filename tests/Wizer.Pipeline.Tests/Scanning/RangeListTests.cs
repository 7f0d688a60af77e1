using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Ranges are kept in half the room below 4 GiB, which nobody sees: what a list makes of ranges does not depend on where they are.</summary>
public class RangeListTests
{
    private const ulong FourGibibytes = 1UL << 32;

    private static readonly SegmentBudget s_budget = new(ModuleLayout.Compatible, maxCount: 30);

    public static TheoryData<ulong> Bases => [FourGibibytes - 1200, FourGibibytes - 1, FourGibibytes, (3 * FourGibibytes) - 900, 1UL << 47];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, FourGibibytes)]
    [InlineData(FourGibibytes - 1, FourGibibytes)]
    [InlineData(FourGibibytes - 1, FourGibibytes + 1)]
    [InlineData(FourGibibytes, FourGibibytes + 1)]
    [InlineData(7, 1UL << 47)]
    [InlineData(ulong.MaxValue - 1, ulong.MaxValue)]
    public void Add_KeepsBothEnds(ulong start, ulong end)
    {
        var list = new RangeList();
        list.Add(start, end);
        Assert.Equal([new MemoryRange(start, end)], list.ToArray());
        Assert.Equal(list.ToArray(), list.Clone().ToArray());
    }

    [Fact]
    public void Clear_LeavesNothingOfWhatWasFarther()
    {
        var list = new RangeList();
        list.Add(FourGibibytes, FourGibibytes + 1);
        list.Clear();
        list.Add(1, 2);
        Assert.Equal([new MemoryRange(1, 2)], list.ToArray());
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public void Ranges_AreTheSameElsewhere(ulong firstAddress)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            MemoryRange[] expected = Make(seed, 0);
            Assert.Equal(expected.Select(range => new MemoryRange(range.Start + firstAddress, range.End + firstAddress)), Make(seed, firstAddress));
        }
    }

    // All that is done with lists where only sizes count.
    private static MemoryRange[] Make(int seed, ulong firstAddress)
    {
        var random = new Random(seed);
        var list = new RangeList(default, s_budget, pruneAt: 40);
        ulong address = firstAddress;
        for (int part = 0; part < 3; part++)
        {
            RangeList next = part == 0 ? list : list.CreateEmpty();
            for (int i = random.Next(200); i > 0; i--)
            {
                ulong start = address + (ulong)random.Next(1, 20);
                address = start + (ulong)random.Next(1, 9);
                next.Add(start, address);
            }

            next.Prune();
            if (next != list)
            {
                list.AddAll(next);
            }
        }

        list.CloseUpTo(8, GapOrder.BySize);
        RangeList chosen = list.Clone();
        SegmentLimit.CloseSmallestGaps([chosen], GapOrder.BySize, random.Next(1, 30));
        return [.. list.ToArray(), .. chosen.ToArray()];
    }
}
