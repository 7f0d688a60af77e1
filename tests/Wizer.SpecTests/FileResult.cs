namespace Wizer.SpecTests;

/// <summary>How one script went.</summary>
internal sealed class FileResult(string file)
{
    private readonly List<string> _failures = [];
    private readonly List<string> _otherWordings = [];

    internal string File { get; } = file;

    /// <summary>How many commands did what they should.</summary>
    internal int Passed { get; private set; }

    /// <summary>How many commands there are.</summary>
    internal int Total { get; private set; }

    /// <summary>Of the rejected modules, how many were rejected with the script's wording; the class of error is part of passing.</summary>
    internal int MessagesMatched { get; private set; }

    /// <summary>How many modules were to be rejected, and were.</summary>
    internal int Messages { get; private set; }

    /// <summary>What went wrong, as <c>line keyword: reason</c>.</summary>
    internal IReadOnlyList<string> Failures => _failures;

    /// <summary>The errors that are worded otherwise, as <c>line: ours, not theirs</c>.</summary>
    internal IReadOnlyList<string> OtherWordings => _otherWordings;

    /// <summary>How many instances gave way to those of their snapshots.</summary>
    internal int Snapshots { get; private set; }

    /// <summary>How many of them could not.</summary>
    internal int RefusedSnapshots { get; private set; }

    /// <summary>Why they could not, and how many for each reason.</summary>
    internal IReadOnlyDictionary<string, int> SnapshotRefusals { get; set; } = new Dictionary<string, int>();

    internal void CountSnapshots(int taken, int refused)
    {
        Snapshots = taken;
        RefusedSnapshots = refused;
    }

    internal void Pass()
    {
        Passed++;
        Total++;
    }

    internal void Fail(int line, string keyword, string reason)
    {
        Total++;
        _failures.Add($"{File}:{line} {keyword}: {reason}");
    }

    internal void CountMessage(int line, string expected, string actual) =>
        CountMessage(line, expected, actual, actual.StartsWith(expected, StringComparison.Ordinal));

    internal void CountMessage(int line, string expected, string actual, bool isMatch)
    {
        Messages++;
        if (isMatch)
        {
            MessagesMatched++;
        }
        else
        {
            _otherWordings.Add($"{File}:{line}: \"{actual}\", not \"{expected}\"");
        }
    }
}
