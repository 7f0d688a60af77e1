using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Blocks and branches. What a label expects is in slots, on every way there.
internal sealed unsafe partial class MachineCompiler
{
    private Frame[] _frames = new Frame[16];
    private int _frameCount;

    private struct Frame
    {
        internal BlockKind Kind;
        internal SlotType[] Parameters;
        internal SlotType[] Results;

        /// <summary>Its end, or the start of a loop.</summary>
        internal int Label;

        internal int Else;

        /// <summary>While a table is emitted: where one of its cases places what the label expects. 0, a label of the function's, otherwise.</summary>
        internal int Stub;

        internal bool IsTargeted;

        /// <summary>The entries below the parameters, and the slot above them, where what the label expects begins.</summary>
        internal int Height;

        internal int BaseSlot;

        internal readonly SlotType[] LabelTypes => Kind == BlockKind.Loop ? Parameters : Results;
    }

    private ref Frame FrameAt(uint depth) => ref _frames[_frameCount - 1 - (int)depth];

    private ref Frame PushFrame(BlockKind kind, SlotType[] parameters, SlotType[] results)
    {
        if (_frameCount == _frames.Length)
        {
            var larger = new Frame[2 * _frameCount];
            Array.Copy(_frames, larger, _frameCount);
            _frames = larger;
        }

        int height = _stackCount - parameters.Length;
        ref Frame frame = ref _frames[_frameCount++];
        frame = new Frame
        {
            Kind = kind,
            Parameters = parameters,
            Results = results,
            Label = kind == BlockKind.Function ? _returnLabel : kind == BlockKind.Dead ? 0 : _code.NewLabel(),
            Height = height,
            BaseSlot = parameters.Length == 0 ? _top : _stack[height].Slot,
        };
        return ref frame;
    }

    private ref Frame PushFrame(BlockKind kind, BlockType type)
    {
        if (type.IsTypeIndex)
        {
            var function = (FuncType)_module.Types[type.TypeIndex].Composite;
            return ref PushFrame(kind, SlotTypes.Of(function.Parameters), SlotTypes.Of(function.Results));
        }

        return ref PushFrame(kind, [], type.IsEmpty ? [] : [SlotTypes.Of(type.Result)]);
    }

    // Several ways meet, or code starts that is jumped to.
    private void BindHere(int label)
    {
        _code.Bind(label);
        _clean = 0;
    }

    private void EnterBlock(BlockType type)
    {
        ToSlots();
        PushFrame(BlockKind.Block, type);
    }

    private void EnterLoop(BlockType type)
    {
        ToSlots();
        ref Frame frame = ref PushFrame(BlockKind.Loop, type);
        TopToSlots(frame.Parameters.Length);

        // The interpreter may hand over here: all that lives is in its slots.
        int block = _analysis.LoopBlocks[_loopIndex++];
        int entry = _code.NewLabel();
        _loopEntries.Add(entry);
        LoopOffsets.Add((int)_offset);
        _loopBlocks.Add(block);
        _loopLabels.Add(frame.Label);
        BindHere(frame.Label);
        _code.OperateConstantAt(Alu.Cmp, Gpr.R14, ContextOffsets.InterruptRequested, 0, wide: false);
        _code.JumpIf(Condition.NotEqual, TrapLabel(TrapKind.Interrupted));
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

    private void EnterIf(BlockType type)
    {
        Value condition = Pop();
        ToSlots();
        ref Frame frame = ref PushFrame(BlockKind.If, type);
        frame.Else = _code.NewLabel();
        TopToSlots(frame.Parameters.Length);
        JumpUnless(condition, frame.Else);
    }

    private void EnterElse()
    {
        ref Frame frame = ref _frames[_frameCount - 1];
        if (_isReachable)
        {
            PlaceResults(ref frame);
            frame.IsTargeted = true;
            _code.Jump(frame.Label);
        }

        frame.Kind = BlockKind.Else;
        Truncate(ref frame);
        PushSlots(frame.Parameters);
        BindHere(frame.Else);
        _isReachable = true;
    }

    private void Leave()
    {
        ref Frame frame = ref _frames[_frameCount - 1];
        switch (frame.Kind)
        {
            case BlockKind.Dead:
                _frameCount--;
                return;

            case BlockKind.Function:
                if (_isReachable)
                {
                    StoreResults();
                }

                _frameCount--;
                return;

            case BlockKind.Loop:
                _frameCount--;
                return;

            case BlockKind.If:
                // Without an else, the parameters are the results.
                EnterElse();
                break;
        }

        if (_isReachable)
        {
            PlaceResults(ref frame);
        }

        bool isReached = _isReachable || frame.IsTargeted;
        Truncate(ref frame);
        if (frame.IsTargeted)
        {
            BindHere(frame.Label);
        }

        if (isReached)
        {
            PushSlots(frame.Results);
        }

        _isReachable = isReached;
        _frameCount--;
    }

    private void Truncate(ref Frame frame)
    {
        while (_stackCount > frame.Height)
        {
            Release(_stack[--_stackCount]);
        }

        _top = frame.BaseSlot;
    }

    private void PushSlots(SlotType[] types)
    {
        foreach (SlotType type in types)
        {
            PushSlot(type);
        }
    }

    /// <summary>Stores the top entries where a label expects them; they stay on the stack. Only rax and xmm0 are used, and no flags.</summary>
    private void PlaceResults(ref Frame frame)
    {
        SlotType[] types = frame.LabelTypes;
        int slot = frame.BaseSlot;
        for (int i = _stackCount - types.Length; i < _stackCount; i++)
        {
            // They only move down, the lowest first.
            StoreTo(slot, _stack[i]);
            slot += SlotTypes.SlotCount(_stack[i].Type);
        }
    }

    private void Branch(uint depth)
    {
        ref Frame frame = ref FrameAt(depth);
        if (frame.Kind == BlockKind.Function)
        {
            EmitReturn();
        }
        else
        {
            PlaceResults(ref frame);
            frame.IsTargeted = true;
            _code.Jump(frame.Label);
        }

        _isReachable = false;
    }

    private void BranchIf(uint depth)
    {
        Value condition = Pop();
        ref Frame frame = ref FrameAt(depth);
        if (frame.LabelTypes.Length == 0)
        {
            frame.IsTargeted = true;
            JumpWhen(condition, frame.Label);
            return;
        }

        int skip = _code.NewLabel();
        JumpUnless(condition, skip);
        BranchKeeping(ref frame);
        _code.Bind(skip);
    }

    // A jump that may not be taken: entries stay where they are for whoever goes on.
    private void BranchKeeping(ref Frame frame)
    {
        if (frame.Kind == BlockKind.Function)
        {
            StoreResultsKeeping();
        }
        else
        {
            PlaceResults(ref frame);
        }

        frame.IsTargeted = true;
        _code.Jump(frame.Label);
    }

    private void BranchOnNull(uint depth, bool whenNull)
    {
        Value reference = Pop();
        ToGpr(ref reference);
        Push(reference);
        if (whenNull)
        {
            // The reference is not for the label.
            Pop();
        }

        int skip = _code.NewLabel();
        TestZero(reference);
        _code.JumpIf(whenNull ? Condition.NotEqual : Condition.Equal, skip);
        BranchKeeping(ref FrameAt(depth));
        _code.Bind(skip);
        if (whenNull)
        {
            Push(reference);
        }
        else
        {
            Release(Pop());
        }
    }

    private void BranchTable(ref Instruction instruction)
    {
        Value index = Pop();
        Gpr register = ToGpr(ref index);
        TopToSlots(FrameAt(instruction.Index2).LabelTypes.Length);
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
            _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * 2 * _stackCount));
            ref Frame frame = ref FrameAt((uint)depth);
            _code.Bind(frame.Stub);
            frame.Stub = 0;
            BranchKeeping(ref frame);
            _isSupported &= _code.Length <= MaxCodeByteLength;
            if (!_isSupported)
            {
                break;
            }
        }

        _stubs.Clear();
        _isReachable = false;
    }

    // Where results have to be placed first, by depth.
    private readonly List<int> _stubs = [];

    private int TargetOf(uint depth)
    {
        ref Frame frame = ref FrameAt(depth);
        if (frame.LabelTypes.Length == 0)
        {
            frame.IsTargeted = true;
            return frame.Label;
        }

        if (frame.Stub == 0)
        {
            frame.Stub = _code.NewLabel();
            _stubs.Add((int)depth);
        }

        return frame.Stub;
    }

    private void EmitReturn()
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

        int first = _stackCount - count;
        if (count == 1)
        {
            Value value = _stack[first];
            if (IsInteger(value.Type))
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
            if (_stack[first + i].Kind != ValueKind.Slot)
            {
                // Only behind a condition; nothing of the locals is needed on this way any more, but by other results.
                StoreTo(_stack[first + i].Slot, _stack[first + i]);
            }
        }

        int slot = 0;
        for (int i = 0; i < count; i++)
        {
            Value value = _stack[first + i];
            value.Kind = ValueKind.Slot;
            value.Place = _stack[first + i].Kind == ValueKind.Slot ? value.Place : value.Slot;
            StoreTo(slot, value);
            slot += SlotTypes.SlotCount(value.Type);
        }
    }

    private void Select()
    {
        Value condition = Pop();
        Value b = Pop();
        Value a = Pop();
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

        // Operands that take more than a move come before the flags.
        if (b.Kind == ValueKind.Constant)
        {
            ToGpr(ref b);
        }

        if (condition.Kind == ValueKind.Comparison && condition.Test != Test.Integers)
        {
            condition = ToFlag(condition, mayBeTarget: false);
        }

        Condition flags = CompareFlags(condition);
        Gpr register = SelectRegister(a, b);
        if (a.Kind == ValueKind.Temporary && register == a.Gpr)
        {
            MoveIf(Opposite(flags), register, b);
        }
        else if (b.IsInRegister && register == b.Gpr)
        {
            if (a.Kind == ValueKind.Constant)
            {
                ToGpr(ref a);
            }

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

    private Gpr SelectRegister(Value a, Value b) =>
        a.Kind == ValueKind.Temporary ? a.Gpr
        : b.Kind == ValueKind.Temporary ? b.Gpr
        : AllocateGpr();

    private void MoveIf(Condition condition, Gpr to, Value value)
    {
        if (value.IsInRegister)
        {
            _code.MoveIf(condition, to, value.Gpr, value.IsWide);
        }
        else
        {
            _code.MoveIfAt(condition, to, Gpr.Rbx, SlotOffset(value.Place), value.IsWide);
        }
    }

    private static Condition Opposite(Condition condition) => condition ^ (Condition)1;
}
