namespace Wizer.Engine.Runtime;

/// <summary>Stacks that were seen, as paths in a tree of functions, and in which order they were seen for how long.</summary>
internal sealed class StackTree
{
    // Of more, frames further in are left out, and further samples counted with the first of their stack: some ten megabytes each.
    private const int MaxNodeCount = 50_000;
    private const int MaxSampleCount = 500_000;

    /// <summary>What is no node: the caller of the outermost functions.</summary>
    internal const int Root = -1;

    private readonly Dictionary<(int Parent, nint Func), int> _children = [];
    private readonly List<(int Parent, nint Func)> _nodes = [];
    private readonly List<(int Node, ulong Nanoseconds)> _samples = [];
    private readonly Dictionary<int, int> _firstSamples = [];

    /// <summary>The nodes: each with the one it was called from, or -1, and its function.</summary>
    internal IReadOnlyList<(int Parent, nint Func)> Nodes => _nodes;

    /// <summary>The samples in their order: the innermost function's node, and the time.</summary>
    internal IReadOnlyList<(int Node, ulong Nanoseconds)> Samples => _samples;

    /// <summary>Adds a sample.</summary>
    /// <param name="frames">The functions, innermost first.</param>
    /// <param name="nanoseconds">For how long.</param>
    internal void Add(List<nint> frames, ulong nanoseconds)
    {
        int node = Root;
        for (int i = frames.Count - 1; i >= 0; i--)
        {
            node = ChildOf(node, frames[i]);
        }

        if (node != Root)
        {
            Add(node, nanoseconds);
        }
    }

    /// <summary>The node of a function that was called from another node; that one itself when there are too many.</summary>
    internal int ChildOf(int parent, nint func)
    {
        if (!_children.TryGetValue((parent, func), out int child))
        {
            if (_nodes.Count == MaxNodeCount)
            {
                return parent;
            }

            child = _nodes.Count;
            _nodes.Add((parent, func));
            _children.Add((parent, func), child);
        }

        return child;
    }

    private void Add(int node, ulong nanoseconds)
    {
        // The same stack twice in a row is one sample that took longer.
        if (_samples.Count != 0 && _samples[^1].Node == node)
        {
            _samples[^1] = (node, _samples[^1].Nanoseconds + nanoseconds);
        }
        else if (_samples.Count < MaxSampleCount)
        {
            _firstSamples.TryAdd(node, _samples.Count);
            _samples.Add((node, nanoseconds));
        }
        else if (_firstSamples.TryGetValue(node, out int first))
        {
            _samples[first] = (node, _samples[first].Nanoseconds + nanoseconds);
        }
        else
        {
            _firstSamples.Add(node, _samples.Count);
            _samples.Add((node, nanoseconds));
        }
    }
}
