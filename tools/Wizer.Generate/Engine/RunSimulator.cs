namespace Wizer.Generate.Engine;

/// <summary>
/// What becomes of the profile's runs with some superinstructions: does what the translator's <c>Fuse</c>, <c>EmitTable</c> and
/// <c>FindSequences</c> do, and says what they would have done with more.
/// </summary>
internal sealed class RunSimulator
{
    private readonly Dictionary<(Operation Producer, Operation Consumer), List<(int Input, bool Keep, Operation Result)>> _fusions = [];
    private readonly Dictionary<(Operation First, Operation Second), Operation> _sequences = [];
    private readonly Operation? _load;
    private readonly Operation? _add;
    private readonly Operation? _loadAndAdd;
    private readonly Operation? _tableLoad;
    private readonly Operation? _table;

    // The operations of the run so far: what each is, the last of its steps, and its inputs that are results.
    private readonly List<(Operation Operation, int Last, List<ProfileEdge> Edges)> _groups = [];

    /// <param name="table">Has the base operations.</param>
    internal RunSimulator(OperationTable table)
    {
        _load = table.Find("I32Load");
        _add = table.Find("I32AddK");
        _loadAndAdd = table.Find("I32Load_I32AddK0");
        _tableLoad = table.Find("BrTableLoad");
        _table = table.Find("BrTable");
        if (_loadAndAdd is not null)
        {
            Add(Superinstruction.Fusion(_load!, _add!, 0, false) with { Result = _loadAndAdd });
        }
    }

    internal void Add(Superinstruction superinstruction)
    {
        if (superinstruction.IsSequence)
        {
            _sequences.Add((superinstruction.First, superinstruction.Second), superinstruction.Result!);
            return;
        }

        if (!_fusions.TryGetValue((superinstruction.First, superinstruction.Second), out List<(int, bool, Operation)>? list))
        {
            _fusions.Add((superinstruction.First, superinstruction.Second), list = []);
        }

        list.Add((superinstruction.Input, superinstruction.Keep, superinstruction.Result!));
    }

    internal void Remove(Superinstruction superinstruction)
    {
        if (superinstruction.IsSequence)
        {
            _sequences.Remove((superinstruction.First, superinstruction.Second));
            return;
        }

        _fusions[(superinstruction.First, superinstruction.Second)].RemoveAll(
            entry => entry.Input == superinstruction.Input && entry.Keep == superinstruction.Keep);
    }

    /// <summary>Runs one run.</summary>
    /// <param name="run">What is executed.</param>
    /// <param name="executed">What is executed in its place, in order.</param>
    /// <param name="missed">What would have changed it, if it is possible.</param>
    /// <returns>How many values no longer go through a slot.</returns>
    internal int Simulate(ProfileRun run, List<Operation> executed, HashSet<Superinstruction> missed)
    {
        _groups.Clear();
        int firstOfRun = 0;
        int flows = 0;
        for (int i = 0; i < run.Operations.Length; i++)
        {
            ProfileOperation next = run.Operations[i];
            if (next.IsStart)
            {
                firstOfRun = _groups.Count;
            }

            Operation operation = next.Operation;
            if (operation == _tableLoad || operation == _loadAndAdd)
            {
                // Once they were two. They are not, when the first of them is part of another by then.
                flows += Push(_load!, (2 * i) + 1, next.Edges, firstOfRun, missed);
                flows += Push(_add!, 2 * i, [new ProfileEdge(0, i, false)], firstOfRun, missed, (2 * i) + 1);
                if (operation == _tableLoad)
                {
                    PushTable();
                }

                continue;
            }

            flows += Push(operation, 2 * i, next.Edges, firstOfRun, missed);
        }

        FindSequences(executed, missed);
        return flows;
    }

    private int Push(Operation operation, int last, ProfileEdge[] inputs, int firstOfRun, HashSet<Superinstruction> missed, int from = -1)
    {
        List<ProfileEdge> edges = [];
        foreach (ProfileEdge edge in inputs)
        {
            edges.Add(edge with { From = from < 0 ? 2 * edge.From : from });
        }

        _groups.Add((operation, operation.HasResult ? last : -1, edges));
        return Fuse(firstOfRun, missed);
    }

    private void PushTable()
    {
        (Operation last, _, List<ProfileEdge> edges) = _groups[^1];
        if (last == _loadAndAdd)
        {
            _groups[^1] = (_tableLoad!, -1, edges);
        }
        else if (last == _add)
        {
            _groups[^1] = (_table!, -1, edges);
        }
        else
        {
            _groups.Add((_table!, -1, []));
        }
    }

    private int Fuse(int firstOfRun, HashSet<Superinstruction> missed)
    {
        int flows = 0;
        while (_groups.Count >= firstOfRun + 2)
        {
            (Operation producer, int from, List<ProfileEdge> inner) = _groups[^2];
            (Operation consumer, int last, List<ProfileEdge> outer) = _groups[^1];
            if (!producer.HasResult)
            {
                break;
            }

            int input = -1;
            bool keep = false;
            Operation? result = null;
            if (_fusions.TryGetValue((producer, consumer), out List<(int Input, bool Keep, Operation Result)>? fusions))
            {
                foreach ((int Input, bool Keep, Operation Result) fusion in fusions)
                {
                    if (outer.Exists(edge => edge.Input == fusion.Input && edge.Keep == fusion.Keep && edge.From == from))
                    {
                        (input, keep, result) = fusion;
                        break;
                    }
                }
            }

            if (result is null)
            {
                foreach (ProfileEdge edge in outer)
                {
                    if (edge.From == from)
                    {
                        missed.Add(Superinstruction.Fusion(producer, consumer, edge.Input, edge.Keep));
                    }
                }

                break;
            }

            int first = keep ? 1 : 0;
            List<ProfileEdge> edges = [];
            foreach (ProfileEdge edge in inner)
            {
                edges.Add(edge with { Input = edge.Input + first });
            }

            foreach (ProfileEdge edge in outer)
            {
                if (edge.Input != input)
                {
                    edges.Add(edge with { Input = first + producer.Inputs.Length + edge.Input - (edge.Input > input ? 1 : 0) });
                }
            }

            _groups.RemoveAt(_groups.Count - 1);
            _groups[^1] = (result, last, edges);
            flows++;
        }

        return flows;
    }

    private void FindSequences(List<Operation> executed, HashSet<Superinstruction> missed)
    {
        for (int i = 0; i < _groups.Count; i++)
        {
            Operation operation = _groups[i].Operation;
            for (; i + 1 < _groups.Count; i++)
            {
                Operation second = _groups[i + 1].Operation;
                if (!_sequences.TryGetValue((operation, second), out Operation? sequence))
                {
                    missed.Add(Superinstruction.Sequence(operation, second));
                    break;
                }

                operation = sequence;
            }

            executed.Add(operation);
        }
    }
}

/// <summary>Two operations that are one, or might be.</summary>
/// <param name="First">The first.</param>
/// <param name="Second">The second.</param>
/// <param name="Input">The input of the second that is the result of the first, or -1 for a sequence.</param>
/// <param name="Keep">Whether the result is stored as well.</param>
internal sealed record Superinstruction(Operation First, Operation Second, int Input, bool Keep)
{
    /// <summary>What they are, when they are one.</summary>
    internal Operation? Result { get; set; }

    internal string Name => field ??= IsSequence ? $"{First.Name}__{Second.Name}" : $"{First.Name}_{Second.Name}{Input}{(Keep ? "T" : "")}";

    internal bool IsSequence => Input < 0;

    public bool Equals(Superinstruction? other) =>
        other is not null && First == other.First && Second == other.Second && Input == other.Input && Keep == other.Keep;

    public override int GetHashCode() => HashCode.Combine(First, Second, Input, Keep);

    internal static Superinstruction Fusion(Operation producer, Operation consumer, int input, bool keep) => new(producer, consumer, input, keep);

    internal static Superinstruction Sequence(Operation first, Operation second) => new(first, second, -1, false);
}
