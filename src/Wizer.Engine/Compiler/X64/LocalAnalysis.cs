using System.Numerics;
using Wizer.Binary;
using Wizer.Engine.Code;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Finds out where the values of a function's locals live, and gives registers to those that are used most. A local is taken
/// apart into webs. A web has one place all its life, a register or the local's slot in the frame, and control flow needs no moves.
/// </summary>
/// <remarks>
/// Four passes: <see cref="FlowGraph"/> finds basic blocks and accesses; <see cref="Liveness"/>, which locals live into which block;
/// <see cref="LocalWebs"/> and <see cref="WebRanges"/>, the webs and the ranges of code where they live; and
/// <see cref="WebAllocation"/> gives registers, to the most valuable webs first.
/// </remarks>
internal sealed class LocalAnalysis
{
    /// <summary>In the place of a register: the local's slot.</summary>
    internal const sbyte InSlot = -1;

    /// <summary>In the place of a register: an assignment that nobody reads.</summary>
    internal const sbyte Dead = -2;

    // So much work on sets and webs takes a tenth of a second or two.
    private const long MaxSteps = 1L << 26;

    private readonly FlowGraph _graph = new();
    private readonly Liveness _liveness = new();
    private readonly LocalWebs _webs = new();
    private readonly WebRanges _ranges = new();
    private readonly WebAllocation _allocation = new();

    /// <summary>Where each access finds its local, in the order of the body: a register, or one of the constants.</summary>
    internal sbyte[] Locations { get; private set; } = new sbyte[64];

    /// <inheritdoc cref="FlowGraph.LoopBlocks"/>
    internal List<int> LoopBlocks => _graph.LoopBlocks;

    /// <inheritdoc cref="FlowGraph.HandlerBlocks"/>
    internal List<int> HandlerBlocks => _graph.HandlerBlocks;

    /// <summary>The general registers and vector registers that are given away, a bit for each; the latter from bit 16.</summary>
    internal uint UsedRegisters => _allocation.UsedRegisters;

    /// <inheritdoc cref="FlowGraph.AccessCount"/>
    internal int AccessCount => _graph.AccessCount;

    /// <inheritdoc cref="FlowGraph.HasCalls"/>
    internal bool HasCalls => _graph.HasCalls;

    /// <inheritdoc cref="FlowGraph.CallCount"/>
    internal int CallCount => _graph.CallCount;

    /// <summary>Looks through the body that a compiler has begun with.</summary>
    /// <param name="compiler">Knows the locals.</param>
    /// <param name="locals">Their types.</param>
    /// <param name="reader">At the first instruction.</param>
    /// <returns>False when the function is beyond what is worth it.</returns>
    internal bool Run<TLabel>(BodyWalker<TLabel> compiler, LocalLayout locals, WasmReader reader)
        where TLabel : struct
    {
        if (!_graph.TryFind(compiler, reader) || !_liveness.TryFind(_graph, MaxSteps) || !_webs.TryFind(_graph, _liveness, MaxSteps / 4))
        {
            return false;
        }

        _allocation.Reset(_webs.Count, _graph.PositionCount, _graph.CallPositions, _graph.CallWeights);
        _ranges.Find(_graph, _liveness, _webs, _allocation);
        NoteHandlers();
        _allocation.Run(locals);
        int accesses = _graph.AccessCount;
        if (Locations.Length < accesses)
        {
            Locations = new sbyte[Math.Max(2 * Locations.Length, accesses)];
        }

        for (int i = 0; i < accesses; i++)
        {
            Locations[i] = _allocation.LocationOf(_webs.OfAccess(i));
        }

        return true;
    }

    // A handler finds in the locals' slots what lives into it: a register that callees keep is lost with their frames.
    private void NoteHandlers()
    {
        if (_graph.GuardBlocks.Count == 0)
        {
            return;
        }

        _allocation.Guard(_graph.CallGuards);
        foreach (int guard in _graph.GuardBlocks)
        {
            int first = _webs.FirstInto(guard);
            int count = _liveness.CountInto(guard);
            for (int i = 0; i < count; i++)
            {
                _allocation.AddCaught(_webs.Into(first + i));
            }
        }
    }

    /// <summary>A local and where it is, as one number: lists of pairs would have no precompiled code.</summary>
    internal static int Pack(int local, sbyte location) => (local << 8) | (byte)location;

    /// <summary>The local of <see cref="Pack"/>.</summary>
    internal static int LocalOf(int packed) => packed >> 8;

    /// <summary>The location of <see cref="Pack"/>.</summary>
    internal static sbyte LocationOf(int packed) => (sbyte)packed;

    /// <summary>What lives at the start of a block, with its location: at loops, and at the start of the function (0).</summary>
    internal void LiveInto(int block, List<int> result)
    {
        result.Clear();
        int at = _webs.FirstInto(block);
        for (int word = 0; word < _graph.WordCount; word++)
        {
            for (ulong bits = _liveness.Into(block, word); bits != 0; bits &= bits - 1)
            {
                int local = (64 * word) + BitOperations.TrailingZeroCount(bits);
                result.Add(Pack(local, _allocation.LocationOf(_webs.Into(at++))));
            }
        }
    }

    /// <summary>
    /// The registers that hold what lives on after a call: those that a callee does not keep, and those that hold what a handler may
    /// find when the call throws.
    /// </summary>
    internal void SavedAcross(int call, List<int> result) => _allocation.SavedAcross(call, result);
}
