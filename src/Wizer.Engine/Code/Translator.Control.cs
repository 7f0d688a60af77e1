using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Blocks, branches, calls.
internal sealed unsafe partial class Translator
{
    private Block[] _blocks = new Block[8];
    private int _blockCount;
    private Fixup[] _fixups = new Fixup[16];
    private int _fixupCount;
    private int[] _labels = new int[16];

    private enum BlockKind : byte
    {
        Function,
        Block,
        Loop,
        If,
        Else,
        TryTable,

        /// <summary>A legacy try, before its first clause.</summary>
        Try,

        /// <summary>A legacy try, in one of its clauses.</summary>
        Catch,

        /// <summary>In unreachable code: only its end matters.</summary>
        Dead,
    }

    private struct Block
    {
        internal FuncType? Type;
        internal ValType Result;

        /// <summary>The entries below the parameters, and the slot above them.</summary>
        internal int Height;
        internal int BaseSlot;

        /// <summary>Where a loop starts, and what a legacy try guards; the first handler of a try_table.</summary>
        internal int Start;

        /// <summary>The handler of a legacy clause; the end of the handlers of a try_table.</summary>
        internal int Handler;

        /// <summary>Where the part of a legacy try ends that it guards.</summary>
        internal int GuardEnd;

        /// <summary>How many blocks with handlers begin before this one.</summary>
        internal int OuterGuards;

        /// <summary>The code that moves the values of a table's branches to this label, and where that table is.</summary>
        internal int Stub;
        internal int StubTable;

        /// <summary>The last of the branches to the end, or -1.</summary>
        internal int Fixups;

        /// <summary>The branch of an <c>if</c> to its else.</summary>
        internal int ElseFixup;

        internal BlockKind Kind;
    }

    /// <summary>A distance that waits for its label.</summary>
    private struct Fixup
    {
        /// <summary>The operation that the distance counts from.</summary>
        internal int From;

        /// <summary>Where the distance stands; the complement of the handler whose target it is.</summary>
        internal int At;

        /// <summary>Another that waits for the same label, or -1.</summary>
        internal int Next;
    }

    private static ReadOnlySpan<ValType> ParametersOf(ref Block block) => block.Type is null ? [] : block.Type.Parameters;

    private static ReadOnlySpan<ValType> ResultsOf(ref Block block) =>
        block.Type is not null ? block.Type.Results : block.Result.IsBottom ? [] : new ReadOnlySpan<ValType>(in block.Result);

    private static ReadOnlySpan<ValType> LabelOf(ref Block block) =>
        block.Kind == BlockKind.Loop ? ParametersOf(ref block) : ResultsOf(ref block);

    private ref Block LabelAt(uint depth) => ref _blocks[_blockCount - 1 - (int)depth];

    private ref Block PushBlock(BlockKind kind, BlockType type)
    {
        if (_blockCount == _blocks.Length)
        {
            var blocks = new Block[_blockCount * 2];
            Array.Copy(_blocks, blocks, _blockCount);
            _blocks = blocks;
        }

        ref Block block = ref _blocks[_blockCount++];
        block = default;
        block.Kind = kind;
        block.Fixups = -1;
        block.ElseFixup = -1;
        block.OuterGuards = _guardedBlockCount;
        if (kind == BlockKind.Function)
        {
            block.Type = _type;
            block.Height = 0;
            block.BaseSlot = FirstOperandSlot;
            return ref block;
        }

        if (kind == BlockKind.Dead)
        {
            return ref block;
        }

        block.Type = type.IsTypeIndex ? (FuncType)_module.Types[type.TypeIndex].Composite : null;
        block.Result = type.Result;
        int parameters = ParametersOf(ref block).Length;
        block.Height = _stackCount - parameters;
        block.BaseSlot = parameters == 0 ? _top : _stack[block.Height].Slot;
        return ref block;
    }

    private void EnterBlock(BlockType type)
    {
        SettleLocals();
        PushBlock(BlockKind.Block, type);
    }

    private void EnterLoop(BlockType type)
    {
        SettleLocals();
        ref Block block = ref PushBlock(BlockKind.Loop, type);
        Settle(ParametersOf(ref block).Length);
        block.Start = _length;
        NoteLoop();
        StartRun();
    }

    private void EnterIf(BlockType type)
    {
        Value condition = Pop();
        SettleLocals();
        ref Block block = ref PushBlock(BlockKind.If, type);
        Settle(ParametersOf(ref block).Length);
        block.ElseFixup = EmitBranchOn(condition, false);
    }

    private void EnterElse()
    {
        ref Block block = ref _blocks[_blockCount - 1];
        if (_isReachable)
        {
            Settle(ResultsOf(ref block).Length);
            EmitForward(ref block);
        }

        Bind(block.ElseFixup);
        block.ElseFixup = -1;
        block.Kind = BlockKind.Else;
        Truncate(ref block);
        PushTemps(ParametersOf(ref block));
        _isReachable = true;
    }

    private void Leave()
    {
        Block block = _blocks[--_blockCount];
        switch (block.Kind)
        {
            case BlockKind.Dead:
            case BlockKind.Loop:
                return;

            case BlockKind.Function:
                if (_isReachable)
                {
                    EmitReturn();
                }

                if (block.Fixups >= 0)
                {
                    Bind(block.Fixups);
                    Truncate(ref block);
                    PushTemps(_type.Results);
                    EmitReturn();
                }

                return;

            case BlockKind.Catch:
                LeaveCatch(ref block);
                return;

            case BlockKind.TryTable:
                EndTryTable(block);
                break;
        }

        if (block.Fixups < 0 && block.ElseFixup < 0)
        {
            // Nobody branches here: the stack is as the block left it.
            return;
        }

        ReadOnlySpan<ValType> results = ResultsOf(ref block);
        if (_isReachable)
        {
            Settle(results.Length);
        }

        Bind(block.Fixups);
        Bind(block.ElseFixup);
        Truncate(ref block);
        PushTemps(results);
        _isReachable = true;
    }

    private void Truncate(ref Block block)
    {
        while (_stackCount > block.Height)
        {
            Pop();
        }

        _top = block.BaseSlot;
    }

    private void Branch(uint depth)
    {
        ref Block block = ref LabelAt(depth);
        if (block.Kind == BlockKind.Function)
        {
            EmitReturn();
        }
        else
        {
            MoveToLabel(ref block);
            EmitJump(ref block);
        }

        _isReachable = false;
    }

    private void BranchIf(uint depth, Value condition, bool sense)
    {
        ref Block block = ref LabelAt(depth);
        int count = LabelOf(ref block).Length;
        Settle(count);
        if (count == 0 || (block.Kind != BlockKind.Function && _stack[_stackCount - count].Slot == block.BaseSlot))
        {
            Link(ref block, EmitBranchOn(condition, sense));
            return;
        }

        int skip = EmitBranchOn(condition, !sense);
        if (block.Kind == BlockKind.Function)
        {
            EmitReturn();
        }
        else
        {
            MoveToLabel(ref block);
            EmitJump(ref block);
        }

        Bind(skip);
    }

    private void BranchOnNull(uint depth)
    {
        Value reference = Pop();
        ushort slot = SlotOf(ref reference);
        BranchIf(depth, IsNull(slot), true);
        PushAgain(reference);
    }

    private void BranchOnNonNull(uint depth)
    {
        Settle(1);
        BranchIf(depth, IsNull((ushort)_stack[_stackCount - 1].Slot), false);
        Pop();
    }

    // Above the stack, where nothing is: the branch consumes it at once.
    private Value IsNull(ushort slot)
    {
        // The reference is read again afterwards: what computes it must not become part of the branch.
        StartRun();
        PushTemp();
        Emit(Op.I64Eqz);
        Put(PushTemp());
        Put(slot);
        Value isNull = Pop();
        Pop();
        return isNull;
    }

    private void BranchTable(ref Instruction instruction)
    {
        Value index = Pop();
        int arity = LabelOf(ref LabelAt(instruction.Index2)).Length;
        Settle(arity);
        ushort slot = SlotOf(ref index);
        int count = (int)instruction.Index + 1;
        if (_labels.Length < count)
        {
            _labels = new int[Math.Max(count, 2 * _labels.Length)];
        }

        int next = 0;
        foreach (uint label in instruction.Labels)
        {
            _labels[next++] = (int)label;
        }

        _labels[next] = (int)instruction.Index2;

        int from = EmitTable(slot, (uint)next);
        int table = _length;
        if (_code.Length - _length < 2 * count)
        {
            GrowCode(2 * count);
        }

        _length += 2 * count;
        StartRun();
        for (int i = 0; i < count; i++)
        {
            ref Block block = ref LabelAt((uint)_labels[i]);
            int at = table + (2 * i);
            if (arity == 0 || (block.Kind != BlockKind.Function && _stack[_stackCount - arity].Slot == block.BaseSlot))
            {
                Link(ref block, AddFixup(from, at));
                continue;
            }

            // The values must move first: one piece of code for each label that wants it.
            bool isKnown = block.StubTable == table;
            Write32(at, (isKnown ? block.Stub : _length) - from);
            if (!isKnown)
            {
                block.Stub = _length;
                block.StubTable = table;
                if (block.Kind == BlockKind.Function)
                {
                    EmitReturn();
                }
                else
                {
                    MoveToLabel(ref block);
                    EmitJump(ref block);
                }

                StartRun();
            }
        }

        _isReachable = false;
    }

    // An interpreter loads its instruction and subtracts before it switches: that is part of the operation.
    private int EmitTable(ushort slot, uint count)
    {
        int last = slot >= FirstOperandSlot ? ProducerOf(slot) : -1;
        Op op = last >= 0 ? (Op)_code[last] : Op.None;
        var input = last >= 0 ? _code[last + 2] : slot;
        uint first = last >= 0 ? (uint)Read32(last + 3) : 0;
        uint second = op == Op.I32Load_I32AddK0 ? (uint)Read32(last + 5) : 0;
        if (op is Op.I32AddK or Op.I32Load_I32AddK0)
        {
            // Only the load can trap.
            _offset = _offsets != null ? _offsets[^OpTable.Parts[(int)op]] : _offset;
            RemoveLast();
        }

        int from = _length;
        switch (op)
        {
            case Op.I32Load_I32AddK0:
                Emit(Op.BrTableLoad);
                Put(input);
                Put32(first);
                Put32(second);
                break;
            case Op.I32AddK:
                Emit(Op.BrTable);
                Put(input);
                Put32(first);
                break;
            default:
                Emit(Op.BrTable);
                Put(slot);
                Put32(0);
                break;
        }

        Put32(count);
        return from;
    }

    /// <summary>Brings the top entries to where a label expects them, without changing the stack: lowest first, downwards.</summary>
    private void MoveToLabel(ref Block block)
    {
        int count = LabelOf(ref block).Length;
        int slot = block.BaseSlot;
        for (int i = _stackCount - count; i < _stackCount; i++)
        {
            Value value = _stack[i];
            if (value.Kind != ValueKind.Temp || value.Slot != slot)
            {
                Store(ref value, (ushort)slot);
            }

            slot += value.SlotCount;
        }
    }

    private void EmitReturn()
    {
        int count = _type.Results.Length;
        int slots = _type.ResultSlotCount;
        var saved = (ushort)_localSlots;
        if (slots == 0)
        {
            Emit(Op.Return0);
            Put(saved);
            return;
        }

        if (slots == 1)
        {
            Value value = _stack[_stackCount - 1];
            ushort slot = SlotOf(ref value);
            Emit(Op.Return1);
            Put(saved);
            Put(slot);
            return;
        }

        Settle(count);
        Emit(Op.ReturnMany);
        Put(saved);
        Put((ushort)_stack[_stackCount - count].Slot);
        Put((ushort)slots);
    }

    // A jump to a block's end, or back to a loop.
    private void EmitJump(ref Block block)
    {
        if (block.Kind == BlockKind.Loop)
        {
            int from = _length;
            Emit(Op.BrBack);
            Put32((uint)(block.Start - from));
        }
        else
        {
            EmitForward(ref block);
        }
    }

    private void EmitForward(ref Block block)
    {
        int from = _length;
        Emit(Op.Br);
        Put32(0);
        Link(ref block, AddFixup(from, from + 1));
    }

    /// <summary>Branches when a popped value is not zero, or when it is.</summary>
    /// <returns>The fixup.</returns>
    private int EmitBranchOn(Value condition, bool sense)
    {
        ushort slot = SlotOf(ref condition);
        for (int last; slot >= FirstOperandSlot && (last = ProducerOf(slot)) >= 0;)
        {
            var op = (Op)_code[last];
            if (op == Op.I32Eqz)
            {
                slot = _code[last + 2];
                sense = !sense;
                RemoveLast();
                continue;
            }

            Op inverse = sense ? Op.None : OpTable.Inverse(op);
            if (inverse != Op.None)
            {
                _code[last] = (ushort)inverse;
                sense = true;
            }

            break;
        }

        Emit(sense ? Op.BrNez : Op.BrEqz);
        Put(slot);
        Put32(0);
        Fuse();

        // The distance is the last input of every branch.
        return AddFixup(_history.Last, _length - 2);
    }

    private int AddFixup(int from, int at)
    {
        if (_fixupCount == _fixups.Length)
        {
            var fixups = new Fixup[_fixupCount * 2];
            Array.Copy(_fixups, fixups, _fixupCount);
            _fixups = fixups;
        }

        _fixups[_fixupCount] = new Fixup { From = from, At = at, Next = -1 };
        return _fixupCount++;
    }

    /// <summary>Points a fixup at a block's label, now or when it is bound.</summary>
    private void Link(ref Block block, int fixup)
    {
        if (block.Kind == BlockKind.Loop)
        {
            Patch(_fixups[fixup], block.Start);
            return;
        }

        _fixups[fixup].Next = block.Fixups;
        block.Fixups = fixup;
    }

    /// <summary>The label of a chain of fixups is here.</summary>
    private void Bind(int fixup)
    {
        for (; fixup >= 0; fixup = _fixups[fixup].Next)
        {
            Patch(_fixups[fixup], _length);
        }

        StartRun();
    }

    private void Patch(in Fixup fixup, int target)
    {
        if (fixup.At < 0)
        {
            _handlers[~fixup.At].Data.Target = target;
        }
        else
        {
            Write32(fixup.At, target - fixup.From);
        }
    }

    private void Call(uint index)
    {
        FuncType type = _module.FuncTypeOf(index);
        FuncData* callee = _instance->Funcs[index];
        Settle(type.Parameters.Length);
        bool isForeign = callee->IsHost != 0 || callee->Instance != _instance;
        Emit(isForeign ? Op.CallForeign : Op.Call);
        Put(PopArguments(type));
        Put64((ulong)callee);
        PushTemps(type.Results);
    }

    private void CallIndirect(uint typeIndex, uint tableIndex)
    {
        if (_module.Tables[tableIndex].Type.Limits.Is64)
        {
            Rare(Opcode.CallIndirect, 1, true, _instance->TypeIds[typeIndex], tableIndex);
            CallRef(typeIndex);
            return;
        }

        var type = (FuncType)_module.Types[typeIndex].Composite;
        Value index = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref index);
        Emit(Op.CallIndirect);
        Put(PopArguments(type));
        Put(slot);
        Put32(_instance->TypeIds[typeIndex]);
        Put64((ulong)_instance->Tables[tableIndex]);
        PushTemps(type.Results);
    }

    private void CallRef(uint typeIndex)
    {
        var type = (FuncType)_module.Types[typeIndex].Composite;
        Value callee = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref callee);
        Emit(Op.CallRef);
        Put(PopArguments(type));
        Put(slot);
        PushTemps(type.Results);
    }

    // The function to call is on top of the arguments.
    private void ReturnCall(FuncType type)
    {
        Value callee = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref callee);
        Emit(Op.ReturnCallRef);
        ushort arguments = PopArguments(type);
        Put(arguments);
        Put((ushort)_localSlots);
        Put(slot);

        // A host function leaves its results where the arguments were.
        _maxTop = Math.Max(_maxTop, arguments + type.ResultSlotCount);
        _isReachable = false;
    }

    private ushort PopArguments(FuncType type)
    {
        int first = _top;
        for (int i = type.Parameters.Length; i > 0; i--)
        {
            first = Pop().Slot;
        }

        return (ushort)first;
    }
}
