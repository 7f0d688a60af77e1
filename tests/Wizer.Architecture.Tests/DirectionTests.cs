using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>Dependencies point one way, and the way that <c>rooms.txt</c> says.</summary>
public sealed class DirectionTests
{
    private static readonly FloorPlan s_plan = FloorPlan.Read();

    [Fact]
    public void Rooms_UseOnlyRoomsAboveThem()
    {
        for (int i = 0; i < s_plan.Rooms.Length; i++)
        {
            string room = s_plan.Rooms[i];
            foreach (string used in s_plan.Uses[room])
            {
                int at = s_plan.Rooms.IndexOf(used);
                Assert.True(at >= 0, $"{room} uses {used}, which is no room of the plan");
                Assert.True(at < i, $"{room} uses {used}, which stands below it");
            }
        }
    }

    [Fact]
    public void Rooms_UseOnlyWhatThePlanAllows()
    {
        string[] wrong = Rooms.Mentions
            .Where(mention => !s_plan.Uses.TryGetValue(mention.From, out var uses) || !uses.Contains(mention.To))
            .GroupBy(mention => (mention.From, mention.To))
            .Select(arrow => $"{arrow.Key.From} -> {arrow.Key.To}: {string.Join(", ", arrow.Take(5).Select(mention => $"{mention.Symbol} ({mention.Place})"))}")
            .ToArray();
        Assert.True(wrong.Length == 0, "not in rooms.txt:\n" + string.Join('\n', wrong));
    }

    [Fact]
    public void Plan_AllowsOnlyWhatIsUsed()
    {
        HashSet<(string, string)> found = [.. Rooms.Mentions.Select(mention => (mention.From, mention.To))];
        string[] stale = s_plan.Rooms
            .SelectMany(room => s_plan.Uses[room].Where(used => !found.Contains((room, used))).Select(used => $"{room} -> {used}"))
            .ToArray();
        Assert.True(stale.Length == 0, "in rooms.txt, and nobody uses it:\n" + string.Join('\n', stale));
    }

    [Fact]
    public void Projects_DependOnlyOnProjectsBelowThem()
    {
        // The rooms of a project stand together, and the projects in the order in which they are built.
        string[] projects = s_plan.Rooms.Select(room => room.Split('/')[0]).ToArray();
        Assert.Equal(SourceProject.Names, projects.Distinct());
        Assert.Equal(projects.OrderBy(project => Array.IndexOf(SourceProject.Names, project)), projects);
        Assert.DoesNotContain(Rooms.Mentions, mention => mention.From.StartsWith("Engine", StringComparison.Ordinal)
            && mention.To.StartsWith("Text", StringComparison.Ordinal));
    }
}
