using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The command line refuses what the original refuses, in the same words.</summary>
public sealed class UsageErrorTests
{
    private static readonly Dictionary<string, string> s_errors = Load();

    public static TheoryData<string> Commands() => new(s_errors.Keys);

    [Theory]
    [MemberData(nameof(Commands))]
    public void Parse_RefusesLikeTheOriginal(string command)
    {
        UsageException error = Assert.Throws<UsageException>(() => Arguments(command));
        Assert.Equal(s_errors[command], error.Message);
    }

    [Fact]
    public void Usage_HasBeenRecorded() => Assert.True(s_errors.Count > 100);

    internal static Arguments Arguments(string command) => ArgumentParser.Parse(ShellWords.Split(command).ToArray());

    private static Dictionary<string, string> Load()
    {
        var errors = new Dictionary<string, string>();
        string command = "";
        foreach (string line in File.ReadLines(TestFiles.InProject("usage-errors.txt")))
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                command = line[2..];
                errors.Add(command, "");
            }
            else if (command.Length > 0)
            {
                errors[command] += line + "\n";
            }
        }

        return errors;
    }
}
