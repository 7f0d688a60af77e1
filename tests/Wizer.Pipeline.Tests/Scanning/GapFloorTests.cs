using Xunit;

namespace Wizer.Pipeline.Tests;

public class GapFloorTests
{
    [Theory]
    [InlineData(5, 20, 60)]
    [InlineData(49, 100, 300)]
    [InlineData(49, 10, 3000)]
    [InlineData(2000, 10, 3000)]
    public void Count_SaysWhatIsClosedInTheEnd_AfterEveryGap(int least, int maxCount, int maxGap)
    {
        var random = new Random(maxGap);
        var floor = new GapFloor((ulong)least, maxCount);
        var seen = new List<int>();
        for (int i = 0; i < 1500; i++)
        {
            seen.Add(random.Next(1, maxGap));

            // The lowest size for which less than the count are larger; up to the largest that is told apart.
            int expected = Math.Min(least, GapThreshold.SmallKeys - 1);
            while (expected < GapThreshold.SmallKeys - 1 && seen.Count(gap => gap > expected) >= maxCount)
            {
                expected++;
            }

            Assert.Equal((ulong)expected, floor.Count((ulong)seen[^1]));
        }
    }

    [Fact]
    public void Count_LeavesAsManyGapsAsStayOpen()
    {
        var floor = new GapFloor(5, maxCount: 4);
        ulong least = 0;
        foreach (ulong gap in new ulong[] { 60, 9, 70, 80, 8, 9, 90, 100 })
        {
            least = floor.Count(gap);
        }

        // Four ranges have three gaps between them, which are those from 80 on; one more is kept.
        Assert.Equal(70ul, least);
    }
}
