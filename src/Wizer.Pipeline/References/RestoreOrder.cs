namespace Wizer.Pipeline;

/// <summary>
/// Finds an order in which code can make objects: what an object holds and cannot be set comes before it, and so does everything else
/// but for a part of each cycle, which is set afterwards. The order depends on nothing but how the objects refer to one another.
/// </summary>
internal sealed class RestoreOrder
{
    private const int Unseen = -1;

    private readonly ObjectGraph _graph;
    private readonly bool[] _isMade;
    private readonly List<int> _order = [];

    // Tarjan's algorithm, with its recursion on a stack of our own.
    private readonly int[] _numbers;
    private readonly int[] _lowest;
    private readonly int[] _components;
    private readonly Stack<Visit> _visits = new();
    private readonly Stack<int> _open = new();
    private readonly List<int> _component = [];
    private int _nextNumber;
    private int _componentCount;

    private RestoreOrder(ObjectGraph graph, bool[] isMade)
    {
        _graph = graph;
        _isMade = isMade;
        _numbers = new int[graph.Count];
        _lowest = new int[graph.Count];
        _components = new int[graph.Count];
        Array.Fill(_numbers, Unseen);
        Array.Fill(_components, Unseen);
    }

    /// <summary>Finds the order.</summary>
    /// <param name="graph">All objects.</param>
    /// <param name="isMade">Those that code makes.</param>
    internal static List<int> Find(ObjectGraph graph, bool[] isMade)
    {
        var order = new RestoreOrder(graph, isMade);
        for (int node = 0; node < graph.Count; node++)
        {
            if (isMade[node] && order._numbers[node] == Unseen)
            {
                order.FindComponents(node);
            }
        }

        return order._order;
    }

    private void FindComponents(int first)
    {
        Enter(first);
        while (_visits.TryPeek(out Visit? visit))
        {
            int child = NextChild(visit);
            if (child == ObjectGraph.None)
            {
                _visits.Pop();
                Leave(visit.Node);
                if (_visits.TryPeek(out Visit? outer))
                {
                    _lowest[outer.Node] = Math.Min(_lowest[outer.Node], _lowest[visit.Node]);
                }
            }
            else if (_numbers[child] == Unseen)
            {
                Enter(child);
            }
            else if (_components[child] == Unseen)
            {
                _lowest[visit.Node] = Math.Min(_lowest[visit.Node], _numbers[child]);
            }
        }
    }

    private void Enter(int node)
    {
        _numbers[node] = _lowest[node] = _nextNumber++;
        _visits.Push(new Visit(node, CountOf(node)));
        _open.Push(node);
    }

    private int CountOf(int node) => _graph.ShapeOf(node).ReferenceCount == 0 ? 0 : _graph.ItemCount(node);

    private int NextChild(Visit visit)
    {
        while (visit.Next < visit.Count)
        {
            int child = _graph.ChildAt(visit.Node, visit.Next++);
            if (child != ObjectGraph.None && _isMade[child])
            {
                return child;
            }
        }

        return ObjectGraph.None;
    }

    private void Leave(int node)
    {
        if (_lowest[node] != _numbers[node])
        {
            return;
        }

        _component.Clear();
        int member;
        do
        {
            member = _open.Pop();
            _components[member] = _componentCount;
            _component.Add(member);
        }
        while (member != node);
        _componentCount++;
        if (_component.Count == 1)
        {
            _order.Add(node);
            return;
        }

        // In the order in which they were met, so that those at the end of a way come first.
        _component.Reverse();
        int start = _order.Count;
        AddComponent(followsAll: true);
        if (!IsPossible(start))
        {
            _order.RemoveRange(start, _order.Count - start);
            AddComponent(followsAll: false);
        }
    }

    // Depth first: what an object refers to comes before it, as far as there is no cycle.
    private void AddComponent(bool followsAll)
    {
        int component = _components[_component[0]];
        var isDone = new HashSet<int>();
        var visits = new Stack<Visit>();
        foreach (int first in _component)
        {
            if (!isDone.Add(first))
            {
                continue;
            }

            visits.Push(new Visit(first, CountOf(first)));
            while (visits.TryPeek(out Visit? visit))
            {
                int child = NextChild(visit);
                bool follows = followsAll || !_graph.ShapeOf(visit.Node).ItemAt(Math.Max(0, visit.Next - 1)).IsMutable;
                if (child == ObjectGraph.None)
                {
                    visits.Pop();
                    _order.Add(visit.Node);
                }
                else if (follows && _components[child] == component && isDone.Add(child))
                {
                    visits.Push(new Visit(child, CountOf(child)));
                }
            }
        }
    }

    private bool IsPossible(int start)
    {
        var positions = new Dictionary<int, int>();
        for (int i = start; i < _order.Count; i++)
        {
            positions.Add(_order[i], i);
        }

        for (int i = start; i < _order.Count; i++)
        {
            int node = _order[i];
            int count = CountOf(node);
            for (int item = 0; item < count; item++)
            {
                int child = _graph.ShapeOf(node).ItemAt(item).IsMutable ? ObjectGraph.None : _graph.ChildAt(node, item);
                if (child != ObjectGraph.None && positions.TryGetValue(child, out int position) && position >= i)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private sealed class Visit(int node, int count)
    {
        internal int Node { get; } = node;

        internal int Count { get; } = count;

        internal int Next { get; set; }
    }
}
