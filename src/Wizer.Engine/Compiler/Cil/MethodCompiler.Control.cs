using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Blocks and branches. What a label expects is in temporaries of its own on every way there.
internal sealed unsafe partial class MethodCompiler
{
    private readonly List<Block> _blocks = [];
    private bool _isReachable;

    private sealed class Block
    {
        internal BlockKind Kind { get; set; }

        internal SlotType[] Parameters { get; init; } = [];

        internal SlotType[] Results { get; init; } = [];

        /// <summary>Its end, or the start of a loop.</summary>
        internal Label Label { get; init; }

        internal Label Else { get; init; }

        /// <summary>Where the values of branches go.</summary>
        internal LocalBuilder[]? LabelTemps { get; set; }

        /// <summary>The parameters of an <c>if</c>, for its else.</summary>
        internal LocalBuilder[] ParameterTemps { get; set; } = [];

        internal bool IsTargeted { get; set; }

        /// <summary>The entries below the parameters, and the slot above them.</summary>
        internal int Height { get; init; }

        internal int BaseSlot { get; init; }

        internal SlotType[] LabelTypes => Kind == BlockKind.Loop ? Parameters : Results;
    }

    private Block BlockAt(uint depth) => _blocks[_blocks.Count - 1 - (int)depth];

    private Block PushBlock(BlockKind kind, BlockType type)
    {
        SlotType[] parameters = [];
        SlotType[] results = [];
        if (type.IsTypeIndex)
        {
            var function = (FuncType)_module.Types[type.TypeIndex].Composite;
            parameters = SlotTypes.Of(function.Parameters);
            results = SlotTypes.Of(function.Results);
        }
        else if (!type.IsEmpty)
        {
            results = [SlotTypes.Of(type.Result)];
        }

        int height = _stack.Count - parameters.Length;
        var block = new Block
        {
            Kind = kind,
            Parameters = parameters,
            Results = results,
            Label = _il.DefineLabel(),
            Else = kind == BlockKind.If ? _il.DefineLabel() : default,
            Height = height,
            BaseSlot = parameters.Length == 0 ? _top : _stack[height].Slot,
        };
        _blocks.Add(block);
        return block;
    }

    private void EnterBlock(BlockType type)
    {
        MaterializeAll();
        PushBlock(BlockKind.Block, type);
    }

    private void EnterLoop(BlockType type, long offset)
    {
        MaterializeAll();
        Block block = PushBlock(BlockKind.Loop, type);
        LocalBuilder[] temps = LabelTempsOf(block);
        StoreToLabel(block);
        Truncate(block.Height, block.BaseSlot);
        PushTemps(block.Parameters, temps, isShared: true);
        if (offset == _osrOffset)
        {
            _osrLabel = block.Label;
            _osrStack = [.. _stack];
        }

        _il.MarkLabel(block.Label);
        ForgetAllChecked();
        PollInterrupt();
    }

    private void EnterIf(BlockType type)
    {
        Node condition = Pop();
        MaterializeAll();
        Block block = PushBlock(BlockKind.If, type);
        if (block.Parameters.Length != 0)
        {
            // Both arms read them.
            block.ParameterTemps = new LocalBuilder[block.Parameters.Length];
            for (int i = 0; i < block.ParameterTemps.Length; i++)
            {
                int index = block.Height + i;
                LocalBuilder temp = Rent(_stack[index].Type);
                EmitNode(_stack[index]);
                _il.Store(temp);
                block.ParameterTemps[i] = temp;
            }

            _stack.RemoveRange(block.Height, block.Parameters.Length);
            _top = block.BaseSlot;
            PushTemps(block.Parameters, block.ParameterTemps, isShared: true);
        }

        EmitBranch(condition, false, block.Else);
    }

    private void EnterElse()
    {
        Block block = _blocks[^1];
        if (_isReachable)
        {
            StoreToLabel(block);
            block.IsTargeted = true;
            _il.Branch(OpCodes.Br, block.Label);
        }

        block.Kind = BlockKind.Else;
        Truncate(block.Height, block.BaseSlot);
        PushTemps(block.Parameters, block.ParameterTemps, isShared: true);
        _il.MarkLabel(block.Else);
        ForgetAllChecked();
        _isReachable = true;
    }

    private void Leave()
    {
        Block block = _blocks[^1];
        if (block.Kind == BlockKind.Dead)
        {
            _blocks.RemoveAt(_blocks.Count - 1);
            return;
        }

        if (block.Kind == BlockKind.Function)
        {
            if (_isReachable)
            {
                EmitReturn();
            }

            _blocks.RemoveAt(_blocks.Count - 1);
            return;
        }

        if (block.Kind == BlockKind.Loop)
        {
            // What is on the stack may still be the parameters, which are nobody else's from here on.
            MaterializeTop(_isReachable ? block.Results.Length : 0);
            Unshare(block);
            _blocks.RemoveAt(_blocks.Count - 1);
            return;
        }

        if (block.Kind == BlockKind.If)
        {
            // Without an else, the parameters are the results.
            EnterElse();
        }

        bool isTargeted = block.IsTargeted;
        if (_isReachable)
        {
            StoreToLabel(block);
        }

        Truncate(block.Height, block.BaseSlot);
        if (isTargeted)
        {
            _il.MarkLabel(block.Label);
            ForgetAllChecked();
        }

        for (int i = 0; i < block.ParameterTemps.Length; i++)
        {
            Return(block.Parameters[i], block.ParameterTemps[i]);
        }

        if (_isReachable || isTargeted)
        {
            PushTemps(block.Results, LabelTempsOf(block), isShared: false);
            _isReachable = true;
        }

        _blocks.RemoveAt(_blocks.Count - 1);
    }

    // The temporaries of a loop's label: entries that are them get others, and then they are free.
    private void Unshare(Block block)
    {
        if (block.LabelTemps == null)
        {
            return;
        }

        for (int i = 0; i < _stack.Count; i++)
        {
            Node node = _stack[i];
            if (node.Kind == NodeKind.Temp && node.IsShared && Array.IndexOf(block.LabelTemps, node.Temp) >= 0)
            {
                EmitNode(node);
                LocalBuilder temp = Rent(node.Type);
                _il.Store(temp);
                _stack[i] = new Node { Kind = NodeKind.Temp, Type = node.Type, Temp = temp, Slot = node.Slot };
            }
        }

        for (int i = 0; i < block.LabelTemps.Length; i++)
        {
            Return(block.Parameters[i], block.LabelTemps[i]);
        }
    }

    private void PushTemps(SlotType[] types, LocalBuilder[] temps, bool isShared)
    {
        for (int i = 0; i < types.Length; i++)
        {
            PushTemp(types[i], temps[i], isShared);
        }
    }

    private LocalBuilder[] LabelTempsOf(Block block)
    {
        if (block.LabelTemps == null)
        {
            SlotType[] types = block.LabelTypes;
            block.LabelTemps = types.Length == 0 ? [] : new LocalBuilder[types.Length];
            for (int i = 0; i < types.Length; i++)
            {
                block.LabelTemps[i] = Rent(types[i]);
            }
        }

        return block.LabelTemps;
    }

    /// <summary>Moves the top entries to where a label expects them: all are read before the first is written.</summary>
    private void StoreToLabel(Block block)
    {
        int count = block.LabelTypes.Length;
        if (count == 0)
        {
            return;
        }

        LocalBuilder[] temps = LabelTempsOf(block);
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

    private void EmitJump(Block block)
    {
        if (block.Kind == BlockKind.Function)
        {
            EmitReturn();
            return;
        }

        StoreToLabel(block);
        block.IsTargeted = true;
        _il.Branch(OpCodes.Br, block.Label);
    }

    private void Branch(uint depth)
    {
        EmitJump(BlockAt(depth));
        _isReachable = false;
    }

    private void BranchIf(uint depth)
    {
        Node condition = Pop();
        BranchIf(BlockAt(depth), condition, sense: true);
    }

    private void BranchIf(Block block, Node condition, bool sense)
    {
        if (block.Kind != BlockKind.Function && block.LabelTypes.Length == 0)
        {
            block.IsTargeted = true;
            EmitBranch(condition, sense, block.Label);
            return;
        }

        // Whatever the jump needs is computed on both ways.
        MaterializeTop(block.LabelTypes.Length);
        if (block.Kind != BlockKind.Function)
        {
            LabelTempsOf(block);
        }

        Label skip = _il.DefineLabel();
        EmitBranch(condition, !sense, skip);
        EmitJump(block);
        _il.MarkLabel(skip);
    }

    private void BranchOnNull(uint depth)
    {
        Node reference = Pop();
        LocalBuilder temp = ToTemp(reference);
        BranchIf(BlockAt(depth), IsNull(temp), sense: true);
        PushTemp(SlotType.I64, temp);
    }

    private void BranchOnNonNull(uint depth)
    {
        LocalBuilder temp = Materialize(_stack.Count - 1);
        BranchIf(BlockAt(depth), IsNull(temp), sense: false);
        Discard(Pop());
    }

    private static Node IsNull(LocalBuilder temp) => new()
    {
        Kind = NodeKind.Operator,
        Type = SlotType.I32,
        Opcode = Opcode.I64Eqz,
        A = new Node { Kind = NodeKind.Temp, Type = SlotType.I64, Temp = temp, IsShared = true },
    };

    private void BranchTable(ref Instruction instruction)
    {
        Node index = Pop();
        int arity = BlockAt(instruction.Index2).LabelTypes.Length;
        MaterializeTop(arity);
        var targets = new Label[(int)instruction.Index];
        List<(Block Block, Label Stub)> stubs = [];
        int next = 0;
        foreach (uint label in instruction.Labels)
        {
            targets[next++] = TargetOf(BlockAt(label));
        }

        Label last = TargetOf(BlockAt(instruction.Index2));
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
        foreach ((Block block, Label stub) in stubs)
        {
            _il.MarkLabel(stub);
            EmitJump(block);
        }

        _isReachable = false;

        Label TargetOf(Block block)
        {
            if (arity == 0 && block.Kind != BlockKind.Function)
            {
                block.IsTargeted = true;
                return block.Label;
            }

            foreach ((Block known, Label stub) in stubs)
            {
                if (known == block)
                {
                    return stub;
                }
            }

            Label added = _il.DefineLabel();
            stubs.Add((block, added));
            return added;
        }
    }

    private void EmitReturn()
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
