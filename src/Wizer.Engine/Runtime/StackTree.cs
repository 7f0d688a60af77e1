namespace Wizer.Engine.Runtime;

/// <summary>
/// Stacks that were seen, as paths in a tree of functions and places in them, and in which order they were seen for how long.
/// </summary>
/// <remarks>
/// In arrays of numbers, and with a table of its own: the framework's collections of pairs would be compiled when the guest is first
/// looked at, which takes longer than a hundred samples.
/// </remarks>
internal sealed class StackTree
{
    // Of more, frames further in are left out, and further samples counted with the first of their stack: some ten megabytes each.
    private const int MaxNodeCount = 50_000;
    private const int MaxSampleCount = 500_000;

    /// <summary>What is no node: the caller of the outermost functions.</summary>
    internal const int Root = -1;

    private int[] _parents = new int[256];
    private nint[] _funcs = new nint[256];
    private int[] _places = new int[256];

    // For each node, the first sample of it, counted from 1.
    private int[] _firstSamples = new int[256];

    // Nodes by parent, function and place, counted from 1: open addressing, at most half full.
    private int[] _table = new int[1024];
    private int[] _sampleNodes = new int[1024];
    private ulong[] _sampleTimes = new ulong[1024];

    /// <summary>How many nodes there are.</summary>
    internal int NodeCount { get; private set; }

    /// <summary>How many samples there are.</summary>
    internal int SampleCount { get; private set; }

    /// <summary>The node that another one was called from, which has a lower number; or <see cref="Root"/>.</summary>
    internal int ParentOf(int node) => _parents[node];

    /// <summary>The function of a node.</summary>
    internal nint FuncOf(int node) => _funcs[node];

    /// <summary>Where in that function; what its adder calls it.</summary>
    internal int PlaceIn(int node) => _places[node];

    /// <summary>The node of a sample's innermost function.</summary>
    internal int NodeOf(int sample) => _sampleNodes[sample];

    /// <summary>The time of a sample, in nanoseconds.</summary>
    internal ulong TimeOf(int sample) => _sampleTimes[sample];

    /// <summary>Adds a sample.</summary>
    /// <param name="frames">The functions, innermost first.</param>
    /// <param name="places">Where in them.</param>
    /// <param name="count">How many.</param>
    /// <param name="nanoseconds">For how long.</param>
    internal void Add(nint[] frames, int[] places, int count, ulong nanoseconds)
    {
        int node = Root;
        for (int i = count - 1; i >= 0; i--)
        {
            node = ChildOf(node, frames[i], places[i]);
        }

        if (node != Root)
        {
            Add(node, nanoseconds);
        }
    }

    /// <summary>The node of a function that was called from another node; that one itself when there are too many.</summary>
    internal int ChildOf(int parent, nint func, int place = 0)
    {
        int index = IndexOf(parent, func, place);
        if (_table[index] != 0)
        {
            return _table[index] - 1;
        }

        if (NodeCount == MaxNodeCount)
        {
            return parent;
        }

        if (NodeCount == _parents.Length)
        {
            Array.Resize(ref _parents, 2 * NodeCount);
            Array.Resize(ref _funcs, 2 * NodeCount);
            Array.Resize(ref _places, 2 * NodeCount);
            Array.Resize(ref _firstSamples, 2 * NodeCount);
        }

        _parents[NodeCount] = parent;
        _funcs[NodeCount] = func;
        _places[NodeCount] = place;
        _table[index] = ++NodeCount;
        if (2 * NodeCount > _table.Length)
        {
            GrowTable();
        }

        return NodeCount - 1;
    }

    // Where the node is, or would be.
    private int IndexOf(int parent, nint func, int place)
    {
        // Functions lie side by side, and nodes have numbers in a row.
        ulong key = ((ulong)func >> 4) + ((ulong)(uint)parent * 0x9e37_79b9_7f4a_7c15) + ((ulong)(uint)place << 40);
        int index = (int)(key * 0xff51_afd7_ed55_8ccd >> 32) & (_table.Length - 1);
        while (_table[index] != 0 && !Is(_table[index] - 1, parent, func, place))
        {
            index = (index + 1) & (_table.Length - 1);
        }

        return index;
    }

    private bool Is(int node, int parent, nint func, int place) =>
        _parents[node] == parent && _funcs[node] == func && _places[node] == place;

    private void GrowTable()
    {
        _table = new int[2 * _table.Length];
        for (int i = 0; i < NodeCount; i++)
        {
            _table[IndexOf(_parents[i], _funcs[i], _places[i])] = i + 1;
        }
    }

    private void Add(int node, ulong nanoseconds)
    {
        // The same stack twice in a row is one sample that took longer.
        if (SampleCount != 0 && _sampleNodes[SampleCount - 1] == node)
        {
            _sampleTimes[SampleCount - 1] += nanoseconds;
            return;
        }

        int first = _firstSamples[node];
        if (SampleCount >= MaxSampleCount && first != 0)
        {
            _sampleTimes[first - 1] += nanoseconds;
            return;
        }

        if (SampleCount == _sampleNodes.Length)
        {
            Array.Resize(ref _sampleNodes, 2 * SampleCount);
            Array.Resize(ref _sampleTimes, 2 * SampleCount);
        }

        _sampleNodes[SampleCount] = node;
        _sampleTimes[SampleCount] = nanoseconds;
        SampleCount++;
        _firstSamples[node] = first == 0 ? SampleCount : first;
    }
}
