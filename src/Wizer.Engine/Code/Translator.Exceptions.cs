using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Blocks with handlers. They leave no code: a table beside it says which of its ranges have which handlers. Only calls and throws
// are ever looked up there, and no operation is combined with one on the other side of a range's ends.
internal sealed unsafe partial class Translator
{
    private readonly List<Handler> _handlers = [];
    private int _guardedBlockCount;

    private sealed class Handler
    {
        internal HandlerData Data;

        /// <summary>Its place among all; those of one block are in the order of its clauses.</summary>
        internal int Index;

        /// <summary>Where a legacy clause keeps the exception once something rethrows it.</summary>
        internal ushort KeptSlot;
    }

    private FuncType TagTypeOf(uint index) => (FuncType)_module.Types[_module.Tags[index].TypeIndex].Composite;

    private void ForgetHandlers()
    {
        _handlers.Clear();
        _guardedBlockCount = 0;
    }

    private void InstallHandlers(FuncData* func)
    {
        if (_handlers.Count == 0)
        {
            return;
        }

        // A block that begins later is within one that begins earlier, or apart from it.
        _handlers.Sort(static (a, b) =>
            a.Data.Block != b.Data.Block ? b.Data.Block.CompareTo(a.Data.Block) : a.Index.CompareTo(b.Index));
        HandlerData* next = _host.AllocateHandlers(_handlers.Count);
        func->Handlers = next;
        func->HandlerCount = _handlers.Count;
        foreach (Handler handler in _handlers)
        {
            *next++ = handler.Data;
        }
    }

    private Handler AddHandler(int block, int start, int end)
    {
        var handler = new Handler { Index = _handlers.Count };
        handler.Data.Block = block;
        handler.Data.Start = start;
        handler.Data.End = end;
        handler.Data.DelegateTo = HandlerData.None;
        handler.Data.ExceptionSlot = HandlerData.None;
        _handlers.Add(handler);
        return handler;
    }

    private void EnterTryTable(ref Instruction instruction)
    {
        SettleLocals();
        int first = _handlers.Count;
        foreach (CatchClause clause in instruction.Catches)
        {
            // What is thrown goes straight to where the label expects it.
            ref Block label = ref LabelAt(clause.LabelIndex);
            Handler handler = AddHandler(_guardedBlockCount, _length, _length);
            handler.Data.PayloadSlot = label.BaseSlot;
            int payloadSlots = 0;
            if (clause.HasTag)
            {
                handler.Data.Tag = _instance->Tags[clause.TagIndex];
                payloadSlots = TagTypeOf(clause.TagIndex).ParameterSlotCount;
            }

            if (clause.PassesException)
            {
                handler.Data.ExceptionSlot = label.BaseSlot + payloadSlots;
            }

            Link(ref label, AddFixup(0, ~handler.Index));
        }

        ref Block block = ref PushBlock(BlockKind.TryTable, instruction.BlockType);
        block.Start = first;
        block.Handler = _handlers.Count;
        _guardedBlockCount++;
        StartRun();
    }

    private void EndTryTable(in Block block)
    {
        for (int i = block.Start; i < block.Handler; i++)
        {
            _handlers[i].Data.End = _length;
        }

        StartRun();
    }

    private void EnterTry(BlockType type)
    {
        SettleLocals();
        ref Block block = ref PushBlock(BlockKind.Try, type);
        block.Start = _length;
        _guardedBlockCount++;
        StartRun();
    }

    // `catch` and `catch_all`. Below the values a slot is left for the exception, in case something rethrows it.
    private void EnterCatch(ref Instruction instruction)
    {
        ref Block block = ref _blocks[_blockCount - 1];
        if (block.Kind == BlockKind.Try)
        {
            block.GuardEnd = _length;
        }

        if (_isReachable)
        {
            MoveToLabel(ref block);
            EmitForward(ref block);
        }

        StartRun();
        block.Kind = BlockKind.Catch;
        Truncate(ref block);
        Handler handler = AddHandler(block.OuterGuards, block.Start, block.GuardEnd);
        block.Handler = handler.Index;
        handler.Data.Target = _length;
        handler.KeptSlot = PushTemp();
        handler.Data.PayloadSlot = _top;
        if (instruction.Opcode == Opcode.Catch)
        {
            handler.Data.Tag = _instance->Tags[instruction.Index];
            PushTemps(TagTypeOf(instruction.Index).Parameters);
        }

        _isReachable = true;
    }

    private void LeaveCatch(ref Block block)
    {
        bool isReached = _isReachable || block.Fixups >= 0;
        if (_isReachable)
        {
            MoveToLabel(ref block);
        }

        Bind(block.Fixups);
        Truncate(ref block);
        PushTemps(ResultsOf(ref block));
        _isReachable = isReached;
    }

    // The label counts from outside of the block that ends here. Its handlers are asked, when it has any, and those around it.
    private void LeaveByDelegate(uint depth)
    {
        Block block = _blocks[_blockCount - 1];
        if (block.Kind == BlockKind.Try)
        {
            ref Block label = ref LabelAt(depth + 1);
            bool isGuarded = label.Kind is BlockKind.Try or BlockKind.TryTable;
            AddHandler(block.OuterGuards, block.Start, _length).Data.DelegateTo = label.OuterGuards + (isGuarded ? 1 : 0);
            StartRun();
        }

        Leave();
    }

    private void ThrowTag(uint index)
    {
        FuncType type = TagTypeOf(index);
        Settle(type.Parameters.Length);
        Emit(Op.Throw);
        Put(PopArguments(type));
        Put64((ulong)_instance->Tags[index]);
        _isReachable = false;
    }

    private void ThrowRef()
    {
        Value exception = Pop();
        ushort slot = SlotOf(ref exception);
        Emit(Op.ThrowRef);
        Put(slot);
        _isReachable = false;
    }

    private void Rethrow(uint depth)
    {
        Handler handler = _handlers[LabelAt(depth).Handler];
        handler.Data.ExceptionSlot = handler.KeptSlot;
        Emit(Op.ThrowRef);
        Put(handler.KeptSlot);
        _isReachable = false;
    }
}
