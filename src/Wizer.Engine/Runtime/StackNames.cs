namespace Wizer.Engine.Runtime;

/// <summary>The stacks of a tree, by the names of their functions.</summary>
/// <param name="tree">The tree.</param>
/// <param name="functions">The names.</param>
/// <param name="numbers">
/// For each node the names of its function, behind those of the functions that a compiler has put there, innermost first.
/// </param>
internal sealed class StackNames(StackTree tree, List<string> functions, int[][] numbers)
{
    private readonly Dictionary<int, int[]> _paths = [];

    /// <summary>The names.</summary>
    internal IReadOnlyList<string> Functions => functions;

    /// <summary>The functions from the outermost to that of a node, by index in <see cref="Functions"/>.</summary>
    internal int[] PathOf(int node)
    {
        if (!_paths.TryGetValue(node, out int[]? path))
        {
            var reversed = new List<int>();
            for (int at = node; at != StackTree.Root; at = tree.ParentOf(at))
            {
                reversed.AddRange(numbers[at]);
            }

            reversed.Reverse();
            _paths.Add(node, path = [.. reversed]);
        }

        return path;
    }
}
