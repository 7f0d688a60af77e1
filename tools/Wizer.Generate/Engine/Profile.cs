using System.Globalization;

namespace Wizer.Generate.Engine;

/// <summary>What programs execute, from <c>profile.tsv</c>: runs of base operations, and how often each.</summary>
internal static class Profile
{
    internal const string FileName = "profile.tsv";

    /// <summary>Reads the runs.</summary>
    /// <exception cref="TableException">A row makes no sense, or names an operation that there is not.</exception>
    internal static List<ProfileRun> Read(string file, OperationTable table)
    {
        List<ProfileRun> runs = [];
        foreach ((int line, string[] cells) in TableFile.Rows(file, 2))
        {
            if (!long.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                throw new TableException(file, line, "expected a count and a run");
            }

            runs.Add(new ProfileRun(count, ReadRun(cells[1], table, file, line)));
        }

        return runs;
    }

    // `I32Load | I32AddK.0-1T`: a bar, where something may branch to; an input that is the result of so many operations before; T,
    // when that is a local's.
    private static ProfileOperation[] ReadRun(string text, OperationTable table, string file, int line)
    {
        List<ProfileOperation> operations = [];
        bool isStart = true;
        foreach (string word in text.Split(' '))
        {
            if (word == "|")
            {
                isStart = true;
                continue;
            }

            string[] parts = word.Split('.');
            Operation operation = table.Find(parts[0]) ?? throw new TableException(file, line, $"`{parts[0]}` is no base operation");
            List<ProfileEdge> edges = [];
            foreach (string edge in parts.Skip(1))
            {
                string[] numbers = edge.TrimEnd('T').Split('-');
                if (numbers.Length != 2
                    || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int input)
                    || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out int back)
                    || back < 1 || back > operations.Count)
                {
                    throw new TableException(file, line, $"`{edge}` is no input that is an earlier result");
                }

                edges.Add(new ProfileEdge(input, operations.Count - back, edge.EndsWith('T')));
            }

            operations.Add(new ProfileOperation(operation, isStart, [.. edges]));
            isStart = false;
        }

        return [.. operations];
    }
}

/// <summary>Operations that were executed one after the other, as they lie in the code.</summary>
/// <param name="Count">How often: a share, of some large number.</param>
/// <param name="Operations">In order.</param>
internal sealed record ProfileRun(long Count, ProfileOperation[] Operations);

/// <summary>An operation of a run.</summary>
/// <param name="Operation">A base operation.</param>
/// <param name="IsStart">Whether it is combined with nothing before it.</param>
/// <param name="Edges">Its inputs that are results of earlier operations.</param>
internal sealed record ProfileOperation(Operation Operation, bool IsStart, ProfileEdge[] Edges);

/// <summary>An input that is the result of an earlier operation.</summary>
/// <param name="Input">Which.</param>
/// <param name="From">The operation of the run.</param>
/// <param name="Keep">Whether the result is a local's, and so stored in any case.</param>
internal readonly record struct ProfileEdge(int Input, int From, bool Keep);
