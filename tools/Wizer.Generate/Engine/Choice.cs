using System.Globalization;
using System.Text;

namespace Wizer.Generate.Engine;

/// <summary>
/// Chooses superinstructions and hot operations by the profile, and writes the tables of both. The rule: add what makes the profile
/// cheapest, one after the other, until nothing is worth its place; fusions first, since they are what sequences consist of; then
/// take out what later ones made superfluous. What an execution costs is its dispatches, those of operations that are not hot twice,
/// and the values that go through slots. Hot are those that are then the most frequent.
/// </summary>
internal sealed class Choice
{
    // Each is an entry in the jump table of every other, and the time to compile the loop grows with the square: 140 take a second.
    private const int HotCount = 146;

    // In dispatches: what one costs more that goes through the jump table of a hot operation and then through the one of all; what
    // a value costs that is stored and loaded. Guesses, by what the loop takes for operations that do little else.
    private const double ColdCost = 1;
    private const double SlotCost = 0.5;

    // The least that one must save, of all that is executed without any.
    private const double LeastGain = 0.0002;

    // So many operations are one at most: a longer sequence would only be met by chance.
    private const int MaxSequence = 4;

    private readonly RunSimulator _simulator;
    private readonly List<ProfileRun> _runs;
    private readonly Outcome[] _outcomes;
    private readonly Dictionary<Operation, int> _numbers = [];
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<Superinstruction, List<int>> _missed = [];
    private readonly Dictionary<Superinstruction, double> _gains = [];
    private readonly Dictionary<Superinstruction, Superinstruction?> _possible = [];
    private readonly List<Superinstruction> _chosen = [];
    private readonly List<Operation> _executed = [];
    private readonly double _least;
    private long[] _counts = new long[512];
    private long[] _sorted = [];
    private long _flows;
    private double _cost;

    private Choice(OperationTable table, List<ProfileRun> runs)
    {
        _simulator = new RunSimulator(table);
        _runs = runs;
        _outcomes = new Outcome[runs.Count];
        _least = LeastGain * runs.Sum(run => (double)run.Count * run.Operations.Length);
        for (int i = 0; i < runs.Count; i++)
        {
            _outcomes[i] = Simulate(i);
            Count(_outcomes[i], _runs[i].Count);
            Note(i);
        }

        _cost = Cost();
    }

    /// <summary>The texts of the tables, by their names.</summary>
    internal static Dictionary<string, string> Choose(InstructionTable instructions)
    {
        OperationTable table = new(instructions, isBase: true);
        var choice = new Choice(table, Profile.Read(Path.Combine(instructions.SourceDirectory, OperationTable.Folder, Profile.FileName), table));
        choice.AddAll(candidate => !candidate.IsSequence);
        choice.AddAll(candidate => candidate.IsSequence);
        choice.AddAll(_ => true);
        choice.RemoveSuperfluous();
        return choice.Write();
    }

    private void AddAll(Func<Superinstruction, bool> isWanted)
    {
        // A candidate is tried again when what it would have saved the last time makes it the first; and all are, before the end.
        bool isRefreshed = false;
        while (true)
        {
            Superinstruction[] first = [.. _missed.Keys
                .Where(candidate => isWanted(candidate) && _missed[candidate].Count > 0 && Expected(candidate) > _least)
                .OrderByDescending(Expected)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)];
            Superinstruction? best = null;
            double bestGain = _least;
            foreach (Superinstruction candidate in first.TakeWhile(candidate => Expected(candidate) > bestGain))
            {
                double gain = GainOf(candidate);
                _gains[candidate] = gain;
                if (gain > bestGain)
                {
                    (best, bestGain) = (candidate, gain);
                }
            }

            if (best is not null)
            {
                Add(best);
                isRefreshed = false;
            }
            else if (!isRefreshed)
            {
                _gains.Clear();
                isRefreshed = true;
            }
            else
            {
                return;
            }
        }
    }

    private double Expected(Superinstruction candidate)
    {
        if (!_gains.TryGetValue(candidate, out double gain))
        {
            _gains.Add(candidate, gain = _missed[candidate].Sum(run => _runs[run].Count) * (1 + SlotCost));
        }

        return gain;
    }

    private double GainOf(Superinstruction candidate)
    {
        List<int> runs = _missed[candidate];
        _simulator.Add(candidate);
        Outcome[] changed = [.. runs.Select(Simulate)];
        _simulator.Remove(candidate);
        Exchange(runs, changed, 1);
        double cost = Cost();
        Exchange(runs, changed, -1);
        return _cost - cost;
    }

    // Counts other outcomes of runs in the place of theirs, or the other way round.
    private void Exchange(List<int> runs, Outcome[] others, int sign)
    {
        for (int i = 0; i < others.Length; i++)
        {
            long count = sign * _runs[runs[i]].Count;
            Count(_outcomes[runs[i]], -count);
            Count(others[i], count);
        }
    }

    private void Add(Superinstruction chosen)
    {
        _chosen.Add(chosen);
        _simulator.Add(chosen);
        foreach (int run in _missed[chosen].ToArray())
        {
            foreach (Superinstruction missed in _outcomes[run].Missed)
            {
                _missed[missed].Remove(run);
            }

            Count(_outcomes[run], -_runs[run].Count);
            _outcomes[run] = Simulate(run);
            Count(_outcomes[run], _runs[run].Count);
            Note(run);
        }

        _cost = Cost();
    }

    private void Note(int run)
    {
        foreach (Superinstruction missed in _outcomes[run].Missed)
        {
            if (!_missed.TryGetValue(missed, out List<int>? runs))
            {
                _missed.Add(missed, runs = []);
            }

            runs.Add(run);
        }
    }

    // Later ones first: they are what earlier ones are part of.
    private void RemoveSuperfluous()
    {
        List<int> all = [.. Enumerable.Range(0, _runs.Count)];
        for (int i = _chosen.Count - 1; i >= 0; i--)
        {
            List<Superinstruction> without = [_chosen[i]];
            foreach (Superinstruction later in _chosen.Skip(i + 1))
            {
                if (without.Exists(one => one.Result == later.First || one.Result == later.Second))
                {
                    without.Add(later);
                }
            }

            without.ForEach(_simulator.Remove);
            Outcome[] outcomes = [.. all.Select(Simulate)];
            Exchange(all, outcomes, 1);
            double cost = Cost();
            if (cost - _cost < without.Count * _least)
            {
                _cost = cost;
                _chosen.RemoveAll(without.Contains);
                outcomes.CopyTo(_outcomes, 0);
                i = Math.Min(i, _chosen.Count);
            }
            else
            {
                Exchange(all, outcomes, -1);
                foreach (Superinstruction one in _chosen.Where(without.Contains))
                {
                    _simulator.Add(one);
                }
            }
        }
    }

    private Outcome Simulate(int run)
    {
        _executed.Clear();
        HashSet<Superinstruction> missed = [];
        int flows = _simulator.Simulate(_runs[run], _executed, missed);
        int[] numbers = new int[_executed.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = NumberOf(_executed[i]);
        }

        List<Superinstruction> possible = [];
        foreach (Superinstruction one in missed)
        {
            if (Possible(one) is { } candidate)
            {
                possible.Add(candidate);
            }
        }

        return new Outcome(numbers, flows, possible);
    }

    // One object for each, so that what it becomes is made once.
    private Superinstruction? Possible(Superinstruction one)
    {
        if (!_possible.TryGetValue(one, out Superinstruction? candidate))
        {
            bool isPossible = one.IsSequence
                ? OperationTable.GoesOn(one.First) && one.First.Name.Split("__").Length < MaxSequence
                : OperationTable.CanFuse(one.First, one.Second, one.Input, one.Keep);
            candidate = isPossible ? one : null;
            if (candidate is not null)
            {
                candidate.Result = one.IsSequence
                    ? OperationTable.Compose(one.First, one.Second)
                    : one.First.Feed(one.Second, one.Input, one.Keep);
            }

            _possible.Add(one, candidate);
        }

        return candidate;
    }

    private int NumberOf(Operation operation)
    {
        if (!_numbers.TryGetValue(operation, out int number))
        {
            _numbers.Add(operation, number = _operations.Count);
            _operations.Add(operation);
            if (number == _counts.Length)
            {
                Array.Resize(ref _counts, 2 * number);
            }
        }

        return number;
    }

    private void Count(Outcome outcome, long count)
    {
        foreach (int number in outcome.Executed)
        {
            _counts[number] += count;
        }

        _flows += outcome.Flows * count;
    }

    private double Cost()
    {
        if (_sorted.Length != _counts.Length)
        {
            _sorted = new long[_counts.Length];
        }

        _counts.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        long all = 0;
        long cold = 0;
        for (int i = 0; i < _sorted.Length; i++)
        {
            all += _sorted[i];
            cold += i < _sorted.Length - HotCount ? _sorted[i] : 0;
        }

        return all + (ColdCost * cold) - (SlotCost * _flows);
    }

    private Dictionary<string, string> Write()
    {
        double total = _runs.Sum(run => (double)run.Count * run.Operations.Length);
        string Share(double count) => (100 * count / total).ToString("f2", CultureInfo.InvariantCulture) + "%";
        double dispatches = _counts.Sum();
        int[] hot = [.. Enumerable.Range(0, _operations.Count)
            .Where(number => _counts[number] > 0)
            .OrderByDescending(number => _counts[number])
            .ThenBy(number => _operations[number].Name, StringComparer.Ordinal)
            .Take(HotCount)];
        string summary = $"# they leave {Share(dispatches)} of the profile's dispatches; {Share(dispatches - hot.Sum(number => _counts[number]))} are of operations that are not hot.\n";
        var text = new Dictionary<string, string>
        {
            ["hot.tsv"] = "# Written by bench/profile. The operations whose handlers end in a dispatch of their own, most frequent first. Each costs the loop\n"
                + "# a jump table entry in every other, so not too many. With all superinstructions:\n" + summary,
            ["fusions.tsv"] = "# Written by bench/profile. Superinstructions: an operation whose result is an input of the next one. Columns: the first operation,\n"
                + "# the second, and the input that takes the result. T: the result is also stored, since it goes to a local. A superinstruction is\n"
                + "# named by its parts: A_B0, A_B0T.\n",
            ["sequences.tsv"] = "# Written by bench/profile. Operations that run one after the other without a dispatch between them; the second keeps its place in\n"
                + "# the code. The first and the second; a sequence is named A__B and may be a first itself.\n",
        };
        var lines = text.ToDictionary(pair => pair.Key, pair => new StringBuilder(pair.Value));
        foreach (int number in hot)
        {
            lines["hot.tsv"].Append(_operations[number].Name).Append('\n');
        }

        foreach (Superinstruction one in _chosen)
        {
            string input = one.IsSequence ? "" : $"\t{one.Input}{(one.Keep ? "T" : "")}";
            lines[one.IsSequence ? "sequences.tsv" : "fusions.tsv"].Append($"{one.First.Name}\t{one.Second.Name}{input}\n");
        }

        return lines.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    private sealed record Outcome(int[] Executed, int Flows, List<Superinstruction> Missed);
}
