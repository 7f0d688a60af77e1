using System.Numerics;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Finds out where the values of a function's locals live, and gives registers to those that are used most. A local is taken
/// apart into webs: a web is a set of assignments and uses that reach each other, so that a local that is used for two things
/// counts as two. A web has one place all its life, a register or the local's slot in the frame, and control flow needs no moves.
/// </summary>
/// <remarks>
/// First a pass over the body finds basic blocks and accesses; then which locals live into which block (backwards, to a fixed
/// point); then webs and the ranges of code where they live; then registers, to the most valuable webs first. Positions count
/// accesses, calls and starts of blocks, in the order of the body. Unreachable code has none of these.
/// </remarks>
internal sealed class LocalAnalysis
{
    /// <summary>In the place of a register: the local's slot.</summary>
    internal const sbyte InSlot = -1;

    /// <summary>In the place of a register: an assignment that nobody reads.</summary>
    internal const sbyte Dead = -2;

    // What a use in a loop counts for more than one around it.
    private const int LoopWeightLog2 = 3;
    private const int MaxWeightedDepth = 6;

    // Beyond this many words of sets, the function is for the interpreter.
    private const int MaxSetWords = 1 << 21;

    // So much work on sets and webs takes a tenth of a second or two. Nests of loops take a round through all blocks for each, and a
    // table of many labels a look at every local that lives there for each.
    private const long MaxSteps = 1L << 26;
    private const int MaxLiveIns = 1 << 20;

    private readonly List<Frame> _frames = [];

    private SlotType[] _types = [];
    private int _wordCount;

    // Blocks by number; those that are reached, in order.
    private int _blockCount;
    private int[] _starts = [];
    private int[] _ends = [];
    private int[] _firstAccesses = [];
    private int[] _endAccesses = [];
    private int[] _firstEdges = [];
    private int[] _order = [];
    private int _orderCount;
    private ulong[] _reads = new ulong[1];
    private ulong[] _writes = new ulong[1];
    private ulong[] _liveIn = new ulong[1];
    private ulong[] _live = new ulong[1];

    // Edges: a list for each block they leave.
    private int[] _edgeTargets = [];
    private int[] _nextEdges = [];
    private int _edgeCount;

    // Accesses: position, local times two, plus one for an assignment; later the web.
    private int[] _accessPositions = [];
    private int[] _accessLocals = [];
    private int[] _accessWebs = [];
    private int[] _accessWeights = [];
    private int _accessCount;

    private int[] _callPositions = [];
    private int[] _callWeights = [];
    private int _callCount;

    private int _position;
    private int _current;
    private int _depth;

    // Webs: a union-find forest.
    private int[] _parents = [];
    private int[] _webLocals = [];
    private int _webCount;
    private int[] _inWebs = [];
    private int[] _inOffsets = [];
    private int[] _inCounts = [];
    private int[] _currentWebs = [];
    private int[] _openStarts = [];
    private int[] _lastUses = [];

    private readonly WebAllocation _allocation = new();

    private sealed class Frame
    {
        internal Opcode Kind;
        internal int Target;
        internal int Else;
        internal int Head;
        internal bool IsTargeted;
        internal bool IsDead;
    }

    /// <summary>Where each access finds its local, in the order of the body: a register, or one of the constants.</summary>
    internal sbyte[] Locations { get; private set; } = new sbyte[64];

    /// <summary>The loops that are reached, in the order of the body, by the block they start with.</summary>
    internal List<int> LoopBlocks { get; } = [];

    /// <summary>The general registers and vector registers that are given away, a bit for each; the latter from bit 16.</summary>
    internal uint UsedRegisters => _allocation.UsedRegisters;

    /// <summary>How many accesses to locals there are.</summary>
    internal int AccessCount => _accessCount;

    /// <summary>How many instructions may call something.</summary>
    internal int CallCount => _callCount;

    /// <summary>Looks through a body, from behind its declarations of locals.</summary>
    /// <returns>False when the function is beyond what is worth it.</returns>
    internal bool Run(WasmReader reader, SlotType[] types)
    {
        _types = types;
        _wordCount = Math.Max(1, (types.Length + 63) / 64);
        _blockCount = _orderCount = _edgeCount = _accessCount = _callCount = _webCount = _position = _depth = 0;
        _frames.Clear();
        LoopBlocks.Clear();
        if (!FindBlocks(ref reader))
        {
            return false;
        }

        if (!TryFindLiveness() || !TryFindWebs())
        {
            return false;
        }

        _allocation.Run(types);
        if (Locations.Length < _accessCount)
        {
            Locations = new sbyte[Math.Max(2 * Locations.Length, _accessCount)];
        }

        for (int i = 0; i < _accessCount; i++)
        {
            Locations[i] = _allocation.LocationOf(Find(_accessWebs[i]));
        }

        return true;
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
        int at = _inOffsets[block];
        for (int word = 0; word < _wordCount; word++)
        {
            for (ulong bits = _liveIn[(block * _wordCount) + word]; bits != 0; bits &= bits - 1)
            {
                int local = (64 * word) + BitOperations.TrailingZeroCount(bits);
                result.Add(Pack(local, _allocation.LocationOf(Find(_inWebs[at++]))));
            }
        }
    }

    /// <summary>The registers that hold what lives on after a call, but for those that a callee keeps.</summary>
    internal void SavedAcross(int call, List<int> result) => _allocation.SavedAcross(call, result);

    private bool FindBlocks(ref WasmReader reader)
    {
        StartBlock(NewBlock());
        Push(Opcode.Block, NewBlock());
        bool isReachable = true;
        while (_frames.Count != 0)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            Opcode opcode = instruction.Opcode;
            if (!MachineCompiler.IsSupported(opcode))
            {
                return false;
            }

            if (!isReachable && opcode is not (Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Else or Opcode.End))
            {
                continue;
            }

            switch (opcode)
            {
                case Opcode.LocalGet:
                    Access((int)instruction.Index, isWrite: false);
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    Access((int)instruction.Index, isWrite: true);
                    break;

                case Opcode.Block or Opcode.Loop or Opcode.If when !isReachable:
                    Push(opcode, -1);
                    _frames[^1].IsDead = true;
                    break;
                case Opcode.Block:
                    Push(opcode, NewBlock());
                    break;
                case Opcode.Loop:
                    int header = NewBlock();
                    Edge(_current, header);
                    _depth++;
                    StartBlock(header);
                    Push(opcode, header);
                    LoopBlocks.Add(header);
                    break;
                case Opcode.If:
                    int then = NewBlock();
                    Push(opcode, NewBlock());
                    _frames[^1].Head = _current;
                    _frames[^1].Else = NewBlock();
                    Edge(_current, then);
                    Edge(_current, _frames[^1].Else);
                    StartBlock(then);
                    break;

                case Opcode.Else:
                    Frame choice = _frames[^1];
                    if (choice.IsDead)
                    {
                        break;
                    }

                    if (isReachable)
                    {
                        BranchTo(choice);
                    }

                    choice.Kind = Opcode.Else;
                    StartBlock(choice.Else);
                    isReachable = true;
                    break;
                case Opcode.End:
                    isReachable = Leave(isReachable);
                    break;

                case Opcode.Br:
                    BranchTo(_frames[_frames.Count - 1 - (int)instruction.Index]);
                    isReachable = false;
                    break;
                case Opcode.BrIf or Opcode.BrOnNull or Opcode.BrOnNonNull:
                    BranchTo(_frames[_frames.Count - 1 - (int)instruction.Index]);
                    int next = NewBlock();
                    Edge(_current, next);
                    StartBlock(next);
                    break;
                case Opcode.BrTable:
                    foreach (uint label in instruction.Labels)
                    {
                        BranchTo(_frames[_frames.Count - 1 - (int)label]);
                    }

                    BranchTo(_frames[_frames.Count - 1 - (int)instruction.Index2]);
                    isReachable = false;
                    break;
                case Opcode.Return or Opcode.Unreachable:
                    isReachable = false;
                    break;

                default:
                    if (MachineCompiler.MayCall(ref instruction))
                    {
                        Call();
                    }

                    break;
            }

            if ((long)_blockCount * _wordCount > MaxSetWords)
            {
                return false;
            }
        }

        EndBlock();
        return true;
    }

    private bool Leave(bool isReachable)
    {
        Frame frame = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        if (frame.IsDead)
        {
            return isReachable;
        }

        if (frame.Kind == Opcode.Loop)
        {
            _depth--;
            return isReachable;
        }

        if (_frames.Count == 0)
        {
            return false;
        }

        if (frame.Kind == Opcode.If)
        {
            // Without an else, the other way is an empty one.
            if (isReachable)
            {
                BranchTo(frame);
            }

            StartBlock(frame.Else);
            BranchTo(frame);
            StartBlock(frame.Target);
            return true;
        }

        if (!frame.IsTargeted)
        {
            return isReachable;
        }

        if (isReachable)
        {
            BranchTo(frame);
        }

        StartBlock(frame.Target);
        return true;
    }

    private void Push(Opcode kind, int target)
    {
        _frames.Add(new Frame { Kind = kind, Target = target });
    }

    private void BranchTo(Frame frame)
    {
        frame.IsTargeted = true;

        // The end of the function is nobody's start.
        if (frame != _frames[0] || frame.Kind == Opcode.Loop)
        {
            Edge(_current, frame.Target);
        }
    }

    private int NewBlock()
    {
        int block = _blockCount++;
        int words = _blockCount * _wordCount;
        if (words > _reads.Length)
        {
            int capacity = Math.Max(256, 2 * words);
            Grow(ref _reads, capacity);
            Grow(ref _writes, capacity);
            Grow(ref _liveIn, capacity);
        }

        if (_blockCount > _starts.Length)
        {
            int capacity = Math.Max(64, 2 * _blockCount);
            Array.Resize(ref _starts, capacity);
            Array.Resize(ref _ends, capacity);
            Array.Resize(ref _firstAccesses, capacity);
            Array.Resize(ref _endAccesses, capacity);
            Array.Resize(ref _firstEdges, capacity);
            Array.Resize(ref _order, capacity);
            Array.Resize(ref _inOffsets, capacity);
            Array.Resize(ref _inCounts, capacity);
        }

        Array.Clear(_reads, words - _wordCount, _wordCount);
        Array.Clear(_writes, words - _wordCount, _wordCount);
        Array.Clear(_liveIn, words - _wordCount, _wordCount);
        _firstEdges[block] = -1;
        return block;
    }

    // Not the library's, which would be compiled at run time for these.
    private static void Grow(ref ulong[] words, int capacity)
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
        _starts[block] = _position++;
        _firstAccesses[block] = _accessCount;
    }

    private void EndBlock()
    {
        if (_orderCount != 0)
        {
            _ends[_current] = _position;
            _endAccesses[_current] = _accessCount;
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

        if (_edgeCount == _edgeTargets.Length)
        {
            int capacity = Math.Max(128, 2 * _edgeCount);
            Array.Resize(ref _edgeTargets, capacity);
            Array.Resize(ref _nextEdges, capacity);
        }

        _edgeTargets[_edgeCount] = to;
        _nextEdges[_edgeCount] = first;
        _firstEdges[from] = _edgeCount++;
    }

    private int Weight => 1 << (LoopWeightLog2 * Math.Min(_depth, MaxWeightedDepth));

    private void Access(int local, bool isWrite)
    {
        if (_accessCount == _accessPositions.Length)
        {
            int capacity = Math.Max(256, 2 * _accessCount);
            Array.Resize(ref _accessPositions, capacity);
            Array.Resize(ref _accessLocals, capacity);
            Array.Resize(ref _accessWebs, capacity);
            Array.Resize(ref _accessWeights, capacity);
        }

        int word = (_current * _wordCount) + (local >> 6);
        ulong bit = 1UL << local;
        if (isWrite)
        {
            _writes[word] |= bit;
        }
        else if ((_writes[word] & bit) == 0)
        {
            _reads[word] |= bit;
        }

        _accessPositions[_accessCount] = _position++;
        _accessLocals[_accessCount] = (2 * local) + (isWrite ? 1 : 0);
        _accessWeights[_accessCount++] = Weight;
    }

    private void Call()
    {
        if (_callCount == _callPositions.Length)
        {
            int capacity = Math.Max(64, 2 * _callCount);
            Array.Resize(ref _callPositions, capacity);
            Array.Resize(ref _callWeights, capacity);
        }

        _callPositions[_callCount] = _position++;
        _callWeights[_callCount++] = Weight;
    }

    private bool TryFindLiveness()
    {
        long stepsOfRound = (long)(_edgeCount + _orderCount) * _wordCount;
        long steps = 0;
        for (bool hasChanged = true; hasChanged;)
        {
            steps += stepsOfRound;
            if (steps > MaxSteps)
            {
                return false;
            }

            hasChanged = false;
            for (int i = _orderCount - 1; i >= 0; i--)
            {
                int block = _order[i];
                int at = block * _wordCount;
                for (int word = 0; word < _wordCount; word++)
                {
                    ulong live = 0;
                    for (int edge = _firstEdges[block]; edge >= 0; edge = _nextEdges[edge])
                    {
                        live |= _liveIn[(_edgeTargets[edge] * _wordCount) + word];
                    }

                    live = (live & ~_writes[at + word]) | _reads[at + word];
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

    private bool TryFindWebs()
    {
        // A web for each local that lives into a block, and one for each assignment; those that meet become one.
        int inCount = 0;
        for (int i = 0; i < _orderCount; i++)
        {
            int block = _order[i];
            _inOffsets[block] = inCount;
            for (int word = 0; word < _wordCount; word++)
            {
                inCount += BitOperations.PopCount(_liveIn[(block * _wordCount) + word]);
            }

            if (inCount > MaxLiveIns)
            {
                return false;
            }
        }

        // How many live into a block is known now, by where those of the next one begin.
        long steps = 0;
        for (int i = 0; i < _orderCount; i++)
        {
            int block = _order[i];
            int next = i + 1 < _orderCount ? _inOffsets[_order[i + 1]] : inCount;
            _inCounts[block] = next - _inOffsets[block];
        }

        for (int i = 0; i < _orderCount; i++)
        {
            for (int edge = _firstEdges[_order[i]]; edge >= 0; edge = _nextEdges[edge])
            {
                steps += _inCounts[_edgeTargets[edge]];
            }
        }

        if (steps > MaxSteps / 4)
        {
            return false;
        }

        int capacity = inCount + _accessCount;
        if (_parents.Length < capacity)
        {
            _parents = new int[2 * capacity];
            _webLocals = new int[2 * capacity];
        }

        if (_inWebs.Length < inCount)
        {
            _inWebs = new int[2 * inCount];
        }

        for (int i = 0; i < _orderCount; i++)
        {
            int at = _inOffsets[_order[i]];
            for (int word = 0; word < _wordCount; word++)
            {
                for (ulong bits = _liveIn[(_order[i] * _wordCount) + word]; bits != 0; bits &= bits - 1)
                {
                    _inWebs[at++] = NewWeb((64 * word) + BitOperations.TrailingZeroCount(bits));
                }
            }
        }

        if (_currentWebs.Length < _types.Length)
        {
            _currentWebs = new int[_types.Length];
            _openStarts = new int[_types.Length];
            _lastUses = new int[_types.Length];
        }

        for (int i = 0; i < _orderCount; i++)
        {
            JoinWebs(_order[i]);
        }

        _allocation.Reset(_webCount, _position, _callCount, _callPositions, _callWeights);
        if (_live.Length < _wordCount)
        {
            _live = new ulong[_wordCount];
        }

        for (int i = 0; i < _types.Length; i++)
        {
            _openStarts[i] = -1;
        }

        for (int i = 0; i < _orderCount; i++)
        {
            FindRanges(_order[i]);
        }

        return true;
    }

    private void JoinWebs(int block)
    {
        int at = _inOffsets[block];
        for (int word = 0; word < _wordCount; word++)
        {
            for (ulong bits = _liveIn[(block * _wordCount) + word]; bits != 0; bits &= bits - 1)
            {
                _currentWebs[(64 * word) + BitOperations.TrailingZeroCount(bits)] = _inWebs[at++];
            }
        }

        for (int i = _firstAccesses[block]; i < _endAccesses[block]; i++)
        {
            int local = _accessLocals[i] >> 1;
            if ((_accessLocals[i] & 1) != 0)
            {
                _currentWebs[local] = NewWeb(local);
            }

            _accessWebs[i] = _currentWebs[local];
        }

        for (int edge = _firstEdges[block]; edge >= 0; edge = _nextEdges[edge])
        {
            int target = _edgeTargets[edge];
            at = _inOffsets[target];
            for (int word = 0; word < _wordCount; word++)
            {
                for (ulong bits = _liveIn[(target * _wordCount) + word]; bits != 0; bits &= bits - 1)
                {
                    Union(_currentWebs[(64 * word) + BitOperations.TrailingZeroCount(bits)], _inWebs[at++]);
                }
            }
        }
    }

    private void FindRanges(int block)
    {
        int start = _starts[block];
        int end = _ends[block];
        int at = _inOffsets[block];
        ulong[] live = _live;
        for (int word = 0; word < _wordCount; word++)
        {
            live[word] = 0;
            for (int edge = _firstEdges[block]; edge >= 0; edge = _nextEdges[edge])
            {
                live[word] |= _liveIn[(_edgeTargets[edge] * _wordCount) + word];
            }

            for (ulong bits = _liveIn[(block * _wordCount) + word]; bits != 0; bits &= bits - 1)
            {
                int local = (64 * word) + BitOperations.TrailingZeroCount(bits);
                _currentWebs[local] = Find(_inWebs[at++]);
                _openStarts[local] = start;
                _lastUses[local] = start;
            }
        }

        for (int i = _firstAccesses[block]; i < _endAccesses[block]; i++)
        {
            int local = _accessLocals[i] >> 1;
            int position = _accessPositions[i];
            int web = Find(_accessWebs[i]);
            if ((_accessLocals[i] & 1) != 0)
            {
                // What it was before in this block, if anything, ends with its last use.
                if (_openStarts[local] >= 0 && _lastUses[local] > _openStarts[local])
                {
                    _allocation.AddRange(_currentWebs[local], _openStarts[local], _lastUses[local]);
                }

                _currentWebs[local] = web;
                _openStarts[local] = position;
                _lastUses[local] = position;
                _allocation.AddUse(web, local, _accessWeights[i], isRead: false);
            }
            else
            {
                _lastUses[local] = position;
                _allocation.AddUse(web, local, _accessWeights[i], isRead: true);
            }
        }

        // What is left open: to the end of the block when it lives on, to its last use otherwise.
        at = _inOffsets[block];
        for (int word = 0; word < _wordCount; word++)
        {
            ulong touched = _liveIn[(block * _wordCount) + word] | _writes[(block * _wordCount) + word] | live[word];
            for (; touched != 0; touched &= touched - 1)
            {
                int bit = BitOperations.TrailingZeroCount(touched);
                int local = (64 * word) + bit;
                int last = (live[word] & (1UL << bit)) != 0 ? end : _lastUses[local];
                if (last > _openStarts[local])
                {
                    _allocation.AddRange(_currentWebs[local], _openStarts[local], last);
                }

                // Whoever assigns it next must not take this for a range of its block.
                _openStarts[local] = -1;
                _lastUses[local] = -1;
            }
        }
    }

    private int NewWeb(int local)
    {
        _parents[_webCount] = _webCount;
        _webLocals[_webCount] = local;
        return _webCount++;
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
