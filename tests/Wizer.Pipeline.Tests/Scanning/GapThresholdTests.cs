using Xunit;

namespace Wizer.Pipeline.Tests;

public class GapThresholdTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(int.MaxValue)]
    public void Closes_AgreesWithSorting(int maxGap)
    {
        var random = new Random(maxGap);
        for (int round = 0; round < 500; round++)
        {
            ulong[] gaps = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => (ulong)random.Next(maxGap))];
            AssertClosesTheSmallest(gaps, random.Next(1, gaps.Length + 1));
        }
    }

    [Fact]
    public void Closes_AgreesWithSorting_OnOrdersThatAreBadForPivots()
    {
        const int Count = 20_000;
        foreach (Func<int, ulong> gap in new Func<int, ulong>[]
        {
            _ => 5, i => (ulong)i, i => (ulong)(Count - i), i => (ulong)(i % 2), i => (ulong)Math.Abs(i - (Count / 2)), i => (ulong)(i ^ 0x1555),
        })
        {
            AssertClosesTheSmallest([.. Enumerable.Range(0, Count).Select(gap)], Count / 3);
        }
    }

    private static void AssertClosesTheSmallest(ulong[] gaps, int closeCount)
    {
        HashSet<int> expected = [.. Enumerable.Range(0, gaps.Length).OrderBy(i => gaps[i]).ThenBy(i => i).Take(closeCount)];
        GapThreshold threshold = GapThreshold.Find([.. gaps, 0, 0], gaps.Length, closeCount);
        for (int i = 0; i < gaps.Length; i++)
        {
            Assert.Equal(expected.Contains(i), threshold.Closes(gaps[i]));
        }
    }
}
