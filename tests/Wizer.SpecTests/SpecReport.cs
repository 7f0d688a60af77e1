using System.Globalization;
using System.Text;

namespace Wizer.SpecTests;

/// <summary>Gathers what the scripts did, and writes it down when the last has run.</summary>
public sealed class SpecReport : IDisposable
{
    private readonly List<FileResult> _results = [];

    /// <summary>Where the summary of the last run is.</summary>
    internal static string SummaryPath { get; } = Path.Combine(Repository.Root, "artifacts", "spec-tests.tsv");

    internal Dictionary<string, (int Passed, int Total)> Expected { get; } = Expectations.Read();

    internal void Add(FileResult result)
    {
        lock (_results)
        {
            _results.Add(result);
        }
    }

    public void Dispose()
    {
        if (_results.Count == 0)
        {
            return;
        }

        _results.Sort(static (a, b) => string.CompareOrdinal(a.File, b.File));
        var text = new StringBuilder("# file\tpassed\ttotal\tmessages matched\tmessages\n");
        int passed = 0;
        int total = 0;
        int matched = 0;
        int messages = 0;
        foreach (FileResult result in _results)
        {
            Line(result.File, result.Passed, result.Total, result.MessagesMatched, result.Messages);
            passed += result.Passed;
            total += result.Total;
            matched += result.MessagesMatched;
            messages += result.Messages;
        }

        Line("total", passed, total, matched, messages);
        foreach (FileResult result in _results)
        {
            foreach (string line in result.Failures.Concat(result.OtherWordings))
            {
                text.Append("# ").Append(line.ReplaceLineEndings(" ")).Append('\n');
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(SummaryPath)!);
        File.WriteAllText(SummaryPath, text.ToString());
        if (Expectations.IsBlessing)
        {
            Expectations.Write(_results);
        }

        void Line(string name, int a, int b, int c, int d) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}\t{a}\t{b}\t{c}\t{d}\n");
    }
}
