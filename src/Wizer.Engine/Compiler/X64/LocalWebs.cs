using System.Numerics;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Takes the locals apart into webs: a web is a set of assignments and uses that reach each other, so that a local that is used for
/// two things counts as two. A union-find forest, with a tree for each local that lives into a block and one for each assignment;
/// those that meet become one.
/// </summary>
internal sealed class LocalWebs
{
    // A table of many labels takes a look at every local that lives there for each.
    private const int MaxLiveIns = 1 << 20;

    private int[] _parents = [];
    private int[] _accessWebs = [];
    private int[] _inOffsets = [];
    private int[] _inCounts = [];
    private int[] _currentWebs = [];

    /// <summary>How many webs there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Finds the webs.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="liveness">What lives into them.</param>
    /// <param name="maxSteps">How many locals that live behind edges may be looked at.</param>
    /// <returns>False when that would be too much work.</returns>
    internal bool TryFind(FlowGraph graph, Liveness liveness, long maxSteps)
    {
        ReadOnlySpan<int> order = graph.Order;
        if (!TryCountLiveIns(graph, liveness, maxSteps, out int inCount))
        {
            return false;
        }

        Count = 0;
        int capacity = inCount + graph.AccessCount;
        if (_parents.Length < capacity)
        {
            _parents = new int[2 * capacity];
        }

        if (_accessWebs.Length < graph.AccessCount)
        {
            _accessWebs = new int[2 * graph.AccessCount];
        }

        if (_currentWebs.Length < graph.LocalCount)
        {
            _currentWebs = new int[graph.LocalCount];
        }

        // What lives into blocks comes first, so that a place among that is the number of its tree.
        for (int i = 0; i < inCount; i++)
        {
            NewWeb();
        }

        foreach (int block in order)
        {
            Join(graph, liveness, block);
        }

        Number();
        return true;
    }

    /// <summary>The web of an access.</summary>
    internal int OfAccess(int access) => _parents[_accessWebs[access]];

    /// <summary>The webs of what lives into a block: this one and those behind it, in the order of the locals.</summary>
    internal int FirstInto(int block) => _inOffsets[block];

    /// <summary>The web at a place that <see cref="FirstInto"/> counts from.</summary>
    internal int Into(int at) => _parents[at];

    private bool TryCountLiveIns(FlowGraph graph, Liveness liveness, long maxSteps, out int inCount)
    {
        if (_inOffsets.Length < graph.BlockCount)
        {
            _inOffsets = new int[2 * graph.BlockCount];
            _inCounts = new int[2 * graph.BlockCount];
        }

        inCount = 0;
        foreach (int block in graph.Order)
        {
            _inOffsets[block] = inCount;
            _inCounts[block] = liveness.CountInto(block);
            inCount += _inCounts[block];
            if (inCount > MaxLiveIns)
            {
                return false;
            }
        }

        long steps = 0;
        foreach (int block in graph.Order)
        {
            for (int edge = graph.FirstEdgeOf(block); edge >= 0; edge = graph.NextEdgeOf(edge))
            {
                steps += _inCounts[graph.TargetOf(edge)];
            }
        }

        return steps <= maxSteps;
    }

    private void Join(FlowGraph graph, Liveness liveness, int block)
    {
        int at = _inOffsets[block];
        for (int word = 0; word < graph.WordCount; word++)
        {
            for (ulong bits = liveness.Into(block, word); bits != 0; bits &= bits - 1)
            {
                _currentWebs[(64 * word) + BitOperations.TrailingZeroCount(bits)] = at++;
            }
        }

        int end = graph.EndAccessOf(block);
        for (int i = graph.FirstAccessOf(block); i < end; i++)
        {
            int local = graph.LocalOf(i);
            if (graph.IsWrite(i))
            {
                _currentWebs[local] = NewWeb();
            }

            _accessWebs[i] = _currentWebs[local];
        }

        for (int edge = graph.FirstEdgeOf(block); edge >= 0; edge = graph.NextEdgeOf(edge))
        {
            int target = graph.TargetOf(edge);
            at = _inOffsets[target];
            for (int word = 0; word < graph.WordCount; word++)
            {
                for (ulong bits = liveness.Into(target, word); bits != 0; bits &= bits - 1)
                {
                    Union(_currentWebs[(64 * word) + BitOperations.TrailingZeroCount(bits)], at++);
                }
            }
        }
    }

    // Numbers the trees, and puts each one's number in the place of its members' parents: of tens of thousands that live into the
    // blocks of an interpreter's loop, hundreds are left, and whoever asks about webs needs room for those only. A parent has a lower
    // number than its children, so that it has been numbered before them.
    private void Number()
    {
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            int parent = _parents[i];
            _parents[i] = parent == i ? count++ : _parents[parent];
        }

        Count = count;
    }

    private int NewWeb()
    {
        _parents[Count] = Count;
        return Count++;
    }

    private int Find(int web)
    {
        while (_parents[web] != web)
        {
            _parents[web] = _parents[_parents[web]];
            web = _parents[web];
        }

        return web;
    }

    private void Union(int a, int b)
    {
        a = Find(a);
        b = Find(b);
        if (a != b)
        {
            _parents[Math.Max(a, b)] = Math.Min(a, b);
        }
    }
}
