using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// The operand stack. What cannot trap and reads nothing but locals stays a tree until something consumes it, so that RyuJIT gets
// expressions as a compiler for C# would write them; CIL's own stack is empty between statements, and every trap can branch away.
internal sealed unsafe partial class MethodCompiler
{
    private const int MaxDepth = 20;

    private readonly List<Node> _stack = [];
    private readonly TemporaryPool _temporaries;
    private readonly Dictionary<ulong, long> _constants = [];
    private LocalBuilder[] _locals = [];

    // How many entries read each local.
    private int[] _readers = [];

    // The slot above the top entry, as the interpreter lays them out.
    private int _top;

    private enum NodeKind : byte
    {
        Const,
        Local,
        Temp,
        Operator,
        Select,
    }

    private sealed class Node
    {
        internal NodeKind Kind { get; init; }

        internal SlotType Type { get; init; }

        internal Opcode Opcode { get; init; }

        /// <summary>The constant, or the index of the local.</summary>
        internal ulong Bits { get; init; }

        internal ulong HighBits { get; init; }

        internal LocalBuilder? Temp { get; init; }

        /// <summary>Whether the temporary is a label's, which others will read again.</summary>
        internal bool IsShared { get; init; }

        internal Node? A { get; init; }

        internal Node? B { get; init; }

        internal Node? C { get; init; }

        internal int Depth { get; init; }

        /// <summary>The entry's own slot.</summary>
        internal int Slot { get; set; }
    }

    private void Push(Node node)
    {
        node.Slot = _top;
        _top += SlotTypes.SlotCount(node.Type);
        _stack.Add(node);
    }

    private Node Pop()
    {
        Node node = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        _top = node.Slot;
        return node;
    }

    private void PushConst(SlotType type, ulong bits, ulong high = 0) =>
        Push(new Node { Kind = NodeKind.Const, Type = type, Bits = bits, HighBits = high });

    private void PushTemp(SlotType type, LocalBuilder temp, bool isShared = false) =>
        Push(new Node { Kind = NodeKind.Temp, Type = type, Temp = temp, IsShared = isShared });

    /// <summary>Takes what is on CIL's stack.</summary>
    private void PushResult(SlotType type)
    {
        LocalBuilder temp = _temporaries.Rent(type);
        _il.Store(temp);
        PushTemp(type, temp);
    }

    private void PushTree(Node node)
    {
        Push(node);
        if (node.Depth > MaxDepth)
        {
            Materialize(_stack.Count - 1);
        }
    }

    /// <summary>Puts a popped node's value on CIL's stack; its temporaries are free afterwards.</summary>
    private void EmitNode(Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Const:
                EmitConst(node);
                break;
            case NodeKind.Local:
                _il.Load(_locals[(int)node.Bits]);
                _readers[(int)node.Bits]--;
                break;
            case NodeKind.Temp:
                _il.Load(node.Temp!);
                if (!node.IsShared)
                {
                    _temporaries.Free(node.Type, node.Temp!);
                }

                break;
            case NodeKind.Select:
                EmitSelect(node);
                break;
            default:
                if (TryEmitOpaqueComparison(node))
                {
                    break;
                }

                EmitNode(node.A!);
                if (node.B != null)
                {
                    EmitNode(node.B);
                }

                if (node.C != null)
                {
                    EmitNode(node.C);
                }

                EmitOperator(node);
                break;
        }
    }

    private void EmitConst(Node node)
    {
        switch (node.Type)
        {
            case SlotType.I32 when (node.Bits & 0x7fc00000) == 0x7f800000 && (node.Bits & 0x3fffff) != 0:
                // A signalling NaN, which RyuJIT would make a quiet one when it is reinterpreted.
                OpaqueConstant(SlotType.I32, node.Bits);
                break;
            case SlotType.I32:
                _il.Int32((int)node.Bits);
                break;
            case SlotType.I64:
                _il.Int64((long)node.Bits);
                break;
            case SlotType.F32:
                float single = BitConverter.UInt32BitsToSingle((uint)node.Bits);
                if (IsOpaque(single))
                {
                    _il.Int64(KeepConstant(node.Bits));
                    _il.Emit(OpCodes.Ldind_R4);
                }
                else
                {
                    _il.Single(single);
                }

                break;
            case SlotType.F64:
                double value = BitConverter.UInt64BitsToDouble(node.Bits);
                if (IsOpaque(value))
                {
                    _il.Int64(KeepConstant(node.Bits));
                    _il.Emit(OpCodes.Ldind_R8);
                }
                else
                {
                    _il.Double(value);
                }

                break;
            default:
                _il.Int64((long)node.Bits);
                _il.Int64((long)node.HighBits);
                _il.Call(RuntimeMethods.VectorOfHalves);
                break;
        }
    }

    // RyuJIT must not see these: it would leave out additions of 0 and multiplications by 1, which make a signalling NaN quiet, and
    // make a constant quiet that is one.
    private static bool IsOpaque(double value) => double.IsNaN(value) || Math.Abs(value) is 0 or 1;

    private long KeepConstant(ulong bits)
    {
        if (!_constants.TryGetValue(bits, out long address))
        {
            address = Keep([(ushort)bits, (ushort)(bits >> 16), (ushort)(bits >> 32), (ushort)(bits >> 48)]);
            _constants.Add(bits, address);
        }

        return address;
    }

    // A conditional expression, as C# compiles it but for the operands, which are computed before: nothing here can be seen.
    private void EmitSelect(Node node)
    {
        LocalBuilder a = _temporaries.Rent(node.Type);
        LocalBuilder b = _temporaries.Rent(node.Type);
        Label isFirst = _il.DefineLabel();
        EmitNode(node.A!);
        _il.Store(a);
        EmitNode(node.B!);
        _il.Store(b);
        EmitBranch(node.C!, true, isFirst);
        _il.Load(b);
        _il.Store(a);
        _il.MarkLabel(isFirst);
        _temporaries.Free(node.Type, b);
        _il.Load(a);
        _temporaries.Free(node.Type, a);
    }

    /// <summary>A temporary that holds an entry's value, which stays on the stack.</summary>
    private LocalBuilder Materialize(int index)
    {
        Node node = _stack[index];
        if (node.Kind == NodeKind.Temp)
        {
            return node.Temp!;
        }

        EmitNode(node);
        LocalBuilder temp = _temporaries.Rent(node.Type);
        _il.Store(temp);
        _stack[index] = new Node { Kind = NodeKind.Temp, Type = node.Type, Temp = temp, Slot = node.Slot };
        return temp;
    }

    /// <summary>Computes what is still a tree, but for constants: at the start of a block, whose code may change locals.</summary>
    private void MaterializeAll()
    {
        for (int i = 0; i < _stack.Count; i++)
        {
            if (_stack[i].Kind is not (NodeKind.Temp or NodeKind.Const))
            {
                Materialize(i);
            }
        }
    }

    private void MaterializeTop(int count)
    {
        for (int i = _stack.Count - count; i < _stack.Count; i++)
        {
            Materialize(i);
        }
    }

    // Before a local changes.
    private void MaterializeReaders(int local)
    {
        for (int i = _stack.Count - 1; i >= 0 && _readers[local] != 0; i--)
        {
            if (Reads(_stack[i], local))
            {
                Materialize(i);
            }
        }
    }

    private static bool Reads(Node? node, int local) =>
        node != null && (node.Kind == NodeKind.Local
            ? (int)node.Bits == local
            : node.Kind >= NodeKind.Operator && (Reads(node.A, local) || Reads(node.B, local) || Reads(node.C, local)));

    /// <summary>A popped value in a temporary of its own, or a local, which the caller reads at once and then gives back.</summary>
    private LocalBuilder ToTemp(Node node)
    {
        if (node.Kind == NodeKind.Temp && !node.IsShared)
        {
            return node.Temp!;
        }

        EmitNode(node);
        LocalBuilder temp = _temporaries.Rent(node.Type);
        _il.Store(temp);
        return temp;
    }

    /// <summary>Forgets a popped value.</summary>
    private void Discard(Node? node)
    {
        if (node == null)
        {
            return;
        }

        if (node.Kind == NodeKind.Local)
        {
            _readers[(int)node.Bits]--;
        }
        else if (node.Kind == NodeKind.Temp)
        {
            if (!node.IsShared)
            {
                _temporaries.Free(node.Type, node.Temp!);
            }
        }
        else
        {
            Discard(node.A);
            Discard(node.B);
            Discard(node.C);
        }
    }

    private void Truncate(int count, int top)
    {
        while (_stack.Count > count)
        {
            Discard(Pop());
        }

        _top = top;
    }

    /// <inheritdoc/>
    protected override void LocalGet(int local)
    {
        _readers[local]++;
        Push(new Node { Kind = NodeKind.Local, Type = Locals.TypeOf(local), Bits = (ulong)local });
    }

    /// <inheritdoc/>
    protected override void LocalSet(int local) => Assign(local, isTee: false);

    /// <inheritdoc/>
    protected override void LocalTee(int local) => Assign(local, isTee: true);

    private void Assign(int local, bool isTee)
    {
        Node value = Pop();
        if (value.Kind == NodeKind.Local && (int)value.Bits == local)
        {
            Discard(value);
        }
        else
        {
            MaterializeReaders(local);
            EmitNode(value);
            _il.Store(_locals[local]);
            ForgetChecked(local);
        }

        if (isTee)
        {
            LocalGet(local);
        }
    }

    // An immutable global is a constant by the time any code runs.
    private void GlobalGet(uint index)
    {
        GlobalType type = Module.Globals[index].Type;
        SlotType cil = SlotTypes.Of(type.Value);
        ulong* cell = Instance->Globals[index];
        if (!type.IsMutable)
        {
            PushConst(cil, cell[0], cell[1]);
            return;
        }

        _il.Int64((long)cell);
        LoadSlotValue(cil);
        PushResult(cil);
    }

    private void GlobalSet(uint index)
    {
        Node value = Pop();
        _il.Int64((long)Instance->Globals[index]);
        StoreSlotValue(value);
    }

    private void Select()
    {
        Node condition = Pop();
        Node b = Pop();
        Node a = Pop();
        int depth = 1 + Math.Max(condition.Depth, Math.Max(a.Depth, b.Depth));
        PushTree(new Node { Kind = NodeKind.Select, Type = a.Type, A = a, B = b, C = condition, Depth = depth });
        Materialize(_stack.Count - 1);
    }

    /// <summary>Loads from the slot, or the cell of a global, whose address is on CIL's stack.</summary>
    private void LoadSlotValue(SlotType type)
    {
        switch (type)
        {
            case SlotType.I32:
                _il.Emit(OpCodes.Ldind_I4);
                break;
            case SlotType.I64:
                _il.Emit(OpCodes.Ldind_I8);
                break;
            case SlotType.F32:
                _il.Emit(OpCodes.Ldind_R4);
                break;
            case SlotType.F64:
                _il.Emit(OpCodes.Ldind_R8);
                break;
            default:
                _il.Object(OpCodes.Ldobj, SlotTypes.ClrType(type));
                break;
        }
    }

    /// <summary>Stores a popped value in the slot whose address is on CIL's stack, zero-extended as the interpreter wants it.</summary>
    private void StoreSlotValue(Node value)
    {
        EmitNode(value);
        StoreSlotBits(value.Type);
    }

    private void StoreSlotBits(SlotType type)
    {
        switch (type)
        {
            case SlotType.I32:
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Stind_I8);
                break;
            case SlotType.I64:
                _il.Emit(OpCodes.Stind_I8);
                break;
            case SlotType.F32:
                _il.Call(RuntimeMethods.BitsOfF32);
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Stind_I8);
                break;
            case SlotType.F64:
                _il.Emit(OpCodes.Stind_R8);
                break;
            default:
                _il.Object(OpCodes.Stobj, SlotTypes.ClrType(type));
                break;
        }
    }

    private void SlotAddress(int slot)
    {
        _il.LoadArgument(FrameArgument);
        _il.AddOffset((long)slot * sizeof(ulong));
    }
}
