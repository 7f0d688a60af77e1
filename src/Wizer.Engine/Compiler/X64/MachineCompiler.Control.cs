using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Blocks and branches. What a label expects is in slots on every way there, or in rax if it is one integer.
internal sealed unsafe partial class MachineCompiler
{
    private Operand _condition;

    /// <summary>The labels of the code that a block has.</summary>
    internal struct JumpLabel
    {
        /// <summary>Its end, or the start of a loop.</summary>
        internal int Target;

        internal int Else;

        /// <summary>
        /// While a table is emitted: where one of its cases places what the label expects. 0, a label of the function's, otherwise.
        /// </summary>
        internal int Stub;

        /// <summary>The handlers of a legacy <c>try</c> or a <c>try_table</c>.</summary>
        internal MachineGuard? Guard;

        /// <summary>Those of the innermost block around it that has any.</summary>
        internal MachineGuard? OuterGuard;

        /// <summary>The legacy clause that the block is in.</summary>
        internal MachineHandler? Handler;
    }

    /// <inheritdoc/>
    protected override int StackCount => _operands.Count;

    /// <inheritdoc/>
    protected override int BaseSlotOf(int entryCount) => _operands.SlotOf(entryCount);

    /// <inheritdoc/>
    protected override JumpLabel NewLabel(BlockKind kind) => new()
    {
        Target = kind == BlockKind.Function ? _returnLabel : _code.NewLabel(),
        Else = kind == BlockKind.If ? _code.NewLabel() : 0,
        OuterGuard = _guard,
    };

    /// <inheritdoc/>
    protected override bool JoinsIfAtEnd => true;

    /// <inheritdoc/>
    protected override bool TakesAll => false;

    /// <inheritdoc/>
    protected override bool TakesFrameChanges => true;

    /// <inheritdoc/>
    protected override void Poll()
    {
        if (_isCancelled)
        {
            Decline();
        }
    }

    /// <inheritdoc/>
    protected override void SettleStack() => ToSlots();

    /// <inheritdoc/>
    protected override void PopCondition() => _condition = Pop();

    // Several ways meet, or code starts that is jumped to.
    private void BindHere(int label)
    {
        _code.Bind(label);
        _clean = 0;
    }

    /// <inheritdoc/>
    protected override void EnterLoop(ref Block loop)
    {
        TopToSlots(loop.Parameters.Length);

        // The interpreter may hand over here: all that lives is in its slots.
        int block = _analysis.LoopBlocks[_loopIndex++];
        int entry = _code.NewLabel();
        _loopEntries.Add(entry);
        LoopOffsets.Add((int)Offset);
        _loopBlocks.Add(block);
        _loopLabels.Add(loop.Label.Target);
        BindHere(loop.Label.Target);
        if (host.Sampler is not null)
        {
            PollSampled();
            return;
        }

        _code.OperateConstantAt(Alu.Cmp, Gpr.R14, ContextOffsets.InterruptRequested, 0, wide: false);
        _code.JumpIf(Condition.NotEqual, TrapLabel(TrapKind.Interrupted));
    }

    // Both requests at once, which lie side by side. Whatever registers are in use stay as they are.
    private void PollSampled()
    {
        var site = new Site { Kind = SiteKind.Poll, Offset = Offset, Label = _code.NewLabel(), Return = _code.NewLabel() };
        _sites.Add(site);
        _code.OperateConstantAt(Alu.Cmp, Gpr.R14, ContextOffsets.InterruptRequested, 0, wide: true);
        _code.JumpIf(Condition.NotEqual, site.Label);
        _code.Bind(site.Return);
    }

    private readonly List<int> _loopBlocks = [];
    private readonly List<int> _loopLabels = [];

    // Ways in for the interpreter, at the end.
    private void EmitLoopEntries()
    {
        for (int i = 0; i < _loopEntries.Count; i++)
        {
            _analysis.LiveInto(_loopBlocks[i], _live);
            _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * _live.Count));
            _code.Bind(_loopEntries[i]);
            EmitPushes();
            foreach (int packed in _live)
            {
                LoadHome(LocalAnalysis.LocalOf(packed), LocalAnalysis.LocationOf(packed));
            }

            _code.Jump(_loopLabels[i]);
        }
    }

    /// <inheritdoc/>
    protected override void EnterIf(ref Block block)
    {
        TopToSlots(block.Parameters.Length);
        JumpUnless(_condition, block.Label.Else);
    }

    /// <inheritdoc/>
    protected override void EnterElse(ref Block block)
    {
        Truncate(ref block);
        PushSlots(block.Parameters);
        BindHere(block.Label.Else);
    }

    /// <inheritdoc/>
    protected override void LeaveBlock(ref Block block)
    {
        EndGuarded(ref block);
        if (IsReachable)
        {
            PlaceResults(ref block);
        }

        Truncate(ref block);
        bool isInRax = IsResultInRax(ref block);
        if (block.IsTargeted)
        {
            if (block.Kind == BlockKind.If)
            {
                // Without an else: its parameters are its results, in the same slots.
                _code.Bind(block.Label.Else);
            }

            BindHere(block.Label.Target);
        }

        if (!IsReachable && !block.IsTargeted)
        {
            return;
        }

        if (!isInRax)
        {
            PushSlots(block.Results);
            return;
        }

        // Only what is reached has been asked what comes next.
        SlotType type = SlotTypes.Of(block.Results[0]);
        var register = (Gpr)(IsReachable ? RaxOrResultRegister(type, ref LabelAt(1)) : (int)AllocateGpr());
        MoveTo(register, InTemporary(type, Gpr.Rax));
        PushGpr(type, register);
    }

    /// <inheritdoc/>
    protected override void LeaveLoop(ref Block block)
    {
    }

    /// <inheritdoc/>
    protected override void LeaveFunction(ref Block block)
    {
        if (IsReachable)
        {
            StoreResults();
        }
    }

    private void Truncate(ref Block block)
    {
        while (_operands.Count > block.Height)
        {
            Release(_operands.Pop());
        }
    }

    private void PushSlots(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types)
        {
            PushSlot(SlotTypes.Of(type));
        }
    }

    // Whether a label expects one integer, and so in rax. A loop's is where the interpreter may hand over; without an else, parameters are
    // results.
    private static bool IsResultInRax(ref Block label) =>
        label.Kind switch
        {
            BlockKind.Function or BlockKind.Loop => false,
            BlockKind.If or BlockKind.Else => label.Parameters.Length == 0,
            _ => true,
        }
        && label.Results.Length == 1 && IsInteger(SlotTypes.Of(label.Results[0]));

    /// <summary>
    /// Takes the top entries to where a label expects them; they stay on the stack. Only rax and xmm0 are used, and no flags.
    /// </summary>
    private void PlaceResults(ref Block label)
    {
        if (IsResultInRax(ref label))
        {
            MoveTo(Gpr.Rax, _operands[_operands.Count - 1]);
            return;
        }

        int slot = label.BaseSlot;
        for (int i = _operands.Count - label.LabelTypes.Length; i < _operands.Count; i++)
        {
            // They only move down, the lowest first.
            StoreTo(slot, _operands[i]);
            slot += SlotTypes.SlotCount(_operands[i].Type);
        }
    }

    /// <inheritdoc/>
    protected override void Unreachable() => _code.Jump(TrapLabel(TrapKind.Unreachable));

    /// <inheritdoc/>
    protected override void Branch(ref Block label)
    {
        if (label.Kind == BlockKind.Function)
        {
            Return();
        }
        else
        {
            PlaceResults(ref label);
            _code.Jump(label.Label.Target);
        }
    }

    /// <inheritdoc/>
    protected override void BranchIf(ref Block label)
    {
        if (label.LabelTypes.Length == 0)
        {
            JumpWhen(_condition, label.Label.Target);
            return;
        }

        int skip = _code.NewLabel();
        JumpUnless(_condition, skip);
        BranchKeeping(ref label);
        _code.Bind(skip);
    }

    // A jump that may not be taken: entries stay where they are for whoever goes on.
    private void BranchKeeping(ref Block label)
    {
        if (label.Kind == BlockKind.Function)
        {
            StoreResultsKeeping();
        }
        else
        {
            PlaceResults(ref label);
        }

        _code.Jump(label.Label.Target);
    }

    /// <inheritdoc/>
    protected override void BranchOnNull(ref Block label)
    {
        Operand reference = Pop();
        ToGpr(ref reference);

        // On the stack while registers are looked for, but not for the label.
        Push(reference);
        Pop();
        int skip = _code.NewLabel();
        TestZero(reference);
        _code.JumpIf(Condition.NotEqual, skip);
        BranchKeeping(ref label);
        _code.Bind(skip);
        Push(reference);
    }

    /// <inheritdoc/>
    protected override void BranchOnNonNull(ref Block label)
    {
        Operand reference = Pop();
        ToGpr(ref reference);
        Push(reference);
        int skip = _code.NewLabel();
        TestZero(reference);
        _code.JumpIf(Condition.Equal, skip);
        BranchKeeping(ref label);
        _code.Bind(skip);
        Release(Pop());
    }

    /// <inheritdoc/>
    protected override void BranchTable(ref Instruction instruction)
    {
        Operand index = Pop();
        Gpr register = ToGpr(ref index);
        TopToSlots(LabelAt(instruction.Index2).LabelTypes.Length);
        _code.Reserve(InstructionReserve + ((int)instruction.Index * sizeof(int)));
        int last = TargetOf(instruction.Index2);
        int table = _code.NewLabel();
        if (instruction.Index == 0)
        {
            Release(index);
            _code.Jump(last);
            Release(index);
        }
        else
        {
            _code.OperateConstant(Alu.Cmp, register, (int)instruction.Index, wide: false);
            _code.JumpIf(Condition.AboveOrEqual, last);
            Release(index);
            Gpr target = AllocateGpr();
            _code.LoadLabelAddress(Gpr.Rax, table);
            _code.LoadTableEntry(target, Gpr.Rax, register);
            _code.Operate(Alu.Add, Gpr.Rax, target, wide: true);
            _code.JumpTo(Gpr.Rax);
            _code.Bind(table);
            foreach (uint label in instruction.Labels)
            {
                _code.TableEntry(TargetOf(label), table);
            }

            ReleaseGpr(target);
        }

        foreach (int depth in _stubs)
        {
            _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * 2 * _operands.Count));
            ref Block label = ref LabelAt((uint)depth);
            _code.Bind(label.Label.Stub);
            label.Label.Stub = 0;
            BranchKeeping(ref label);
            if (_code.Length > MaxCodeByteLength)
            {
                Decline();
                break;
            }
        }

        _stubs.Clear();
    }

    // Where results have to be placed first, by depth.
    private readonly List<int> _stubs = [];

    private int TargetOf(uint depth)
    {
        ref Block label = ref Target(depth);
        if (label.LabelTypes.Length == 0)
        {
            return label.Label.Target;
        }

        if (label.Label.Stub == 0)
        {
            label.Label.Stub = _code.NewLabel();
            _stubs.Add((int)depth);
        }

        return label.Label.Stub;
    }

    /// <inheritdoc/>
    protected override void Return()
    {
        StoreResults();
        _code.Jump(_returnLabel);
    }

    // Results go to the first slots, the first also to rax or xmm0 (which whoever calls does not count on for a vector).
    private void StoreResults()
    {
        if (_results.Length > 1)
        {
            // Their slots are above those of the locals, which some may still be read from.
            TopToSlots(_results.Length);
        }

        StoreResultsKeeping();
    }

    private void StoreResultsKeeping()
    {
        int count = _results.Length;
        if (count == 0)
        {
            return;
        }

        int first = _operands.Count - count;
        if (count == 1)
        {
            Operand value = _operands[first];
            if (value.IsInteger)
            {
                MoveTo(Gpr.Rax, value);
                _code.Store(Gpr.Rax, Gpr.Rbx, 0, wide: true);
            }
            else
            {
                MoveToVector(ScratchVector, value);
                StoreRegister(0, value.Type, ScratchVector);
            }

            return;
        }

        for (int i = 0; i < count; i++)
        {
            if (_operands[first + i].Kind != OperandKind.Slot)
            {
                // Only behind a condition; nothing of the locals is needed on this way any more, but by other results.
                StoreTo(_operands[first + i].Slot, _operands[first + i]);
            }
        }

        int slot = 0;
        for (int i = 0; i < count; i++)
        {
            Operand value = _operands[first + i];
            value.Kind = OperandKind.Slot;
            value.Place = _operands[first + i].Kind == OperandKind.Slot ? value.Place : value.Slot;
            StoreTo(slot, value);
            slot += SlotTypes.SlotCount(value.Type);
        }
    }

    private void Select()
    {
        Operand condition = Pop();
        Operand b = Pop();
        Operand a = Pop();
        SlotType type = a.Type;
        if (!IsInteger(type))
        {
            // Moves leave the flags alone, but may write what the comparison reads.
            Condition when = CompareFlags(condition);
            int result = ResultRegister(type, a, b);
            if (!a.IsInRegister || a.Register != result)
            {
                MoveToVector(result, a);
            }

            int done = _code.NewLabel();
            JumpByFlags(condition, when, done, sense: true);
            MoveToVector(result, b);
            _code.Bind(done);
            ReleaseUnless(a, result);
            Release(b);
            PushRegister(type, result);
            return;
        }

        if (condition.Kind == OperandKind.Comparison && condition.Test != Test.Integers)
        {
            condition = ToFlag(condition, mayBeTarget: false);
        }

        Condition flags = CompareFlags(condition);
        Gpr register = SelectRegister(a, b);
        if (a.Kind == OperandKind.Temporary && register == a.Gpr)
        {
            MoveIf(Opposite(flags), register, b);
        }
        else if (b.IsInRegister && register == b.Gpr)
        {
            MoveIf(flags, register, a);
        }
        else
        {
            MoveTo(register, a);
            MoveIf(Opposite(flags), register, b);
        }

        ReleaseUnless(a, (int)register);
        ReleaseUnless(b, (int)register);
        PushGpr(type, register);
    }

    private Gpr SelectRegister(Operand a, Operand b) =>
        a.Kind == OperandKind.Temporary ? a.Gpr
        : b.Kind == OperandKind.Temporary ? b.Gpr
        : AllocateGpr();

    private void MoveIf(Condition condition, Gpr to, Operand value)
    {
        if (value.IsInRegister)
        {
            _code.MoveIf(condition, to, value.Gpr, value.IsWide);
        }
        else if (value.Kind == OperandKind.Constant)
        {
            MoveTo(Gpr.Rax, value);
            _code.MoveIf(condition, to, Gpr.Rax, value.IsWide);
        }
        else
        {
            _code.MoveIfAt(condition, to, Gpr.Rbx, SlotOffset(value.Place), value.IsWide);
        }
    }

    private static Condition Opposite(Condition condition) => condition ^ (Condition)1;
}
