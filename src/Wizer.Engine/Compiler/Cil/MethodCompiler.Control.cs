using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Blocks and branches. What a label expects is in temporaries of its own on every way there.
internal sealed unsafe partial class MethodCompiler
{
    private Node? _condition;

    /// <summary>The labels of the code that a block has, and the temporaries.</summary>
    internal struct JumpLabel
    {
        /// <summary>Its end, or the start of a loop.</summary>
        internal Label Target;

        internal Label Else;

        /// <summary>Where the values of branches go.</summary>
        internal LocalBuilder[]? Temps;

        /// <summary>The parameters of an <c>if</c>, for its else.</summary>
        internal LocalBuilder[]? ParameterTemps;
    }

    /// <inheritdoc/>
    protected override int StackCount => _stack.Count;

    /// <inheritdoc/>
    protected override int BaseSlotOf(int entryCount) => entryCount == 0 ? _top : _stack[^entryCount].Slot;

    /// <inheritdoc/>
    protected override JumpLabel NewLabel(BlockKind kind) => new()
    {
        Target = kind == BlockKind.Function ? default : _il.DefineLabel(),
        Else = kind == BlockKind.If ? _il.DefineLabel() : default,
    };

    /// <inheritdoc/>
    protected override bool JoinsIfAtEnd => false;

    /// <inheritdoc/>
    protected override bool TakesAll => false;

    /// <inheritdoc/>
    protected override bool TakesFrameChanges => false;

    /// <inheritdoc/>
    protected override void Poll()
    {
    }

    /// <inheritdoc/>
    protected override void SettleStack() => MaterializeAll();

    /// <inheritdoc/>
    protected override void PopCondition() => _condition = Pop();

    /// <inheritdoc/>
    protected override void EnterLoop(ref Block block)
    {
        LocalBuilder[] temps = LabelTempsOf(ref block);
        StoreToLabel(ref block);
        Truncate(block.Height, block.BaseSlot);
        PushTemps(block.Parameters, temps, isShared: true);
        if (Offset == _osrOffset)
        {
            _osrLabel = block.Label.Target;
            _osrStack = [.. _stack];
        }

        _il.MarkLabel(block.Label.Target);
        ForgetAllChecked();
        PollInterrupt();
    }

    /// <inheritdoc/>
    protected override void EnterIf(ref Block block)
    {
        int count = block.Parameters.Length;
        if (count != 0)
        {
            // Both arms read them.
            var temps = new LocalBuilder[count];
            for (int i = 0; i < count; i++)
            {
                Node node = _stack[block.Height + i];
                temps[i] = _temporaries.Rent(node.Type);
                EmitNode(node);
                _il.Store(temps[i]);
            }

            _stack.RemoveRange(block.Height, count);
            _top = block.BaseSlot;
            PushTemps(block.Parameters, temps, isShared: true);
            block.Label.ParameterTemps = temps;
        }

        EmitBranch(_condition!, false, block.Label.Else);
    }

    /// <inheritdoc/>
    protected override void EnterElse(ref Block block)
    {
        Truncate(block.Height, block.BaseSlot);
        PushTemps(block.Parameters, block.Label.ParameterTemps, isShared: true);
        _il.MarkLabel(block.Label.Else);
        ForgetAllChecked();
    }

    /// <inheritdoc/>
    protected override void LeaveFunction(ref Block block)
    {
        if (IsReachable)
        {
            Return();
        }
    }

    /// <inheritdoc/>
    protected override void LeaveLoop(ref Block block)
    {
        // What is on the stack may still be the parameters, which are nobody else's from here on.
        MaterializeTop(IsReachable ? block.Results.Length : 0);
        Unshare(ref block);
    }

    /// <inheritdoc/>
    protected override void LeaveBlock(ref Block block)
    {
        if (IsReachable)
        {
            StoreToLabel(ref block);
        }

        Truncate(block.Height, block.BaseSlot);
        if (block.IsTargeted)
        {
            _il.MarkLabel(block.Label.Target);
            ForgetAllChecked();
        }

        Free(block.Parameters, block.Label.ParameterTemps);
        if (IsReachable || block.IsTargeted)
        {
            PushTemps(block.Results, LabelTempsOf(ref block), isShared: false);
        }
    }

    // The temporaries of a loop's label: entries that are them get others, and then they are free.
    private void Unshare(ref Block block)
    {
        if (block.Label.Temps == null)
        {
            return;
        }

        for (int i = 0; i < _stack.Count; i++)
        {
            Node node = _stack[i];
            if (node.Kind == NodeKind.Temp && node.IsShared && Array.IndexOf(block.Label.Temps, node.Temp) >= 0)
            {
                EmitNode(node);
                LocalBuilder temp = _temporaries.Rent(node.Type);
                _il.Store(temp);
                _stack[i] = new Node { Kind = NodeKind.Temp, Type = node.Type, Temp = temp, Slot = node.Slot };
            }
        }

        Free(block.Parameters, block.Label.Temps);
    }

    private void Free(ReadOnlySpan<ValType> types, LocalBuilder[]? temps)
    {
        for (int i = 0; temps != null && i < temps.Length; i++)
        {
            _temporaries.Free(SlotTypes.Of(types[i]), temps[i]);
        }
    }

    private void PushTemps(ReadOnlySpan<ValType> types, LocalBuilder[]? temps, bool isShared)
    {
        for (int i = 0; i < types.Length; i++)
        {
            PushTemp(SlotTypes.Of(types[i]), temps![i], isShared);
        }
    }

    private LocalBuilder[] LabelTempsOf(ref Block block)
    {
        if (block.Label.Temps == null)
        {
            ReadOnlySpan<ValType> types = block.LabelTypes;
            var temps = types.Length == 0 ? [] : new LocalBuilder[types.Length];
            for (int i = 0; i < temps.Length; i++)
            {
                temps[i] = _temporaries.Rent(SlotTypes.Of(types[i]));
            }

            block.Label.Temps = temps;
        }

        return block.Label.Temps;
    }

    /// <summary>Moves the top entries to where a label expects them: all are read before the first is written.</summary>
    private void StoreToLabel(ref Block block)
    {
        int count = block.LabelTypes.Length;
        if (count == 0)
        {
            return;
        }

        LocalBuilder[] temps = LabelTempsOf(ref block);
        MaterializeTop(count);
        int first = _stack.Count - count;
        for (int i = 0; i < count; i++)
        {
            _il.Load(_stack[first + i].Temp!);
        }

        for (int i = count - 1; i >= 0; i--)
        {
            _il.Store(temps[i]);
        }
    }

    /// <inheritdoc/>
    protected override void Unreachable() => _il.Branch(OpCodes.Br, TrapLabel(TrapKind.Unreachable));

    /// <inheritdoc/>
    protected override void Branch(ref Block label)
    {
        if (label.Kind == BlockKind.Function)
        {
            Return();
            return;
        }

        StoreToLabel(ref label);
        _il.Branch(OpCodes.Br, label.Label.Target);
    }

    /// <inheritdoc/>
    protected override void BranchIf(ref Block label) => BranchIf(ref label, _condition!, sense: true);

    private void BranchIf(ref Block label, Node condition, bool sense)
    {
        if (label.Kind != BlockKind.Function && label.LabelTypes.Length == 0)
        {
            EmitBranch(condition, sense, label.Label.Target);
            return;
        }

        // Whatever the jump needs is computed on both ways.
        MaterializeTop(label.LabelTypes.Length);
        if (label.Kind != BlockKind.Function)
        {
            LabelTempsOf(ref label);
        }

        Label skip = _il.DefineLabel();
        EmitBranch(condition, !sense, skip);
        Branch(ref label);
        _il.MarkLabel(skip);
    }

    /// <inheritdoc/>
    protected override void BranchOnNull(ref Block label)
    {
        LocalBuilder temp = ToTemp(Pop());
        BranchIf(ref label, IsNull(temp), sense: true);
        PushTemp(SlotType.I64, temp);
    }

    /// <inheritdoc/>
    protected override void BranchOnNonNull(ref Block label)
    {
        LocalBuilder temp = Materialize(_stack.Count - 1);
        BranchIf(ref label, IsNull(temp), sense: false);
        Discard(Pop());
    }

    private static Node IsNull(LocalBuilder temp) => new()
    {
        Kind = NodeKind.Operator,
        Type = SlotType.I32,
        Opcode = Opcode.I64Eqz,
        A = new Node { Kind = NodeKind.Temp, Type = SlotType.I64, Temp = temp, IsShared = true },
    };

    /// <inheritdoc/>
    protected override void BranchTable(ref Instruction instruction)
    {
        Node index = Pop();
        int arity = LabelAt(instruction.Index2).LabelTypes.Length;
        MaterializeTop(arity);
        var targets = new Label[(int)instruction.Index];
        List<(uint Depth, Label Stub)> stubs = [];
        int next = 0;
        foreach (uint label in instruction.Labels)
        {
            targets[next++] = TargetOf(label);
        }

        Label last = TargetOf(instruction.Index2);
        bool isOpaque = MayBeRotation(index);
        EmitNode(index);
        if (isOpaque)
        {
            // With one case, it is a comparison with zero.
            OpaqueConstant(SlotType.I32, 0);
            _il.Emit(OpCodes.Add);
        }

        _il.Switch(targets);
        _il.Branch(OpCodes.Br, last);
        foreach ((uint depth, Label stub) in stubs)
        {
            _il.MarkLabel(stub);
            Branch(ref LabelAt(depth));
        }

        Label TargetOf(uint depth)
        {
            ref Block label = ref Target(depth);
            if (arity == 0 && label.Kind != BlockKind.Function)
            {
                return label.Label.Target;
            }

            foreach ((uint known, Label stub) in stubs)
            {
                if (known == depth)
                {
                    return stub;
                }
            }

            Label added = _il.DefineLabel();
            stubs.Add((depth, added));
            return added;
        }
    }

    /// <inheritdoc/>
    protected override void Return()
    {
        int count = _results.Length;
        int first = _stack.Count - count;
        MaterializeTop(count);
        int slot = 0;
        for (int i = 0; i < count; i++)
        {
            SlotAddress(slot);
            _il.Load(_stack[first + i].Temp!);
            StoreSlotBits(_results[i]);
            slot += SlotTypes.SlotCount(_results[i]);
        }

        _il.Int32(0);
        _il.Emit(OpCodes.Ret);
    }

    // Volatile, or it would be read once for the whole loop.
    private void PollInterrupt()
    {
        _il.LoadArgument(ContextArgument);
        _il.AddOffset(ContextOffsets.InterruptRequested);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Branch(OpCodes.Brtrue, TrapLabel(TrapKind.Interrupted));
    }
}
