using System.Numerics;

namespace Wizer.Engine.Compiler.X64;

/// <summary>Which locals live into each basic block: something reads them on a way from there before it assigns them.</summary>
internal sealed class Liveness
{
    private int _wordCount;
    private ulong[] _liveIn = new ulong[1];

    /// <summary>Goes backwards through the blocks until nothing changes.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="maxSteps">How many words of sets may be looked at. Nests of loops take a round through all blocks for each.</param>
    /// <returns>False when there are more.</returns>
    internal bool TryFind(FlowGraph graph, long maxSteps)
    {
        _wordCount = graph.WordCount;
        int words = graph.BlockCount * _wordCount;
        if (words > _liveIn.Length)
        {
            _liveIn = new ulong[Math.Max(256, 2 * words)];
        }
        else
        {
            Array.Clear(_liveIn, 0, words);
        }

        ReadOnlySpan<int> order = graph.Order;
        long stepsOfRound = (long)(graph.EdgeCount + order.Length) * _wordCount;
        long steps = 0;
        for (bool hasChanged = true; hasChanged;)
        {
            steps += stepsOfRound;
            if (steps > maxSteps)
            {
                return false;
            }

            hasChanged = false;
            for (int i = order.Length - 1; i >= 0; i--)
            {
                int block = order[i];
                int at = block * _wordCount;
                for (int word = 0; word < _wordCount; word++)
                {
                    ulong live = OutOf(graph, block, word);
                    live = (live & ~graph.WritesOf(block, word)) | graph.ReadsOf(block, word);
                    if (live != _liveIn[at + word])
                    {
                        _liveIn[at + word] = live;
                        hasChanged = true;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>The locals that live into a block, a bit for each: the word for 64 of them.</summary>
    internal ulong Into(int block, int word) => _liveIn[(block * _wordCount) + word];

    /// <summary>The locals that live at the end of a block: into one of those behind it.</summary>
    internal ulong OutOf(FlowGraph graph, int block, int word)
    {
        ulong live = 0;
        for (int edge = graph.FirstEdgeOf(block); edge >= 0; edge = graph.NextEdgeOf(edge))
        {
            live |= Into(graph.TargetOf(edge), word);
        }

        return live;
    }

    /// <summary>How many locals live into a block.</summary>
    internal int CountInto(int block)
    {
        int count = 0;
        for (int word = 0; word < _wordCount; word++)
        {
            count += BitOperations.PopCount(Into(block, word));
        }

        return count;
    }
}
