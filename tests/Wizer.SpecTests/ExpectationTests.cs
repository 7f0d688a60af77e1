using Wizer.TestSupport.Scripts;
using Xunit;

namespace Wizer.SpecTests;

/// <summary>Holds the lists of this project to each other: whatever does not pass completely has its reason written down.</summary>
public sealed class ExpectationTests
{
    [Fact]
    public void IncompleteFiles_HaveAReason_AndReasonsHaveAFile()
    {
        CheckReasons(Expectations.Core);
        CheckReasons(Expectations.Components);
    }

    private static void CheckReasons(Expectations expectations)
    {
        string[] patterns =
        [
            .. File.ReadAllLines(expectations.IncompletePath)
                .Where(static line => line.Length != 0 && line[0] != '#')
                .Select(static line => line[..line.IndexOf('\t', StringComparison.Ordinal)]),
        ];
        string[] incomplete =
        [
            .. expectations.Read().Where(static pair => pair.Value.Passed < pair.Value.Total).Select(static pair => pair.Key),
        ];

        string[] withoutReason = [.. incomplete.Where(file => !patterns.Any(pattern => Matches(pattern, file)))];
        string[] withoutFile = [.. patterns.Where(pattern => !incomplete.Any(file => Matches(pattern, file)))];

        Assert.True(withoutReason.Length == 0, $"these should pass completely: {string.Join(", ", withoutReason)}");
        Assert.True(withoutFile.Length == 0, $"these reasons are no longer needed: {string.Join(", ", withoutFile)}");
    }

    [SuiteFact]
    public void Expectations_ListTheSuitesFiles()
    {
        Assert.NotEmpty(SpecTestSuite.Scripts);
        Assert.Equal(SpecTestSuite.Scripts, Expectations.Core.Read().Keys.Order(StringComparer.Ordinal));
    }

    [ComponentSuiteFact]
    public void ComponentExpectations_ListTheSuitesFiles()
    {
        Assert.NotEmpty(ComponentTestSuite.Scripts);
        Assert.Equal(ComponentTestSuite.Scripts, Expectations.Components.Read().Keys.Order(StringComparer.Ordinal));
    }

    private static bool Matches(string pattern, string file) =>
        pattern.EndsWith('*') ? file.StartsWith(pattern[..^1], StringComparison.Ordinal) : file == pattern;
}
