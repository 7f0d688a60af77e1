using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Handlers. Entering and leaving a block with handlers is no code: for each call in it, a table says whom what is thrown there is for.
// A handler finds the operand stack in its slots, as at any label, the values of the exception above, and the locals that live on in
// their slots, where each such call has put them.
internal sealed unsafe partial class MachineCompiler
{
    private readonly List<MachineHandler> _handlers = [];
    private MachineGuard? _guard;

    /// <summary>Which calls of the code that was compiled last have handlers; null when none has.</summary>
    internal MachineGuards? Guards { get; private set; }

    private void ForgetHandlers()
    {
        _handlers.Clear();
        _guard = null;
        Guards = null;
    }

    private FuncType TagTypeOf(uint index) => (FuncType)Module.Types[Module.Tags[index].TypeIndex].Composite;

    // Behind a call.
    private void NoteGuarded()
    {
        if (_guard != null)
        {
            (Guards ??= new MachineGuards()).Add(_code.Length, _guard);
        }
    }

    private MachineHandler AddHandler(MachineGuard guard, TagData* tag, int payloadSlot, int target, int keptSlot = HandlerData.None)
    {
        var handler = new MachineHandler(tag, payloadSlot, _code.NewLabel(), target) { KeptSlot = keptSlot };
        guard.Add(handler);
        _handlers.Add(handler);
        return handler;
    }

    /// <inheritdoc/>
    protected override void EnterTryTable(ref Instruction instruction)
    {
        var guard = new MachineGuard(_guard);
        foreach (CatchClause clause in instruction.Catches)
        {
            ref Block label = ref Target(clause.LabelIndex);
            TagData* tag = clause.HasTag ? Instance->Tags[clause.TagIndex] : null;
            MachineHandler handler = AddHandler(guard, tag, label.BaseSlot, label.Label.Target);
            if (IsResultInRax(ref label))
            {
                handler.ResultSlot = label.BaseSlot;
            }

            if (clause.PassesException)
            {
                handler.ExceptionSlot = label.BaseSlot + (clause.HasTag ? TagTypeOf(clause.TagIndex).ParameterSlotCount : 0);
            }
        }

        Push(BlockKind.TryTable, instruction.BlockType).Label.Guard = guard;
        _guard = guard;
    }

    /// <inheritdoc/>
    protected override void EnterTry(ref Block block)
    {
        _guard = new MachineGuard(_guard);
        block.Label.Guard = _guard;
    }

    /// <inheritdoc/>
    protected override void EndGuarded(ref Block block)
    {
        if (block.Kind is BlockKind.Try or BlockKind.TryTable)
        {
            _guard = block.Label.OuterGuard;
        }
    }

    // `catch` and `catch_all`. Below the values a slot is left for the exception, in case something rethrows it.
    /// <inheritdoc/>
    protected override void EnterCatch(ref Block block, ref Instruction instruction)
    {
        Truncate(ref block);
        int keptSlot = _operands.Top;
        PushSlot(SlotType.I64);
        bool hasTag = instruction.Opcode == Opcode.Catch;
        int start = _code.NewLabel();
        block.Label.Handler = AddHandler(
            block.Label.Guard!, hasTag ? Instance->Tags[instruction.Index] : null, _operands.Top, start, keptSlot);
        if (hasTag)
        {
            PushSlots(TagTypeOf(instruction.Index).Parameters);
        }

        BindHere(start);
    }

    /// <inheritdoc/>
    protected override void LeaveByDelegate(ref Block block, uint depth)
    {
        ref Block label = ref LabelAt(depth + 1);
        block.Label.Guard!.Outer = label.Kind is BlockKind.Try or BlockKind.TryTable ? label.Label.Guard : label.Label.OuterGuard;
    }

    /// <inheritdoc/>
    protected override void ThrowTag(uint index)
    {
        int count = TagTypeOf(index).Parameters.Length;
        BeginThrow();
        TopToSlots(count);
        _code.Address(Gpr.Rsi, Gpr.Rbx, Gpr.None, SlotOffset(_operands.SlotOf(count)), wide: true);
        _operands.Drop(count);
        _code.MoveAddress(Gpr.Rdi, Instance->Tags[index]);
        EndThrow(MachineCode.ThrowEntry);
    }

    /// <inheritdoc/>
    protected override void ThrowRef()
    {
        Operand exception = Pop();
        BeginThrow();
        MoveTo(Gpr.Rdi, exception);
        Release(exception);
        EndThrow(MachineCode.ThrowRefEntry);
    }

    /// <inheritdoc/>
    protected override void Rethrow(ref Block label)
    {
        MachineHandler handler = label.Label.Handler!;
        handler.ExceptionSlot = handler.KeptSlot;
        BeginThrow();
        _code.Load(Gpr.Rdi, Gpr.Rbx, SlotOffset(handler.KeptSlot), wide: true);
        EndThrow(MachineCode.ThrowRefEntry);
    }

    private void BeginThrow() => SaveLocals(_callIndex++);

    private void EndThrow(nint entry)
    {
        _code.MoveAddress(Gpr.Rax, (void*)entry);
        _code.CallTo(Gpr.Rax);
        NoteGuarded();
    }

    // Where handlers go on, at the end.
    private void EmitHandlers()
    {
        for (int i = 0; i < _handlers.Count; i++)
        {
            MachineHandler handler = _handlers[i];
            _code.Reserve(InstructionReserve);
            _code.Bind(handler.Label);
            int block = _analysis.HandlerBlocks[i];
            if (block < 0)
            {
                _operands.Reset(Locals.FirstOperandSlot);
                PushSlots(Type.Results);
                _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * 2 * _operands.Count));
                StoreResults();
            }
            else
            {
                _analysis.LiveInto(block, _live);
                _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * _live.Count));
                foreach (int packed in _live)
                {
                    LoadHome(LocalAnalysis.LocalOf(packed), LocalAnalysis.LocationOf(packed));
                }

                if (handler.ResultSlot != HandlerData.None)
                {
                    _code.Load(Gpr.Rax, Gpr.Rbx, SlotOffset(handler.ResultSlot), wide: true);
                }
            }

            _code.Jump(handler.Target);
        }
    }

    private void PlaceHandlers()
    {
        foreach (MachineHandler handler in _handlers)
        {
            handler.Offset = _code.OffsetOf(handler.Label);
        }
    }
}
