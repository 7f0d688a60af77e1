using System.Globalization;
using System.Text;

namespace Wizer.SpecTests;

/// <summary>A checked-in list of how many commands of each script pass: <c>file, passed, total</c>, tab-separated.</summary>
/// <param name="fileName">The list.</param>
/// <param name="incompleteFileName">The reasons of those that do not pass completely.</param>
internal sealed class Expectations(string fileName, string incompleteFileName)
{
    private static readonly string s_directory = System.IO.Path.Combine(Repository.Root, "tests", "Wizer.SpecTests");

    /// <summary>Of the scripts of core WebAssembly.</summary>
    internal static Expectations Core { get; } = new("expectations.tsv", "incomplete.tsv");

    /// <summary>Of the scripts of the component model.</summary>
    internal static Expectations Components { get; } = new("component-expectations.tsv", "component-incomplete.tsv");

    internal string Path { get; } = System.IO.Path.Combine(s_directory, fileName);

    internal string IncompletePath { get; } = System.IO.Path.Combine(s_directory, incompleteFileName);

    internal static bool IsBlessing => Environment.GetEnvironmentVariable("WIZER_BLESS") == "1";

    internal Dictionary<string, (int Passed, int Total)> Read()
    {
        var expectations = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        if (!File.Exists(Path))
        {
            return expectations;
        }

        foreach (string line in File.ReadAllLines(Path))
        {
            if (line.Length != 0 && line[0] != '#')
            {
                string[] columns = line.Split('\t');
                expectations.Add(
                    columns[0], (int.Parse(columns[1], CultureInfo.InvariantCulture), int.Parse(columns[2], CultureInfo.InvariantCulture)));
            }
        }

        return expectations;
    }

    /// <summary>Replaces the lines of the scripts that ran.</summary>
    internal void Write(IEnumerable<FileResult> results)
    {
        Dictionary<string, (int Passed, int Total)> expectations = Read();
        foreach (FileResult result in results)
        {
            expectations[result.File] = (result.Passed, result.Total);
        }

        string[] files = [.. expectations.Keys];
        Array.Sort(files, string.CompareOrdinal);
        var text = new StringBuilder("# file\tpassed\ttotal\n# WIZER_BLESS=1 dotnet test tests/Wizer.SpecTests rewrites this list.\n");
        foreach (string file in files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file}\t{expectations[file].Passed}\t{expectations[file].Total}\n");
        }

        File.WriteAllText(Path, text.ToString());
    }
}
