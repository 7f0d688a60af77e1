using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Blocks, branches, calls.
internal sealed unsafe partial class Translator
{
    private Fixup[] _fixups = new Fixup[16];
    private int _fixupCount;
    private int[] _labels = new int[16];

    private Note _condition;

    /// <summary>Where a block's parts are in the code.</summary>
    internal struct CodeLabel
    {
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

        /// <summary>The branch of an <c>if</c> to its else, or -1.</summary>
        internal int ElseFixup;
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

    /// <inheritdoc/>
    protected override int StackCount => _stack.Count;

    /// <inheritdoc/>
    protected override int BaseSlotOf(int entryCount) => _stack.SlotOf(entryCount);

    /// <inheritdoc/>
    protected override CodeLabel NewLabel(BlockKind kind) => new() { Fixups = -1, ElseFixup = -1, OuterGuards = _guardedBlockCount };

    /// <inheritdoc/>
    protected override void SettleStack() => SettleLocals();

    /// <inheritdoc/>
    protected override void PopCondition() => _condition = Pop();

    /// <inheritdoc/>
    protected override void EnterLoop(ref Block block)
    {
        Settle(block.Parameters.Length);
        block.Label.Start = _length;
        NoteLoop();
        StartRun();
    }

    /// <inheritdoc/>
    protected override void EnterIf(ref Block block)
    {
        Settle(block.Parameters.Length);
        block.Label.ElseFixup = EmitBranchOn(_condition, false);
    }

    /// <inheritdoc/>
    protected override void EnterElse(ref Block block)
    {
        Bind(block.Label.ElseFixup);
        block.Label.ElseFixup = -1;
        Truncate(ref block);
        PushTemps(block.Parameters);
    }

    /// <inheritdoc/>
    protected override bool JoinsIfAtEnd => true;

    /// <inheritdoc/>
    protected override bool TakesAll => true;

    /// <inheritdoc/>
    protected override bool TakesFrameChanges => true;

    /// <inheritdoc/>
    protected override void LeaveLoop(ref Block block)
    {
    }

    /// <inheritdoc/>
    protected override void LeaveFunction(ref Block block)
    {
        if (IsReachable)
        {
            Return();
        }

        if (block.Label.Fixups >= 0)
        {
            Bind(block.Label.Fixups);
            Truncate(ref block);
            PushTemps(Type.Results);
            Return();
        }
    }

    /// <inheritdoc/>
    protected override void LeaveBlock(ref Block block)
    {
        if (block.Kind == BlockKind.Catch)
        {
            LeaveCatch(ref block);
            return;
        }

        if (block.Kind == BlockKind.TryTable)
        {
            EndTryTable(ref block);
        }

        if (!block.IsTargeted)
        {
            // Nobody branches here: the stack is as the block left it.
            return;
        }

        if (IsReachable)
        {
            Settle(block.Results.Length);
        }

        Bind(block.Label.Fixups);
        Bind(block.Label.ElseFixup);
        Truncate(ref block);
        PushTemps(block.Results);
    }

    private void Truncate(ref Block block)
    {
        while (_stack.Count > block.Height)
        {
            Pop();
        }
    }

    /// <inheritdoc/>
    protected override void Unreachable() => Emit(Op.Unreachable);

    /// <inheritdoc/>
    protected override void Branch(ref Block label)
    {
        if (label.Kind == BlockKind.Function)
        {
            Return();
        }
        else
        {
            MoveToLabel(ref label);
            EmitJump(ref label);
        }
    }

    /// <inheritdoc/>
    protected override void BranchIf(ref Block label) => BranchIf(ref label, _condition, true);

    private void BranchIf(ref Block label, Note condition, bool sense)
    {
        int count = label.LabelTypes.Length;
        Settle(count);
        if (count == 0 || (label.Kind != BlockKind.Function && _stack[_stack.Count - count].Slot == label.BaseSlot))
        {
            Link(ref label, EmitBranchOn(condition, sense));
            return;
        }

        int skip = EmitBranchOn(condition, !sense);
        Branch(ref label);
        Bind(skip);
    }

    /// <inheritdoc/>
    protected override void BranchOnNull(ref Block label)
    {
        Note reference = Pop();
        ushort slot = SlotOf(ref reference);
        BranchIf(ref label, IsNull(slot), true);
        PushAgain(reference);
    }

    /// <inheritdoc/>
    protected override void BranchOnNonNull(ref Block label)
    {
        Settle(1);
        BranchIf(ref label, IsNull((ushort)_stack[_stack.Count - 1].Slot), false);
        Pop();
    }

    // Above the stack, where nothing is: the branch consumes it at once.
    private Note IsNull(ushort slot)
    {
        // The reference is read again afterwards: what computes it must not become part of the branch.
        StartRun();
        PushTemp();
        Emit(Op.I64Eqz);
        Put(PushTemp());
        Put(slot);
        Note isNull = Pop();
        Pop();
        return isNull;
    }

    /// <inheritdoc/>
    protected override void BranchTable(ref Instruction instruction)
    {
        Note index = Pop();
        int arity = LabelAt(instruction.Index2).LabelTypes.Length;
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
            ref Block block = ref Target((uint)_labels[i]);
            int at = table + (2 * i);
            if (arity == 0 || (block.Kind != BlockKind.Function && _stack[_stack.Count - arity].Slot == block.BaseSlot))
            {
                Link(ref block, AddFixup(from, at));
                continue;
            }

            // The values must move first: one piece of code for each label that wants it.
            bool isKnown = block.Label.StubTable == table;
            Write32(at, (isKnown ? block.Label.Stub : _length) - from);
            if (!isKnown)
            {
                block.Label.Stub = _length;
                block.Label.StubTable = table;
                Branch(ref block);
                StartRun();
            }
        }
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
            Offset = _offsets != null ? _offsets[^OpTable.Parts[(int)op]] : Offset;
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
        int count = block.LabelTypes.Length;
        int slot = block.BaseSlot;
        for (int i = _stack.Count - count; i < _stack.Count; i++)
        {
            Note value = _stack[i];
            if (value.Kind != NoteKind.Settled || value.Slot != slot)
            {
                Store(ref value, (ushort)slot);
            }

            slot += value.SlotCount;
        }
    }

    /// <inheritdoc/>
    protected override void Return()
    {
        int count = Type.Results.Length;
        int slots = Type.ResultSlotCount;
        var saved = (ushort)Locals.SlotCount;
        if (slots == 0)
        {
            Emit(Op.Return0);
            Put(saved);
            return;
        }

        if (slots == 1)
        {
            Note value = _stack[_stack.Count - 1];
            ushort slot = SlotOf(ref value);
            Emit(Op.Return1);
            Put(saved);
            Put(slot);
            return;
        }

        Settle(count);
        Emit(Op.ReturnMany);
        Put(saved);
        Put((ushort)_stack[_stack.Count - count].Slot);
        Put((ushort)slots);
    }

    // A jump to a block's end, or back to a loop.
    private void EmitJump(ref Block block)
    {
        if (block.Kind == BlockKind.Loop)
        {
            int from = _length;
            Emit(Op.BrBack);
            Put32((uint)(block.Label.Start - from));
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
    private int EmitBranchOn(Note condition, bool sense)
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
            Patch(_fixups[fixup], block.Label.Start);
            return;
        }

        _fixups[fixup].Next = block.Label.Fixups;
        block.Label.Fixups = fixup;
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

    /// <inheritdoc/>
    protected override void Call(uint index)
    {
        FuncType type = Module.FuncTypeOf(index);
        FuncData* callee = Instance->Funcs[index];
        Settle(type.Parameters.Length);
        bool isForeign = callee->IsHost != 0 || callee->Instance != Instance;
        Emit(isForeign ? Op.CallForeign : Op.Call);
        Put(PopArguments(type));
        Put64((ulong)callee);
        PushTemps(type.Results);
    }

    /// <inheritdoc/>
    protected override void CallIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        if (Module.Tables[tableIndex.Value].Type.Limits.Is64)
        {
            ResolveIndirect(typeIndex, tableIndex);
            CallRef(typeIndex.Value);
            return;
        }

        var type = (FuncType)Module.Types[typeIndex.Value].Composite;
        Note index = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref index);
        Emit(Op.CallIndirect);
        Put(PopArguments(type));
        Put(slot);
        Put32(Instance->TypeIds[typeIndex.Value]);
        Put64((ulong)Instance->Tables[tableIndex.Value]);
        PushTemps(type.Results);
    }

    // The function of a table, in the place of its index.
    private void ResolveIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        ushort index = PopSlot();
        EmitRare(Opcode.CallIndirect, PushTemp(), index, Instance->TypeIds[typeIndex.Value], tableIndex.Value);
    }

    /// <inheritdoc/>
    protected override void CallRef(uint typeIndex)
    {
        var type = (FuncType)Module.Types[typeIndex].Composite;
        Note callee = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref callee);
        Emit(Op.CallRef);
        Put(PopArguments(type));
        Put(slot);
        PushTemps(type.Results);
    }

    /// <inheritdoc/>
    protected override void ReturnCall(uint index)
    {
        Push((ulong)Instance->Funcs[index]);
        ReturnCall(Module.FuncTypeOf(index));
    }

    /// <inheritdoc/>
    protected override void ReturnCallIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        ResolveIndirect(typeIndex, tableIndex);
        ReturnCallRef(typeIndex.Value);
    }

    /// <inheritdoc/>
    protected override void ReturnCallRef(uint typeIndex) => ReturnCall((FuncType)Module.Types[typeIndex].Composite);

    // The function to call is on top of the arguments.
    private void ReturnCall(FuncType type)
    {
        Note callee = Pop();
        Settle(type.Parameters.Length);
        ushort slot = SlotOf(ref callee);
        Emit(Op.ReturnCallRef);
        ushort arguments = PopArguments(type);
        Put(arguments);
        Put((ushort)Locals.SlotCount);
        Put(slot);

        // A host function leaves its results where the arguments were.
        _stack.Need(arguments + type.ResultSlotCount);
    }

    private ushort PopArguments(FuncType type)
    {
        int first = _stack.Top;
        for (int i = type.Parameters.Length; i > 0; i--)
        {
            first = Pop().Slot;
        }

        return (ushort)first;
    }
}
