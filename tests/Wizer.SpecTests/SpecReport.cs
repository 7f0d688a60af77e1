using System.Globalization;
using System.Text;
using Xunit;
using Xunit.Abstractions;

namespace Wizer.SpecTests;

/// <summary>Gathers what the scripts did, and writes it down when the last has run.</summary>
public class SpecReport : IDisposable
{
    private readonly List<FileResult> _results = [];
    private readonly Expectations _expectations;
    private readonly string _summaryPath;
    private int _snapshots;
    private int _refusedSnapshots;

    public SpecReport()
        : this(Expectations.Core, "spec-tests.tsv")
    {
    }

    private protected SpecReport(Expectations expectations, string summaryFileName)
    {
        _expectations = expectations;
        _summaryPath = Path.Combine(Repository.Root, "artifacts", summaryFileName);
        Expected = expectations.Read();
    }

    internal Dictionary<string, (int Passed, int Total)> Expected { get; }

    internal void Add(FileResult result)
    {
        lock (_results)
        {
            _results.Add(result);
        }
    }

    /// <summary>Holds what a script did to the checked-in expectations.</summary>
    internal void Check(FileResult result, ITestOutputHelper output)
    {
        string file = result.File;
        output.WriteLine($"{file}: {result.Passed} of {result.Total} commands passed; "
            + $"{result.MessagesMatched} of {result.Messages} errors have the script's wording");
        foreach (string failure in result.Failures)
        {
            output.WriteLine(failure);
        }

        Assert.True(result.Total > 0, $"{file} has no commands");
        if (Expectations.IsBlessing)
        {
            return;
        }

        Assert.True(Expected.TryGetValue(file, out (int Passed, int Total) expected), $"{file} is new: run with WIZER_BLESS=1");
        Assert.True(
            result.Passed >= expected.Passed && result.Total == expected.Total,
            $"{result.Passed} of {result.Total} pass, and {expected.Passed} of {expected.Total} used to:\n{string.Join('\n', result.Failures.Take(10))}");
        Assert.True(
            result.Passed == expected.Passed,
            $"{result.Passed} pass, and only {expected.Passed} used to: run with WIZER_BLESS=1 to keep it that way");
    }

    /// <summary>Gathers how many snapshots scripts went on from.</summary>
    internal void AddSnapshots(FileResult result)
    {
        lock (_results)
        {
            _snapshots += result.Snapshots;
            _refusedSnapshots += result.RefusedSnapshots;
        }
    }

    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
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
        text.Append(CultureInfo.InvariantCulture, $"# {_snapshots} snapshots, {_refusedSnapshots} refused\n");
        foreach (FileResult result in _results)
        {
            foreach (string line in result.Failures.Concat(result.OtherWordings))
            {
                text.Append("# ").Append(line.ReplaceLineEndings(" ")).Append('\n');
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_summaryPath)!);
        File.WriteAllText(_summaryPath, text.ToString());
        if (Expectations.IsBlessing)
        {
            _expectations.Write(_results);
        }

        void Line(string name, int a, int b, int c, int d) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}\t{a}\t{b}\t{c}\t{d}\n");
    }
}
