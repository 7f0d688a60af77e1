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

    private FuncType TagTypeOf(uint index) => (FuncType)Module.Types[Module.Tags[index].TypeIndex].Composite;

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
        HandlerData* next = _host.Code.AllocateHandlers(_handlers.Count);
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

    /// <inheritdoc/>
    protected override void EnterTryTable(ref Instruction instruction)
    {
        int first = _handlers.Count;
        foreach (CatchClause clause in instruction.Catches)
        {
            // What is thrown goes straight to where the label expects it.
            ref Block label = ref Target(clause.LabelIndex);
            Handler handler = AddHandler(_guardedBlockCount, _length, _length);
            handler.Data.PayloadSlot = label.BaseSlot;
            int payloadSlots = 0;
            if (clause.HasTag)
            {
                handler.Data.Tag = Instance->Tags[clause.TagIndex];
                payloadSlots = TagTypeOf(clause.TagIndex).ParameterSlotCount;
            }

            if (clause.PassesException)
            {
                handler.Data.ExceptionSlot = label.BaseSlot + payloadSlots;
            }

            Link(ref label, AddFixup(0, ~handler.Index));
        }

        ref Block block = ref Push(BlockKind.TryTable, instruction.BlockType);
        block.Label.Start = first;
        block.Label.Handler = _handlers.Count;
        _guardedBlockCount++;
        StartRun();
    }

    private void EndTryTable(ref Block block)
    {
        for (int i = block.Label.Start; i < block.Label.Handler; i++)
        {
            _handlers[i].Data.End = _length;
        }

        StartRun();
    }

    /// <inheritdoc/>
    protected override void EnterTry(ref Block block)
    {
        block.Label.Start = _length;
        _guardedBlockCount++;
        StartRun();
    }

    /// <inheritdoc/>
    protected override void EndGuarded(ref Block block)
    {
        if (block.Kind == BlockKind.Try)
        {
            block.Label.GuardEnd = _length;
        }
    }

    // `catch` and `catch_all`. Below the values a slot is left for the exception, in case something rethrows it.
    /// <inheritdoc/>
    protected override void EnterCatch(ref Block block, ref Instruction instruction)
    {
        StartRun();
        Truncate(ref block);
        Handler handler = AddHandler(block.Label.OuterGuards, block.Label.Start, block.Label.GuardEnd);
        block.Label.Handler = handler.Index;
        handler.Data.Target = _length;
        handler.KeptSlot = PushTemp();
        handler.Data.PayloadSlot = _stack.Top;
        if (instruction.Opcode == Opcode.Catch)
        {
            handler.Data.Tag = Instance->Tags[instruction.Index];
            PushTemps(TagTypeOf(instruction.Index).Parameters);
        }
    }

    private void LeaveCatch(ref Block block)
    {
        if (IsReachable)
        {
            MoveToLabel(ref block);
        }

        Bind(block.Label.Fixups);
        Truncate(ref block);
        PushTemps(block.Results);
    }

    /// <inheritdoc/>
    /// <remarks>Its handlers are asked, when it has any, and those around it.</remarks>
    protected override void LeaveByDelegate(ref Block block, uint depth)
    {
        ref Block label = ref LabelAt(depth + 1);
        bool isGuarded = label.Kind is BlockKind.Try or BlockKind.TryTable;
        AddHandler(block.Label.OuterGuards, block.Label.Start, _length).Data.DelegateTo = label.Label.OuterGuards + (isGuarded ? 1 : 0);
        StartRun();
    }

    /// <inheritdoc/>
    protected override void ThrowTag(uint index)
    {
        FuncType type = TagTypeOf(index);
        Settle(type.Parameters.Length);
        Emit(Op.Throw);
        Put(PopArguments(type));
        Put64((ulong)Instance->Tags[index]);
    }

    /// <inheritdoc/>
    protected override void ThrowRef()
    {
        Note exception = Pop();
        ushort slot = SlotOf(ref exception);
        Emit(Op.ThrowRef);
        Put(slot);
    }

    /// <inheritdoc/>
    protected override void Rethrow(ref Block label)
    {
        Handler handler = _handlers[label.Label.Handler];
        handler.Data.ExceptionSlot = handler.KeptSlot;
        Emit(Op.ThrowRef);
        Put(handler.KeptSlot);
    }
}
