using System.Globalization;
using Xunit;

namespace Wizer.SpecTests;

/// <summary>
/// How many snapshots the scripts of the component model go on from, and which of their states cannot be taken, with the reasons:
/// <c>component-snapshots.tsv</c>.
/// </summary>
internal sealed class SnapshotExpectations
{
    private const string FileName = "component-snapshots.tsv";

    private readonly SortedDictionary<string, List<string>> _found = new(StringComparer.Ordinal);

    private static string Path => System.IO.Path.Combine(Repository.Root, "tests", "Wizer.SpecTests", FileName);

    /// <summary>Holds what became of a script to the list.</summary>
    internal void Check(FileResult result)
    {
        var lines = new List<string>();
        if (result.Snapshots + result.RefusedSnapshots != 0)
        {
            lines.Add(Line(result.File, result.Snapshots, "taken"));
        }

        foreach ((string reason, int count) in result.SnapshotRefusals)
        {
            lines.Add(Line(result.File, count, reason));
        }

        if (Expectations.IsBlessing)
        {
            lock (_found)
            {
                _found[result.File] = lines;
            }

            return;
        }

        Assert.Equal(File.ReadAllLines(Path).Where(line => line.StartsWith(result.File + "\t", StringComparison.Ordinal)), lines);
    }

    internal void WriteWhenBlessing()
    {
        if (Expectations.IsBlessing && _found.Count != 0)
        {
            File.WriteAllLines(
                Path,
                [
                    "# file\tstates\twhat became of them",
                    "# WIZER_BLESS=1 dotnet test tests/Wizer.SpecTests rewrites this list.",
                    .. _found.Values.SelectMany(static lines => lines),
                ]);
        }
    }

    private static string Line(string file, int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{file}\t{count}\t{what}");
}
