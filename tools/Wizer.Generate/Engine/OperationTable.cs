namespace Wizer.Generate.Engine;

/// <summary>
/// All operations of the interpreter: the rows of <c>operations.tsv</c> and their forms, those of <c>irregular.handlers</c>, and
/// the superinstructions of <c>fusions.tsv</c>; hot ones first.
/// </summary>
internal sealed class OperationTable
{
    internal const string Folder = "Wizer.Engine/Code/";
    private const int ColumnCount = 7;

    // A superinstruction names its inputs with one digit; and a longer one would be rare.
    private const int MaxInputs = 10;
    private const int MaxSteps = 6;

    private static readonly string[] s_comparisons = ["Eq", "Ne", "LtS", "LtU", "GtS", "GtU", "LeS", "LeU", "GeS", "GeU"];
    private static readonly string[] s_inverses = ["Ne", "Eq", "GeS", "GeU", "LeS", "LeU", "GtS", "GtU", "LtS", "LtU"];
    private static readonly string[] s_mirrors = ["Eq", "Ne", "GtS", "GtU", "LtS", "LtU", "GeS", "GeU", "LeS", "LeU"];

    private readonly Dictionary<string, InstructionRow> _instructions;
    private readonly Dictionary<string, Operation> _byName = [];

    /// <param name="instructions">What the operations are for, and where their tables lie.</param>
    /// <param name="isBase">Whether to leave out what the profile chose: superinstructions, and which operations are hot.</param>
    internal OperationTable(InstructionTable instructions, bool isBase = false)
    {
        _instructions = instructions.Rows.ToDictionary(row => row.Name);
        string folder = Path.Combine(instructions.SourceDirectory, Folder);
        ReadOperations(Path.Combine(folder, "operations.tsv"));
        ReadIrregular(Path.Combine(folder, "irregular.handlers"));
        AddBranches();
        AddTableLoad();
        BaseNames.UnionWith(_byName.Keys);
        BaseCount = Operations.Count;
        if (isBase)
        {
            return;
        }

        ReadFusions(Path.Combine(folder, "fusions.tsv"));
        ReadSequences(Path.Combine(folder, "sequences.tsv"));
        MoveHotFirst(Path.Combine(folder, "hot.tsv"));
    }

    /// <summary>In the order of their numbers.</summary>
    internal List<Operation> Operations { get; private set; } = [];

    /// <summary>The names of the operations that the translator needs; the rest are superinstructions it may use.</summary>
    internal HashSet<string> BaseNames { get; } = [];

    /// <summary>How many of the operations are hot: the first ones.</summary>
    internal int HotCount { get; private set; }

    /// <summary>How many there are without superinstructions.</summary>
    internal int BaseCount { get; }

    /// <summary>What each superinstruction is made of.</summary>
    internal List<Fusion> Fusions { get; } = [];

    /// <summary>Operations that are two, one after the other in the code.</summary>
    internal List<(string First, string Second, string Result)> Sequences { get; } = [];

    /// <summary>The operation each instruction translates to, where one does.</summary>
    internal Dictionary<string, string> OfInstruction { get; } = [];

    /// <summary>The operation of that name, or null.</summary>
    internal Operation? Find(string name) => _byName.GetValueOrDefault(name);

    internal int NumberOf(string? name) => name is null ? 0xffff : Operations.FindIndex(operation => operation.Name == name);

    /// <summary>Whether the constant of the operation's constant form is sign-extended to 64 bits.</summary>
    internal bool IsWide(Operation operation) =>
        operation.ConstantForm is not null && Array.Exists(_byName[operation.ConstantForm].Inputs, input => input.Kind == "ku64");

    /// <summary>The comparison that is true exactly when this one is false; integers only.</summary>
    internal string? InverseOf(Operation operation) => Related(operation, s_inverses);

    /// <summary>The comparison with the operands the other way round; integers only.</summary>
    internal string? MirrorOf(Operation operation) => Related(operation, s_mirrors);

    private string? Related(Operation operation, string[] others)
    {
        if (operation.Steps is not { Length: 1 } || operation.Result != "bool" || operation.Name[0] != 'I')
        {
            return null;
        }

        string form = operation.Name.EndsWith('K') ? "K" : "";
        int index = Array.IndexOf(s_comparisons, operation.Name[3..^form.Length]);
        return index < 0 ? null : operation.Name[..3] + others[index] + form;
    }

    private void Add(Operation operation)
    {
        if (!_byName.TryAdd(operation.Name, operation))
        {
            throw new TableException(Folder, 0, $"two operations are named `{operation.Name}`");
        }

        Operations.Add(operation);
    }

    private void ReadOperations(string file)
    {
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            AddForms(cells, file, line);
        }
    }

    private void AddForms(string[] cells, string file, int line)
    {
        string name = cells[0];
        _instructions.TryGetValue(name, out InstructionRow? row);
        if (row is null && (cells[2] == "*" || cells[3] == "*"))
        {
            throw new TableException(file, line, $"`{name}` is no instruction, so the table cannot say its types");
        }

        string[] types = cells[2] == "*" ? Array.ConvertAll(row!.Operands!, SlotType) : cells[2].Split(' ');
        string? result = cells[3] switch
        {
            "-" => null,
            "*" => SlotType(row!.Results![0]),
            string type => type,
        };
        string[] forms = cells[6].Split(' ');
        Operation plain = Simple(name, types, result, Checks(cells[4], types, false), cells[5], forms.Contains("commutes"));
        Add(plain);
        foreach (string instruction in cells[1].Split(' ').Prepend(name))
        {
            if (_instructions.ContainsKey(instruction))
            {
                OfInstruction.Add(instruction, name);
            }
        }

        int last = Array.FindLastIndex(types, type => Array.IndexOf(Input.Slots, type) >= 0);
        bool hasConstant = forms.Contains("k");
        if (hasConstant)
        {
            string[] constant = (string[])types.Clone();
            constant[last] = "k" + types[last];
            string checks = cells[4].StartsWith("memory", StringComparison.Ordinal) ? Checks(cells[4], constant, false) : "-";
            Add(Simple(name + "K", constant, result, checks, cells[5], false));
            plain.ConstantForm = name + "K";
        }

        if (forms.Contains("a"))
        {
            plain.AddressForm = name + "A";
            Add(Absolute(name + "A", types, cells, result));
            if (hasConstant)
            {
                string[] constant = (string[])types.Clone();
                constant[last] = "k" + types[last];
                _byName[name + "K"].AddressForm = name + "KA";
                Add(Absolute(name + "KA", constant, cells, result));
            }
        }
    }

    private static Operation Simple(string name, string[] types, string? result, string checks, string expression, bool commutes)
    {
        Argument[] arguments = [.. types.Select((_, i) => new Argument(i, false))];
        return new Operation
        {
            Name = name,
            Inputs = Array.ConvertAll(types, type => new Input(type)),
            Steps = [new Step(checks, expression, result, types, arguments)],
            Commutes = commutes,
        };
    }

    // The address goes, and the offset is all there is.
    private static Operation Absolute(string name, string[] types, string[] cells, string? result)
    {
        string checks = Checks(cells[4], types, true);
        Argument[] arguments = [.. types.Select((_, i) => new Argument(Math.Max(i - 1, 0), false))];
        return new Operation
        {
            Name = name,
            Inputs = [.. types.Skip(1).Select(type => new Input(type))],
            Steps = [new Step(checks, cells[5], result, types, arguments)],
        };
    }

    private static string Checks(string cell, string[] types, bool isAbsolute)
    {
        const string Memory = "memory:";
        if (!cell.StartsWith(Memory, StringComparison.Ordinal))
        {
            return cell;
        }

        string address = isAbsolute ? $"${types.Length - 1}" : $"(ulong)$0 + ${types.Length - 1}";
        return $"ulong address@ = {address}; if (address@ + {cell[Memory.Length..]} > memoryLength) goto OutOfBounds;";
    }

    private static string SlotType(string type) => type switch
    {
        "i32" => "u32",
        "i64" => "u64",
        _ => type,
    };

    // `op Name input input…`, then indented lines of C#.
    private void ReadIrregular(string file)
    {
        string[] lines = File.ReadAllLines(file);
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("op ", StringComparison.Ordinal))
            {
                if (!string.IsNullOrWhiteSpace(lines[i]) && lines[i][0] != '#')
                {
                    throw new TableException(file, i + 1, "expected `op`");
                }

                continue;
            }

            string[] words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            List<string> body = [];
            while (i + 1 < lines.Length && lines[i + 1].StartsWith("    ", StringComparison.Ordinal))
            {
                body.Add(lines[++i][4..]);
            }

            Add(new Operation
            {
                Name = words[1],
                Inputs = [.. words.Skip(2).Select(kind => new Input(kind))],
                Steps = null,
                Body = [.. body],
            });
        }
    }

    // A conditional branch consumes any comparison. An inverted integer comparison is another one; for floats it is not.
    private void AddBranches()
    {
        Add(Simple("BrNez", ["u32", "j"], null, "-", "branch", false));
        Add(Simple("BrEqz", ["u32", "j"], null, "-", "branch-not", false));
        foreach (Operation comparison in Operations.Where(operation => operation.Result == "bool").ToArray())
        {
            Fuse(comparison, _byName["BrNez"], 0, false);
            if (InverseOf(comparison) is null)
            {
                Fuse(comparison, _byName["BrEqz"], 0, false);
            }
        }
    }

    // What the translator looks for before a br_table: both become BrTableLoad.
    private void AddTableLoad()
    {
        if (_byName.ContainsKey("BrTableLoad"))
        {
            Fuse(_byName["I32Load"], _byName["I32AddK"], 0, false);
        }
    }

    private void ReadFusions(string file)
    {
        foreach ((int line, string[] cells) in TableFile.Rows(file, 3))
        {
            if (!_byName.TryGetValue(cells[0], out Operation? producer)
                || !_byName.TryGetValue(cells[1], out Operation? consumer)
                || producer.Result is null || consumer.Steps is null)
            {
                throw new TableException(file, line, "expected an operation with a result, a regular operation, and an input");
            }

            bool keep = cells[2].EndsWith('T');
            int input = cells[2][0] - '0';
            if (input < 0 || input >= consumer.Inputs.Length || !consumer.Inputs[input].IsSlot)
            {
                throw new TableException(file, line, $"`{cells[2]}` is no slot of `{cells[1]}`");
            }

            if (!CanFuse(producer, consumer, input, keep))
            {
                throw new TableException(file, line, "these may not be one operation");
            }

            Fuse(producer, consumer, input, keep);
        }
    }

    /// <summary>Whether the result of one operation may flow into a slot of the next without being one itself.</summary>
    internal static bool CanFuse(Operation producer, Operation consumer, int input, bool keep)
    {
        if (producer.Result is null || consumer.Steps is null || input >= Math.Min(consumer.Inputs.Length, MaxInputs) || !consumer.Inputs[input].IsSlot)
        {
            return false;
        }

        // A comparison may yet become a branch, which a larger operation could not. A local that is stored may be stored again by
        // the second operation, before the input is read. A slot may be read as what the value in it is not.
        return consumer.Result != "bool"
            && !(keep && Array.Exists(consumer.Inputs, other => other.Kind == "dst"))
            && TypesRead(consumer, input).All(type => HandlerWriter.Converts(producer.Result, type))
            && producer.Steps!.Length + consumer.Steps.Length <= MaxSteps
            && producer.Inputs.Length + consumer.Inputs.Length <= MaxInputs;
    }

    private static IEnumerable<string> TypesRead(Operation consumer, int input) => consumer.Steps!.SelectMany(
        step => step.Types.Where((_, i) => !step.Arguments[i].IsStep && step.Arguments[i].Index == input));

    private void ReadSequences(string file)
    {
        foreach ((int line, string[] cells) in TableFile.Rows(file, 2))
        {
            if (!_byName.TryGetValue(cells[0], out Operation? first) || !_byName.TryGetValue(cells[1], out Operation? second))
            {
                throw new TableException(file, line, "expected two operations");
            }

            if (!GoesOn(first))
            {
                throw new TableException(file, line, $"`{cells[0]}` does not go on to the next operation");
            }

            Operation sequence = Compose(first, second);
            Add(sequence);
            Sequences.Add((first.Name, second.Name, sequence.Name));
        }
    }

    /// <summary>Whether an operation goes on to the next one and nowhere else.</summary>
    internal static bool GoesOn(Operation operation)
    {
        List<string> body = [.. HandlerWriter.Statements(operation)];
        return TryRemoveEnd(body, out _) && !body.Exists(statement => statement.Trim() == HandlerWriter.Dispatch);
    }

    /// <summary>Two operations that run without a dispatch between them.</summary>
    /// <returns>What the first becomes; the second keeps its place in the code, so that branches to it still find it.</returns>
    internal static Operation Compose(Operation first, Operation second)
    {
        List<string> body = [.. HandlerWriter.Statements(first)];
        TryRemoveEnd(body, out string advance);
        List<string> rest = [.. HandlerWriter.Statements(second)];
        bool goesOn = TryRemoveEnd(rest, out string end);
        body = ["{", .. body, "}", advance, "{", .. rest, "}"];
        if (goesOn)
        {
            body.Add(end);
            body.Add(HandlerWriter.Dispatch);
        }

        return new Operation
        {
            Name = $"{first.Name}__{second.Name}",
            Inputs = [],
            Steps = null,
            Body = [.. body],
            Length = first.Length + second.Length,
        };
    }

    // Every handler that goes on to the next operation ends in an advance and a dispatch.
    private static bool TryRemoveEnd(List<string> body, out string advance)
    {
        advance = body.Count >= 2 ? body[^2] : "";
        if (body[^1] != HandlerWriter.Dispatch || !advance.StartsWith("ip += ", StringComparison.Ordinal) || advance.Contains('$', StringComparison.Ordinal)
            || !char.IsAsciiDigit(advance[6]))
        {
            return false;
        }

        body.RemoveRange(body.Count - 2, 2);
        return true;
    }

    private void Fuse(Operation producer, Operation consumer, int input, bool keep)
    {
        Operation fused = producer.Feed(consumer, input, keep);
        Add(fused);
        Fusions.Add(new Fusion(producer.Name, consumer.Name, input, keep, fused.Name));
    }

    private void MoveHotFirst(string file)
    {
        List<Operation> hot = [];
        foreach ((int line, string[] cells) in TableFile.Rows(file, 1))
        {
            if (!_byName.TryGetValue(cells[0], out Operation? operation) || hot.Contains(operation))
            {
                throw new TableException(file, line, $"`{cells[0]}` is no operation, or named twice");
            }

            hot.Add(operation);
        }

        HotCount = hot.Count;
        Operations = [.. hot, .. Operations.Except(hot)];
    }
}

/// <summary>An operation whose result is an input of the next one: together they are a third.</summary>
/// <param name="Producer">The name of the first.</param>
/// <param name="Consumer">The name of the second.</param>
/// <param name="Input">The slot input of the second.</param>
/// <param name="Keep">Whether the result is stored all the same, because it goes to a local.</param>
/// <param name="Result">The name of both together.</param>
internal sealed record Fusion(string Producer, string Consumer, int Input, bool Keep, string Result);
