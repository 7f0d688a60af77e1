using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Which objects are made in loops over data, and by which loop: those of which there are many alike, in a graph that is large. Others are
/// made one by one.
/// </summary>
internal sealed class LoadedClasses
{
    private const int None = -1;

    // Loops have a few locals for each field.
    private const int MaxFieldCount = 1_000;

    // Up to here, the elements of arrays have columns of their own, and arrays of numbers come with the others though all are equal.
    private const int MaxTupleLength = 16;
    private const ulong MaxEqualByteLength = 64;

    private readonly ObjectGraph _graph;
    private readonly ObjectClasses _classes;
    private readonly ArrayForms _forms;
    private readonly LoaderLimits _limits;
    private readonly List<LoadedClass> _all = [];
    private int[] _classOf = [];

    private LoadedClasses(ObjectGraph graph, ObjectClasses classes, ArrayForms forms, LoaderLimits limits)
    {
        _graph = graph;
        _classes = classes;
        _forms = forms;
        _limits = limits;
    }

    /// <summary>The classes, in the order in which the first of each was met.</summary>
    internal IReadOnlyList<LoadedClass> All => _all;

    /// <summary>From how many references of a kind on a loop sets them.</summary>
    internal int MinPatchCount => _limits.MinPatchCount;

    /// <summary>Finds them.</summary>
    /// <param name="graph">All objects.</param>
    /// <param name="classes">Which of them constant expressions have to make.</param>
    /// <param name="forms">How arrays are made otherwise.</param>
    /// <param name="limits">How many are many.</param>
    internal static LoadedClasses Find(ObjectGraph graph, ObjectClasses classes, ArrayForms forms, LoaderLimits limits)
    {
        var loaded = new LoadedClasses(graph, classes, forms, limits);
        if (graph.Weight >= limits.MinCount)
        {
            loaded.Find();
        }

        return loaded;
    }

    /// <summary>Whether a loop makes an object.</summary>
    internal bool IsLoaded(int node) => _all.Count != 0 && _classOf[node] != None;

    /// <summary>The number of its class.</summary>
    internal int ClassOf(int node) => _classOf[node];

    private void Find()
    {
        // First by length, and what is too rare then is joined.
        var candidates = new Candidates();
        var excluded = FindItemsOfSegments();
        int[] found = new int[_graph.Count];
        for (int node = 0; node < found.Length; node++)
        {
            found[node] = excluded[node] || !CanLoad(node) ? None : candidates.Add(KeyOf(node, joins: false), WeightOf(node));
        }

        for (int node = 0; node < found.Length; node++)
        {
            bool isRare = found[node] != None && candidates.WeightOf(found[node]) < _limits.MinClassCount;
            bool mayJoin = _graph.ShapeOf(node).HasMutable && _graph.ShapeOf(node).ReferenceCount != 0;
            if (isRare && mayJoin && candidates.KeyOf(found[node]).Kind == LoadedKind.Tuple)
            {
                found[node] = candidates.Add(KeyOf(node, joins: true), WeightOf(node));
            }
        }

        Choose(found, candidates);
    }

    private void Choose(int[] found, Candidates candidates)
    {
        int[] numbers = candidates.Choose(_limits, out long weight);
        if (weight < _limits.MinCount)
        {
            return;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != None)
            {
                (LoadedKind kind, uint type, int length) = candidates.KeyOf(i);
                _all.Add(new LoadedClass(kind, type, length));
            }
        }

        for (int node = 0; node < found.Length; node++)
        {
            found[node] = found[node] == None ? None : numbers[found[node]];
        }

        _classOf = found;
    }

    private bool CanLoad(int node)
    {
        ObjectShape shape = _graph.ShapeOf(node);
        if (_classes.IsConstant(node) || shape.IsException)
        {
            return false;
        }

        if (!shape.IsArray)
        {
            return shape.FieldCount <= MaxFieldCount && !HoldsException(node);
        }

        ArrayForm form = _forms.FormOf(node, isConstant: false);
        bool isEqual = form is ArrayForm.Default or ArrayForm.Equal;
        int count = _graph.ItemCount(node);
        if (shape.ReferenceCount == 0)
        {
            return !isEqual || (ulong)count * shape.Stride <= MaxEqualByteLength;
        }

        bool isShort = count <= MaxTupleLength;
        return (isShort || (shape.HasMutable && !isEqual)) && !HoldsException(node);
    }

    // They are thrown and caught, one by one.
    private bool HoldsException(int node)
    {
        for (int i = 0; i < _graph.ReferenceCountOf(node); i++)
        {
            int child = _graph.ReferredAt(node, i);
            if (child != ObjectGraph.None && _graph.ShapeOf(child).IsException)
            {
                return true;
            }
        }

        return false;
    }

    private (LoadedKind Kind, uint Type, int Length) KeyOf(int node, bool joins)
    {
        ObjectShape shape = _graph.ShapeOf(node);
        uint type = _graph.TypeOf(node);
        if (!shape.IsArray)
        {
            return (LoadedKind.Struct, type, shape.FieldCount);
        }

        // Empty ones need no bytes.
        int count = _graph.ItemCount(node);
        if (shape.ReferenceCount == 0 && count != 0)
        {
            return (LoadedKind.Numbers, type, 0);
        }

        return joins || count > MaxTupleLength ? (LoadedKind.Array, type, 0) : (LoadedKind.Tuple, type, count);
    }

    // One with many references is many objects, as far as code and time are concerned.
    private long WeightOf(int node) => _graph.ShapeOf(node).IsArray ? 1L + _graph.ReferenceCountOf(node) : 1;

    // What is in long arrays that cannot be set comes from an element segment, so that constant expressions have to make it.
    private bool[] FindItemsOfSegments()
    {
        var isFound = new bool[_graph.Count];
        var unseen = new Stack<int>();
        for (int node = 0; node < isFound.Length; node++)
        {
            ObjectShape shape = _graph.ShapeOf(node);
            if (shape.IsArray && shape.ReferenceCount != 0 && !shape.HasMutable && _graph.ItemCount(node) > WasmLimits.MaxArrayNewFixed)
            {
                unseen.Push(node);
            }
        }

        while (unseen.TryPop(out int node))
        {
            for (int i = 0; i < _graph.ReferenceCountOf(node); i++)
            {
                int child = _graph.ReferredAt(node, i);
                if (child != ObjectGraph.None && !isFound[child])
                {
                    isFound[child] = true;
                    unseen.Push(child);
                }
            }
        }

        return isFound;
    }

    /// <summary>The classes there could be, and how much each would make.</summary>
    private sealed class Candidates
    {
        private readonly Dictionary<(LoadedKind Kind, uint Type, int Length), int> _numbers = [];
        private readonly List<(LoadedKind Kind, uint Type, int Length)> _keys = [];
        private readonly List<long> _weights = [];

        internal (LoadedKind Kind, uint Type, int Length) KeyOf(int candidate) => _keys[candidate];

        internal long WeightOf(int candidate) => _weights[candidate];

        internal int Add((LoadedKind Kind, uint Type, int Length) key, long weight)
        {
            if (!_numbers.TryGetValue(key, out int number))
            {
                number = _keys.Count;
                _numbers.Add(key, number);
                _keys.Add(key);
                _weights.Add(0);
            }

            _weights[number] += weight;
            return number;
        }

        // The largest ones get numbers, in the order in which they were met.
        internal int[] Choose(LoaderLimits limits, out long weight)
        {
            var chosen = new List<int>();
            for (int i = 0; i < _keys.Count; i++)
            {
                if (_weights[i] >= limits.MinClassCount)
                {
                    chosen.Add(i);
                }
            }

            chosen.Sort((a, b) => _weights[a] == _weights[b] ? a.CompareTo(b) : _weights[b].CompareTo(_weights[a]));
            chosen.RemoveRange(Math.Min(chosen.Count, limits.MaxClassCount), Math.Max(0, chosen.Count - limits.MaxClassCount));
            chosen.Sort();
            weight = 0;
            var numbers = new int[_keys.Count];
            Array.Fill(numbers, None);
            for (int i = 0; i < chosen.Count; i++)
            {
                numbers[chosen[i]] = i;
                weight += _weights[chosen[i]];
            }

            return numbers;
        }
    }
}
