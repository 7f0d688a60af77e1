using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Which objects have to be made by constant expressions: those that immutable globals and passive segments hold, and whatever is in them
/// that cannot be set. Each was made by such an expression, as the value of a global, which is its home, or within another one; so that it
/// can be made, and found, in the same way again. All others are made by code, or by expressions where that is possible.
/// </summary>
internal sealed class ObjectClasses
{
    private readonly ObjectGraph _graph;
    private readonly bool[] _isConstant;
    private readonly bool[] _isInlined;
    private readonly bool[] _isDirty;
    private readonly int[] _homes;
    private readonly int[] _outers;
    private readonly int[] _outerItems;
    private readonly Queue<int> _unseen = new();

    internal ObjectClasses(ObjectGraph graph)
    {
        _graph = graph;
        _isConstant = new bool[graph.Count];
        _isInlined = new bool[graph.Count];
        _isDirty = new bool[graph.Count];
        _homes = new int[graph.Count];
        _outers = new int[graph.Count];
        _outerItems = new int[graph.Count];
        Array.Fill(_homes, -1);
        Array.Fill(_outers, ObjectGraph.None);
    }

    /// <summary>Says that an object is the value of an immutable global; the first one is its home.</summary>
    internal void AddHome(int node, int globalIndex)
    {
        if (_homes[node] < 0)
        {
            _homes[node] = globalIndex;
            _isConstant[node] = true;
            _unseen.Enqueue(node);
        }
    }

    /// <summary>Finds what is in them. Call once all homes are known.</summary>
    internal void Close()
    {
        while (_unseen.TryDequeue(out int node))
        {
            if (_graph.ShapeOf(node).HasMutable)
            {
                MarkDirty(node);
            }

            int count = _graph.ShapeOf(node).ReferenceCount == 0 ? 0 : _graph.ItemCount(node);
            for (int item = 0; item < count; item++)
            {
                int child = _graph.ShapeOf(node).ItemAt(item).IsMutable ? ObjectGraph.None : _graph.ChildAt(node, item);
                if (child != ObjectGraph.None && !_isConstant[child])
                {
                    _isConstant[child] = true;
                    _outers[child] = node;
                    _outerItems[child] = item;
                    _unseen.Enqueue(child);
                }
            }
        }
    }

    /// <summary>Whether constant expressions have to make an object.</summary>
    internal bool IsConstant(int node) => _isConstant[node];

    /// <summary>Whether the initializer of an object's home may make it otherwise than it is now.</summary>
    internal bool IsDirty(int node) => _isDirty[node];

    /// <summary>The global that holds it from the beginning, or -1.</summary>
    internal int HomeOf(int node) => _homes[node];

    /// <summary>The object that one without a home is made in, or <see cref="ObjectGraph.None"/>.</summary>
    internal int OuterOf(int node) => _outers[node];

    /// <summary>Where it is there.</summary>
    internal int OuterItemOf(int node) => _outerItems[node];

    /// <summary>Whether a constant expression makes an object that need not be made by one.</summary>
    internal bool IsInlined(int node) => _isInlined[node];

    /// <summary>Says so.</summary>
    internal void Inline(int node) => _isInlined[node] = true;

    // The expression of the home is the one to be written anew.
    private void MarkDirty(int node)
    {
        for (; node != ObjectGraph.None && !_isDirty[node]; node = _outers[node])
        {
            _isDirty[node] = true;
        }
    }
}
