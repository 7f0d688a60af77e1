using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Code;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>The passes of <see cref="LocalAnalysis"/>, each by itself.</summary>
public sealed class LocalPassesTests
{
    private const string CountDown = """
        (module (func (param i32) (local i32)
          (loop
            (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (drop (local.get 1))))
        """;

    [Fact]
    public void Graph_HasTheBlocksOfALoop_AndItsAccesses()
    {
        FlowGraph graph = GraphOf(CountDown);

        // The start, the loop, and what is behind its branch.
        Assert.Equal(3, graph.Order.Length);
        int loop = Assert.Single(graph.LoopBlocks);
        Assert.Equal([graph.Order[1], graph.Order[2]], TargetsOf(graph, loop).Order());
        Assert.Equal("r1 r0 w1 r0 w0 r1", string.Join(' ', Enumerable.Range(0, graph.AccessCount)
            .Select(access => (graph.IsWrite(access) ? "w" : "r") + graph.LocalOf(access))));
        Assert.True(graph.WeightOf(0) > graph.WeightOf(5), "a use in a loop counts for more");
        Assert.Equal(0, graph.CallCount);
    }

    [Fact]
    public void Liveness_GoesAroundALoop()
    {
        FlowGraph graph = GraphOf(CountDown);
        var liveness = new Liveness();
        Assert.True(liveness.TryFind(graph, 1000));
        Assert.Equal([0b11ul, 0b11ul, 0b10ul], graph.Order.ToArray().Select(block => liveness.Into(block, 0)));
        Assert.Equal(2, liveness.CountInto(graph.LoopBlocks[0]));
    }

    [Fact]
    public void Liveness_EndsWhereItIsTooMuchWork() => Assert.False(new Liveness().TryFind(GraphOf(CountDown), 3));

    [Fact]
    public void ALocalOfTwoUses_HasTwoWebs()
    {
        LocalWebs webs = WebsOf("""
            (module (func (param i32)
              (drop (local.get 0))
              (local.set 0 (i32.const 1))
              (drop (local.get 0))))
            """);
        Assert.NotEqual(webs.OfAccess(0), webs.OfAccess(1));
        Assert.Equal(webs.OfAccess(1), webs.OfAccess(2));
    }

    [Fact]
    public void AssignmentsThatMeet_AreOneWeb()
    {
        LocalWebs webs = WebsOf("""
            (module (func (param i32) (local i32)
              (if (local.get 0) (then (local.set 1 (i32.const 1))) (else (local.set 1 (i32.const 2))))
              (drop (local.get 1))))
            """);
        Assert.Equal(webs.OfAccess(1), webs.OfAccess(2));
        Assert.Equal(webs.OfAccess(2), webs.OfAccess(3));
    }

    private static LocalWebs WebsOf(string wat)
    {
        FlowGraph graph = GraphOf(wat);
        var liveness = new Liveness();
        Assert.True(liveness.TryFind(graph, 1000));
        var webs = new LocalWebs();
        Assert.True(webs.TryFind(graph, liveness, 1000));
        return webs;
    }

    private static FlowGraph GraphOf(string wat)
    {
        var walker = new RecordingWalker(wat);
        WasmReader reader = walker.Start();
        var graph = new FlowGraph();
        Assert.True(graph.TryFind(walker, reader));
        return graph;
    }

    private static List<int> TargetsOf(FlowGraph graph, int block)
    {
        List<int> targets = [];
        for (int edge = graph.FirstEdgeOf(block); edge >= 0; edge = graph.NextEdgeOf(edge))
        {
            targets.Add(graph.TargetOf(edge));
        }

        return targets;
    }
}
