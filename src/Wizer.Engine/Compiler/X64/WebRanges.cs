using System.Numerics;

namespace Wizer.Engine.Compiler.X64;

/// <summary>Finds the ranges of code in which each web lives, and how often it is used, for <see cref="WebAllocation"/>.</summary>
internal sealed class WebRanges
{
    // By local, in the block at hand: its web, and from where and up to where it lives as far as is known.
    private int[] _webs = [];
    private int[] _starts = [];
    private int[] _lastUses = [];
    private ulong[] _liveOut = new ulong[1];

    /// <summary>Goes through all blocks once.</summary>
    internal void Find(FlowGraph graph, Liveness liveness, LocalWebs webs, WebAllocation allocation)
    {
        if (_webs.Length < graph.LocalCount)
        {
            _webs = new int[graph.LocalCount];
            _starts = new int[graph.LocalCount];
            _lastUses = new int[graph.LocalCount];
        }

        if (_liveOut.Length < graph.WordCount)
        {
            _liveOut = new ulong[graph.WordCount];
        }

        for (int i = 0; i < graph.LocalCount; i++)
        {
            _starts[i] = -1;
        }

        foreach (int block in graph.Order)
        {
            FindIn(block, graph, liveness, webs, allocation);
        }
    }

    private void FindIn(int block, FlowGraph graph, Liveness liveness, LocalWebs webs, WebAllocation allocation)
    {
        int start = graph.StartOf(block);
        int end = graph.EndOf(block);
        int weight = graph.WeightOfBlock(block);
        int at = webs.FirstInto(block);
        for (int word = 0; word < graph.WordCount; word++)
        {
            _liveOut[word] = liveness.OutOf(graph, block, word);
            for (ulong bits = liveness.Into(block, word); bits != 0; bits &= bits - 1)
            {
                int local = (64 * word) + BitOperations.TrailingZeroCount(bits);
                _webs[local] = webs.Into(at++);
                _starts[local] = start;
                _lastUses[local] = start;
            }
        }

        int endAccess = graph.EndAccessOf(block);
        for (int i = graph.FirstAccessOf(block); i < endAccess; i++)
        {
            int local = graph.LocalOf(i);
            int position = graph.PositionOf(i);
            int web = webs.OfAccess(i);
            bool isWrite = graph.IsWrite(i);
            if (isWrite)
            {
                // What it was before in this block, if anything, ends with its last use.
                if (_starts[local] >= 0 && _lastUses[local] > _starts[local])
                {
                    allocation.AddRange(_webs[local], _starts[local], _lastUses[local], weight);
                }

                _webs[local] = web;
                _starts[local] = position;
            }

            _lastUses[local] = position;
            allocation.AddUse(web, local, graph.WeightOf(i), isRead: !isWrite);
        }

        // What is left open: to the end of the block when it lives on, to its last use otherwise.
        for (int word = 0; word < graph.WordCount; word++)
        {
            ulong touched = liveness.Into(block, word) | graph.WritesOf(block, word) | _liveOut[word];
            for (; touched != 0; touched &= touched - 1)
            {
                int bit = BitOperations.TrailingZeroCount(touched);
                int local = (64 * word) + bit;
                int last = (_liveOut[word] & (1UL << bit)) != 0 ? end : _lastUses[local];
                if (last > _starts[local])
                {
                    allocation.AddRange(_webs[local], _starts[local], last, weight);
                }

                // Whoever assigns it next must not take this for a range of its block.
                _starts[local] = -1;
                _lastUses[local] = -1;
            }
        }
    }
}
