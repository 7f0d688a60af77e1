using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// The basic blocks of a function, the ways between them, and what is done to its locals in each. Positions count accesses, calls
/// and starts of blocks, in the order of the body. Unreachable code has none of these.
/// </summary>
internal sealed unsafe class FlowGraph : BodyWalker<FlowGraph.FlowLabel>
{
    // What a use in a loop counts for more than one around it.
    private const int LoopWeightLog2 = 3;
    private const int MaxWeightedDepth = 6;

    // Beyond this many words of sets, the function is for the interpreter.
    private const int MaxSetWords = 1 << 21;

    // Blocks by number.
    private int[] _starts = [];
    private int[] _ends = [];
    private int[] _firstAccesses = [];
    private int[] _endAccesses = [];
    private int[] _firstEdges = [];
    private int[] _weights = [];
    private int[] _order = [];
    private int _orderCount;
    private ulong[] _reads = new ulong[1];
    private ulong[] _writes = new ulong[1];

    // Edges: a list for each block they leave.
    private int[] _edgeTargets = [];
    private int[] _nextEdges = [];

    private int[] _accessPositions = [];
    private int[] _accesses = [];
    private int[] _accessWeights = [];

    private int[] _callPositions = [];
    private int[] _callWeights = [];
    private int[] _callGuards = [];

    private int _current;
    private int _depth;

    // The block that what is thrown leads to, or -1.
    private int _guard;

    /// <summary>The basic blocks that a label leads to.</summary>
    internal struct FlowLabel
    {
        /// <summary>The end of a block, or the start of a loop.</summary>
        internal int Block;

        internal int Else;

        /// <summary>Of what has handlers: the empty block that leads to each of them.</summary>
        internal int Guard;

        /// <summary>That of the innermost block around it that has handlers, or -1.</summary>
        internal int OuterGuard;
    }

    /// <summary>How many 64-bit words a set of locals takes.</summary>
    internal int WordCount { get; private set; }

    /// <summary>How many basic blocks there are; some may not be reached.</summary>
    internal int BlockCount { get; private set; }

    /// <summary>How many positions there are.</summary>
    internal int PositionCount { get; private set; }

    /// <summary>How many edges leave the blocks.</summary>
    internal int EdgeCount { get; private set; }

    /// <summary>How many accesses to locals there are.</summary>
    internal int AccessCount { get; private set; }

    /// <summary>How many instructions may call something.</summary>
    internal int CallCount { get; private set; }

    /// <summary>Whether anything may be called, or be jumped to in the place of a return.</summary>
    internal bool HasCalls { get; private set; }

    /// <summary>The loops that are reached, in the order of the body, by the block they start with.</summary>
    internal List<int> LoopBlocks { get; } = [];

    /// <summary>The empty blocks that lead to handlers: one for each block that has any.</summary>
    internal List<int> GuardBlocks { get; } = [];

    /// <summary>The blocks that handlers begin with, in the order of their clauses in the body; -1 where one ends the function.</summary>
    internal List<int> HandlerBlocks { get; } = [];

    /// <summary>The blocks that are reached, in the order of the body; the first is the start of the function.</summary>
    internal ReadOnlySpan<int> Order => new(_order, 0, _orderCount);

    /// <summary>How many locals the function has.</summary>
    internal int LocalCount => Locals.Count;

    /// <summary>By call: where it is, ascending.</summary>
    internal ReadOnlySpan<int> CallPositions => new(_callPositions, 0, CallCount);

    /// <summary>By call: how often it is made, compared with others.</summary>
    internal ReadOnlySpan<int> CallWeights => new(_callWeights, 0, CallCount);

    /// <summary>By call: 1 when a handler of the function's may catch what is thrown there.</summary>
    internal ReadOnlySpan<int> CallGuards => new(_callGuards, 0, CallCount);

    /// <inheritdoc/>
    protected override int StackCount => 0;

    /// <inheritdoc/>
    protected override bool TracksStack => false;

    /// <summary>Finds the blocks of the function that another walker has begun with, and whose locals it has read.</summary>
    /// <param name="other">The walker.</param>
    /// <param name="reader">At the first instruction.</param>
    /// <returns>False when the function is beyond what is worth it, or has instructions that no machine code is made of.</returns>
    internal bool TryFind<TOther>(BodyWalker<TOther> other, WasmReader reader)
        where TOther : struct
    {
        BeginLike(other);
        WordCount = Math.Max(1, (Locals.Count + 63) / 64);
        BlockCount = EdgeCount = AccessCount = CallCount = PositionCount = 0;
        _orderCount = _depth = 0;
        HasCalls = false;
        _guard = -1;
        LoopBlocks.Clear();
        GuardBlocks.Clear();
        HandlerBlocks.Clear();
        StartBlock(NewBlock());
        if (!Walk(reader))
        {
            return false;
        }

        EndBlock();
        return true;
    }

    /// <summary>The position at which a block starts.</summary>
    internal int StartOf(int block) => _starts[block];

    /// <summary>The position behind a block.</summary>
    internal int EndOf(int block) => _ends[block];

    /// <summary>The first access in a block.</summary>
    internal int FirstAccessOf(int block) => _firstAccesses[block];

    /// <summary>The access behind a block.</summary>
    internal int EndAccessOf(int block) => _endAccesses[block];

    /// <summary>How often a block is run, compared with others.</summary>
    internal int WeightOfBlock(int block) => _weights[block];

    /// <summary>The first of the edges that leave a block, or -1.</summary>
    internal int FirstEdgeOf(int block) => _firstEdges[block];

    /// <summary>The next edge that leaves the same block, or -1.</summary>
    internal int NextEdgeOf(int edge) => _nextEdges[edge];

    /// <summary>The block that an edge leads to.</summary>
    internal int TargetOf(int edge) => _edgeTargets[edge];

    /// <summary>The locals that a block reads before it assigns them, a bit for each: the word for 64 of them.</summary>
    internal ulong ReadsOf(int block, int word) => _reads[(block * WordCount) + word];

    /// <summary>The locals that a block assigns.</summary>
    internal ulong WritesOf(int block, int word) => _writes[(block * WordCount) + word];

    /// <summary>The position of an access.</summary>
    internal int PositionOf(int access) => _accessPositions[access];

    /// <summary>The local of an access.</summary>
    internal int LocalOf(int access) => _accesses[access] >> 1;

    /// <summary>Whether an access is an assignment.</summary>
    internal bool IsWrite(int access) => (_accesses[access] & 1) != 0;

    /// <summary>How often an access is made, compared with others.</summary>
    internal int WeightOf(int access) => _accessWeights[access];

    /// <inheritdoc/>
    protected override int BaseSlotOf(int entryCount) => 0;

    /// <inheritdoc/>
    protected override FlowLabel NewLabel(BlockKind kind) => new()
    {
        // The end of the function is nobody's start.
        Block = kind == BlockKind.Function ? 0 : NewBlock(),
        Else = kind == BlockKind.If ? NewBlock() : 0,
        OuterGuard = _guard,
    };

    /// <inheritdoc/>
    protected override bool JoinsIfAtEnd => false;

    /// <inheritdoc/>
    protected override bool TakesAll => false;

    /// <inheritdoc/>
    protected override bool TakesFrameChanges => true;

    /// <inheritdoc/>
    protected override void Poll()
    {
    }

    /// <inheritdoc/>
    protected override void Reached(in WasmReader reader)
    {
    }

    /// <inheritdoc/>
    protected override void SettleStack()
    {
    }

    /// <inheritdoc/>
    protected override void PopCondition()
    {
    }

    /// <inheritdoc/>
    protected override void EnterLoop(ref Block block)
    {
        Edge(_current, block.Label.Block);
        _depth++;
        StartBlock(block.Label.Block);
        LoopBlocks.Add(block.Label.Block);
    }

    /// <inheritdoc/>
    protected override void EnterIf(ref Block block)
    {
        int then = NewBlock();
        Edge(_current, then);
        Edge(_current, block.Label.Else);
        StartBlock(then);
    }

    /// <inheritdoc/>
    protected override void EnterElse(ref Block block) => StartBlock(block.Label.Else);

    /// <inheritdoc/>
    protected override void LeaveBlock(ref Block block)
    {
        if (block.Kind is BlockKind.Try or BlockKind.TryTable)
        {
            _guard = block.Label.OuterGuard;
        }

        if (!block.IsTargeted)
        {
            return;
        }

        if (IsReachable)
        {
            Edge(_current, block.Label.Block);
        }

        StartBlock(block.Label.Block);
    }

    /// <inheritdoc/>
    protected override void LeaveLoop(ref Block block) => _depth--;

    /// <inheritdoc/>
    protected override void LeaveFunction(ref Block block)
    {
    }

    /// <inheritdoc/>
    protected override void Unreachable()
    {
    }

    /// <inheritdoc/>
    protected override void Branch(ref Block label)
    {
        if (label.Kind != BlockKind.Function)
        {
            Edge(_current, label.Label.Block);
        }
    }

    /// <inheritdoc/>
    protected override void BranchIf(ref Block label)
    {
        if (label.Kind != BlockKind.Function)
        {
            Edge(_current, label.Label.Block);
        }

        int next = NewBlock();
        Edge(_current, next);
        StartBlock(next);
    }

    /// <inheritdoc/>
    protected override void BranchTable(ref Instruction instruction)
    {
        foreach (uint label in instruction.Labels)
        {
            Branch(ref Target(label));
        }

        Branch(ref Target(instruction.Index2));
    }

    /// <inheritdoc/>
    protected override void Return()
    {
    }

    /// <inheritdoc/>
    protected override void BranchOnNull(ref Block label) => BranchIf(ref label);

    /// <inheritdoc/>
    protected override void BranchOnNonNull(ref Block label) => BranchIf(ref label);

    /// <inheritdoc/>
    protected override void Call(uint func) => AddThrowingCall();

    /// <inheritdoc/>
    protected override void CallIndirect(TypeIndex type, TableIndex table) => AddThrowingCall();

    /// <inheritdoc/>
    protected override void CallRef(uint type) => AddThrowingCall();

    /// <inheritdoc/>
    protected override void EnterTryTable(ref Instruction instruction)
    {
        int guard = NewGuard();
        foreach (CatchClause clause in instruction.Catches)
        {
            ref Block label = ref Target(clause.LabelIndex);
            bool endsFunction = label.Kind == BlockKind.Function;
            HandlerBlocks.Add(endsFunction ? -1 : label.Label.Block);
            if (!endsFunction)
            {
                Edge(guard, label.Label.Block);
            }
        }

        Push(BlockKind.TryTable, instruction.BlockType);
        EnterGuard(guard);
    }

    /// <inheritdoc/>
    protected override void EnterTry(ref Block block)
    {
        block.Label.Guard = NewGuard();
        EnterGuard(block.Label.Guard);
    }

    /// <inheritdoc/>
    protected override void EndGuarded(ref Block block)
    {
        if (block.Kind == BlockKind.Try)
        {
            _guard = block.Label.OuterGuard;
        }
    }

    /// <inheritdoc/>
    protected override void EnterCatch(ref Block block, ref Instruction instruction)
    {
        int handler = NewBlock();
        HandlerBlocks.Add(handler);
        Edge(block.Label.Guard, handler);
        StartBlock(handler);
    }

    /// <inheritdoc/>
    /// <remarks>What is thrown is known to lead to all guards around, the label's among them.</remarks>
    protected override void LeaveByDelegate(ref Block block, uint depth)
    {
    }

    /// <inheritdoc/>
    protected override void ThrowTag(uint tag) => AddThrow();

    /// <inheritdoc/>
    protected override void ThrowRef() => AddThrow();

    /// <inheritdoc/>
    protected override void Rethrow(ref Block label) => AddThrow();

    /// <inheritdoc/>
    protected override void ReturnCall(uint func) => HasCalls = true;

    /// <inheritdoc/>
    protected override void ReturnCallIndirect(TypeIndex type, TableIndex table) => HasCalls = true;

    /// <inheritdoc/>
    protected override void ReturnCallRef(uint type) => HasCalls = true;

    /// <inheritdoc/>
    protected override void LocalGet(int local) => AddAccess(local, isWrite: false);

    /// <inheritdoc/>
    protected override void LocalSet(int local) => AddAccess(local, isWrite: true);

    /// <inheritdoc/>
    protected override void LocalTee(int local) => AddAccess(local, isWrite: true);

    /// <inheritdoc/>
    protected override void Plain(ref Instruction instruction)
    {
        if (MachineInstructions.MayCall(instruction.Opcode))
        {
            AddCall();
        }
    }

    private int Weight => 1 << (LoopWeightLog2 * Math.Min(_depth, MaxWeightedDepth));

    private int NewBlock()
    {
        int block = BlockCount++;
        int words = BlockCount * WordCount;
        if ((long)BlockCount * WordCount > MaxSetWords)
        {
            Decline();
        }

        if (words > _reads.Length)
        {
            int capacity = Math.Max(256, 2 * words);
            GrowWords(ref _reads, capacity);
            GrowWords(ref _writes, capacity);
        }

        if (BlockCount > _starts.Length)
        {
            int capacity = Math.Max(64, 2 * BlockCount);
            Array.Resize(ref _starts, capacity);
            Array.Resize(ref _ends, capacity);
            Array.Resize(ref _firstAccesses, capacity);
            Array.Resize(ref _endAccesses, capacity);
            Array.Resize(ref _firstEdges, capacity);
            Array.Resize(ref _weights, capacity);
            Array.Resize(ref _order, capacity);
        }

        Array.Clear(_reads, words - WordCount, WordCount);
        Array.Clear(_writes, words - WordCount, WordCount);
        _firstEdges[block] = -1;
        return block;
    }

    // Not the library's, which would be compiled at run time for these.
    private static void GrowWords(ref ulong[] words, int capacity)
    {
        var larger = new ulong[capacity];
        Array.Copy(words, larger, words.Length);
        words = larger;
    }

    private void StartBlock(int block)
    {
        EndBlock();
        _current = block;
        _order[_orderCount++] = block;
        _starts[block] = PositionCount++;
        _firstAccesses[block] = AccessCount;
    }

    private void EndBlock()
    {
        if (_orderCount != 0)
        {
            _ends[_current] = PositionCount;
            _endAccesses[_current] = AccessCount;
            _weights[_current] = Weight;
        }
    }

    private void Edge(int from, int to)
    {
        // Many cases of a switch go to the same place, one after the other.
        int first = _firstEdges[from];
        if (first >= 0 && _edgeTargets[first] == to)
        {
            return;
        }

        if (EdgeCount == _edgeTargets.Length)
        {
            int capacity = Math.Max(128, 2 * EdgeCount);
            Array.Resize(ref _edgeTargets, capacity);
            Array.Resize(ref _nextEdges, capacity);
        }

        _edgeTargets[EdgeCount] = to;
        _nextEdges[EdgeCount] = first;
        _firstEdges[from] = EdgeCount++;
    }

    private void AddAccess(int local, bool isWrite)
    {
        if (AccessCount == _accessPositions.Length)
        {
            int capacity = Math.Max(256, 2 * AccessCount);
            Array.Resize(ref _accessPositions, capacity);
            Array.Resize(ref _accesses, capacity);
            Array.Resize(ref _accessWeights, capacity);
        }

        int word = (_current * WordCount) + (local >> 6);
        ulong bit = 1UL << local;
        if (isWrite)
        {
            _writes[word] |= bit;
        }
        else if ((_writes[word] & bit) == 0)
        {
            _reads[word] |= bit;
        }

        _accessPositions[AccessCount] = PositionCount++;
        _accesses[AccessCount] = (2 * local) + (isWrite ? 1 : 0);
        _accessWeights[AccessCount++] = Weight;
    }

    private int NewGuard()
    {
        int guard = NewBlock();
        GuardBlocks.Add(guard);
        if (_guard >= 0)
        {
            // What no clause catches.
            Edge(guard, _guard);
        }

        return guard;
    }

    private void EnterGuard(int guard)
    {
        int body = NewBlock();
        Edge(_current, body);
        StartBlock(guard);
        StartBlock(body);
        _guard = guard;
    }

    // What is assigned before a call and what is assigned behind it may both be what a handler finds: the block ends.
    private void AddThrowingCall()
    {
        AddThrow();
        if (_guard >= 0)
        {
            int next = NewBlock();
            Edge(_current, next);
            StartBlock(next);
        }
    }

    private void AddThrow()
    {
        AddCall();
        if (_guard >= 0)
        {
            _callGuards[CallCount - 1] = 1;
            Edge(_current, _guard);
        }
    }

    private void AddCall()
    {
        if (CallCount == _callPositions.Length)
        {
            int capacity = Math.Max(64, 2 * CallCount);
            Array.Resize(ref _callPositions, capacity);
            Array.Resize(ref _callWeights, capacity);
            Array.Resize(ref _callGuards, capacity);
        }

        _callGuards[CallCount] = 0;
        _callPositions[CallCount] = PositionCount++;
        _callWeights[CallCount++] = Weight;
        HasCalls = true;
    }
}
