using System.Collections.Immutable;

namespace Wizer.Architecture.Tests;

/// <summary>
/// The floor plan, <c>rooms.txt</c>: a line for each room, with the rooms it may use. A room may only use rooms above it, so that
/// whatever is written there has no circles.
/// </summary>
internal sealed class FloorPlan
{
    private FloorPlan(ImmutableArray<string> rooms, ImmutableDictionary<string, ImmutableArray<string>> uses)
    {
        Rooms = rooms;
        Uses = uses;
    }

    /// <summary>In the order of the file.</summary>
    internal ImmutableArray<string> Rooms { get; }

    /// <summary>What each may use.</summary>
    internal ImmutableDictionary<string, ImmutableArray<string>> Uses { get; }

    internal static FloorPlan Read()
    {
        string path = Path.Combine(SourceProject.Root, "tests", "Wizer.Architecture.Tests", "rooms.txt");
        var rooms = ImmutableArray.CreateBuilder<string>();
        var uses = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>();
        foreach (string line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
            rooms.Add(parts[0]);
            uses.Add(parts[0], [.. parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        }

        return new FloorPlan(rooms.ToImmutable(), uses.ToImmutable());
    }
}
