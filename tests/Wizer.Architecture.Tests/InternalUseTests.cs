using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>The command is built on what the libraries show to everybody, but for what <c>internals.txt</c> gives a reason for.</summary>
public sealed class InternalUseTests
{
    [Fact]
    public void Command_UsesOnlyInternalsWithAReason()
    {
        Dictionary<string, string> reasons = File
            .ReadLines(Path.Combine(SourceProject.Root, "tests", "Wizer.Architecture.Tests", "internals.txt"))
            .Where(line => line.Length != 0 && line[0] != '#')
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        Assert.All(reasons, reason => Assert.NotEqual("", reason.Value));

        Mention[] uses = [.. Rooms.Mentions.Where(mention =>
            mention.IsInternal && mention.From.StartsWith("Cli", StringComparison.Ordinal) && !mention.To.StartsWith("Cli", StringComparison.Ordinal))];
        string[] wrong = [.. uses.Where(use => !reasons.ContainsKey(TypeOf(use))).Select(use => $"{use.Symbol} ({use.Place})").Distinct()];
        Assert.True(wrong.Length == 0, "internal, used by the command, and not in internals.txt:\n" + string.Join('\n', wrong));
        Assert.Empty(reasons.Keys.Except(uses.Select(TypeOf)));
    }

    private static string TypeOf(Mention mention) => mention.Symbol.Split('.')[0];
}
