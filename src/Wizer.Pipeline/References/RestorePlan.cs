using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Plans the code that makes objects: in which order, which are made where another one needs them, and which are kept for a while, in
/// globals that are shared by those of a type.
/// </summary>
internal sealed class RestorePlan
{
    private const int MaxNesting = 32;
    private const int MaxOperands = 20_000;
    private const int MinSplit = 64;

    private readonly ObjectGraph _graph;
    private readonly bool[] _isMade;
    private readonly ArrayForms _forms;
    private readonly LoadedClasses _loaded;
    private readonly int[] _positions;
    private readonly int[] _useCounts;
    private readonly int[] _users;
    private readonly bool[] _isKept;
    private readonly Sink?[] _sinks;
    private readonly int[] _lastUses;
    private readonly int[] _statements;

    /// <param name="graph">All objects.</param>
    /// <param name="isMade">Those that code makes.</param>
    /// <param name="forms">How arrays are made.</param>
    /// <param name="loaded">What loops make.</param>
    internal RestorePlan(ObjectGraph graph, bool[] isMade, ArrayForms forms, LoadedClasses loaded)
    {
        _graph = graph;
        _isMade = isMade;
        _forms = forms;
        _loaded = loaded;
        Order = RestoreOrder.Find(graph, isMade);
        _positions = new int[graph.Count];
        _useCounts = new int[graph.Count];
        _users = new int[graph.Count];
        _isKept = new bool[graph.Count];
        _sinks = new Sink[graph.Count];
        _lastUses = new int[graph.Count];
        _statements = new int[graph.Count];
        Array.Fill(_positions, -1);
        for (int i = 0; i < Order.Count; i++)
        {
            _positions[Order[i]] = i;
        }
    }

    /// <summary>The objects in the order in which they are made.</summary>
    internal List<int> Order { get; }

    /// <summary>What is set when all objects are there, since a loop makes the object or what it refers to.</summary>
    internal List<(int Node, int Item)> Patches { get; } = [];

    /// <summary>Whether an object is made where the only other one needs it that does.</summary>
    internal bool IsNested(int node) => !_isKept[node] && _sinks[node] is null;

    /// <summary>Whether an object is kept: in a global of its type, or where loops keep objects.</summary>
    internal bool IsKept(int node) => _isKept[node];

    /// <summary>The object that a nested one is made for.</summary>
    internal int UserOf(int node) => _users[node];

    /// <summary>Whether an object is there when another one is made.</summary>
    internal bool IsBefore(int node, int other) => _positions[node] < _positions[other];

    /// <summary>The places that an object is put into.</summary>
    internal Sink? SinksOf(int node) => _sinks[node];

    /// <summary>The object after which a kept one is not needed any more, by its place in the order.</summary>
    internal int LastUseOf(int node) => _lastUses[node];

    /// <summary>Adds a place that an object is put into.</summary>
    internal void AddSink(int node, SinkKind kind, int owner, ulong item) =>
        _sinks[node] = new Sink(kind, owner, item) { Next = _sinks[node] };

    /// <summary>Decides the rest. Call once all places are known.</summary>
    internal void Finish()
    {
        foreach (int node in Order)
        {
            FindUses(node);
        }

        foreach (int node in Order)
        {
            int sinks = (_sinks[node] is null ? 0 : 1) + (_sinks[node]?.Next is null ? 0 : 1);
            _isKept[node] |= _useCounts[node] + sinks != 1;
        }

        LimitNesting();
        FindLastUses();
    }

    private void FindUses(int node)
    {
        ObjectShape shape = _graph.ShapeOf(node);
        int count = shape.ReferenceCount == 0 ? 0 : _graph.ItemCount(node);
        ArrayForm form = shape.IsArray ? _forms.FormOf(node, isConstant: false) : ArrayForm.Fixed;
        bool isLoaded = _loaded.IsLoaded(node);
        _isKept[node] |= isLoaded || form == ArrayForm.Filled;
        if (form == ArrayForm.Segment)
        {
            return;
        }

        for (int item = 0; item < count; item++)
        {
            int child = _graph.ChildAt(node, item);
            if (child == ObjectGraph.None || !_isMade[child])
            {
                continue;
            }

            if (isLoaded || _loaded.IsLoaded(child))
            {
                FindLoadedUse(node, item, child);
            }
            else if (!IsBefore(child, node))
            {
                _isKept[node] = true;
                AddSink(child, SinkKind.Item, node, (ulong)item);
            }
            else if (form == ArrayForm.Filled)
            {
                _isKept[child] = true;
            }
            else if (form != ArrayForm.Equal || item == 0)
            {
                _useCounts[child]++;
                _users[child] = node;
            }
        }
    }

    private void FindLoadedUse(int node, int item, int child)
    {
        _isKept[child] |= _loaded.IsLoaded(node);
        if (!IsBefore(child, node))
        {
            _isKept[node] = true;
            Patches.Add((node, item));
        }
    }

    // Objects within objects are made on the stack of operands, and their code is in one function: neither may be too much.
    private void LimitNesting()
    {
        var depths = new int[_graph.Count];
        var sizes = new int[_graph.Count];
        foreach (int node in Order)
        {
            if (_loaded.IsLoaded(node))
            {
                continue;
            }

            int size = Measure(node, depths, sizes, MaxNesting - 1, int.MaxValue);
            if (size > MaxOperands)
            {
                size = Measure(node, depths, sizes, MaxNesting - 1, MinSplit);
            }

            // Ten thousand small ones are too much as well, if they are not that small.
            if (size > 10 * MaxOperands)
            {
                Measure(node, depths, sizes, MaxNesting - 1, maxSize: 0);
            }
        }
    }

    private int Measure(int node, int[] depths, int[] sizes, int maxDepth, int maxSize)
    {
        ObjectShape shape = _graph.ShapeOf(node);
        int count = OperandCount(node);
        int depth = 0;
        int size = count + 1;
        for (int item = 0; item < count && shape.ReferenceCount != 0; item++)
        {
            int child = _graph.ChildAt(node, item);
            if (child == ObjectGraph.None || !_isMade[child] || !IsNested(child) || _users[child] != node)
            {
                continue;
            }

            if (depths[child] > maxDepth || sizes[child] > maxSize)
            {
                _isKept[child] = true;
                continue;
            }

            depth = Math.Max(depth, depths[child]);
            size += sizes[child];
        }

        depths[node] = depth + 1;
        sizes[node] = size;
        return size;
    }

    private int OperandCount(int node)
    {
        int count = _graph.ItemCount(node);
        return !_graph.ShapeOf(node).IsArray ? count : _forms.FormOf(node, isConstant: false) switch
        {
            ArrayForm.Fixed => count,
            ArrayForm.Equal => 1,
            _ => 0,
        };
    }

    private void FindLastUses()
    {
        for (int i = Order.Count - 1; i >= 0; i--)
        {
            int node = Order[i];
            _statements[node] = IsNested(node) ? _statements[_users[node]] : i;
            _lastUses[node] = Math.Max(_lastUses[node], _statements[node]);
            ObjectShape shape = _graph.ShapeOf(node);
            int count = shape.ReferenceCount == 0 || _loaded.IsLoaded(node) ? 0 : _graph.ItemCount(node);
            for (int item = 0; item < count; item++)
            {
                int child = _graph.ChildAt(node, item);
                if (child != ObjectGraph.None && _isMade[child] && IsBefore(child, node))
                {
                    _lastUses[child] = Math.Max(_lastUses[child], _statements[node]);
                }
            }

            for (Sink? sink = _sinks[node]; sink is not null; sink = sink.Next)
            {
                if (sink.Kind == SinkKind.Item && _isMade[sink.Owner])
                {
                    _lastUses[sink.Owner] = Math.Max(_lastUses[sink.Owner], i);
                }
            }
        }
    }
}
