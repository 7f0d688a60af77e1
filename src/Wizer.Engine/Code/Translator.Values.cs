using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// The operand stack, and the instructions without control.
internal sealed unsafe partial class Translator
{
    private readonly NoteStack _stack = new();

    private int FirstOperandSlot => Locals.FirstOperandSlot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PushNew(NoteKind kind, ulong bits, int slotCount)
    {
        _stack.Push(kind, bits, slotCount);
        if (_stack.Top > ushort.MaxValue)
        {
            ThrowTooManySlots();
        }
    }

    [DoesNotReturn]
    private void ThrowTooManySlots() =>
        throw new UnsupportedModuleException($"a function needs more than {ushort.MaxValue} slots", Offset);

    private ushort PushTemp(int slotCount = 1)
    {
        var slot = (ushort)_stack.Top;
        PushNew(NoteKind.Settled, 0, slotCount);
        return slot;
    }

    private void PushTemps(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types)
        {
            PushTemp(type.SlotCount);
        }
    }

    private void Push(ulong constant) => PushNew(NoteKind.Constant, constant, 1);

    private void PushLocal(int slot, int slotCount) => PushNew(NoteKind.Local, (ulong)slot, slotCount);

    // What was popped goes back to where it was.
    private void PushAgain(in Note value) => PushNew(value.Kind, value.Bits, value.SlotCount);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Note Pop() => ref _stack.Pop();

    /// <summary>Where a popped value can be read.</summary>
    private ushort SlotOf(ref Note value)
    {
        if (value.Kind == NoteKind.Constant)
        {
            EmitConst((ushort)value.Slot, value.Bits);
            value.Kind = NoteKind.Settled;
        }

        return value.Kind == NoteKind.Local ? (ushort)value.Bits : (ushort)value.Slot;
    }

    /// <summary>Makes good the notes among the top entries.</summary>
    private void Settle(int count)
    {
        for (int i = _stack.Count - count; i < _stack.Count; i++)
        {
            SettleEntry(i);
        }
    }

    /// <summary>Makes good every note of a local, or of one.</summary>
    private void SettleLocals(int slot = -1)
    {
        for (int i = _stack.Count - 1; i >= 0 && _stack.HasNoteOf(slot); i--)
        {
            if (_stack[i].Kind == NoteKind.Local && (slot < 0 || (int)_stack[i].Bits == slot))
            {
                SettleEntry(i);
            }
        }
    }

    private void SettleEntry(int index)
    {
        ref Note entry = ref _stack[index];
        switch (entry.Kind)
        {
            case NoteKind.Local:
                EmitCopy((ushort)entry.Slot, (ushort)entry.Bits, entry.SlotCount);
                break;
            case NoteKind.Constant:
                EmitConst((ushort)entry.Slot, entry.Bits);
                break;
        }

        _stack.Settle(index);
    }

    /// <summary>Stores a popped value in a slot that no other entry uses.</summary>
    private void Store(ref Note value, ushort slot)
    {
        if (value.Kind == NoteKind.Constant)
        {
            EmitConst(slot, value.Bits);
        }
        else if (value.Kind == NoteKind.Settled && TryRetarget((ushort)value.Slot, slot))
        {
            return;
        }
        else
        {
            EmitCopy(slot, SlotOf(ref value), value.SlotCount);
        }
    }

    private void EmitCopy(ushort to, ushort from)
    {
        if (to != from)
        {
            Emit(Op.Copy);
            Put(to);
            Put(from);
            Fuse();
        }
    }

    private void EmitConst(ushort to, ulong bits)
    {
        bool isSmall = (long)bits == (int)bits;
        Emit(bits <= uint.MaxValue ? Op.ConstI32 : isSmall ? Op.ConstI64 : Op.Const64);
        Put(to);
        if (bits <= uint.MaxValue || isSmall)
        {
            Put32((uint)bits);
        }
        else
        {
            Put64(bits);
        }
    }

    /// <inheritdoc/>
    protected override void LocalGet(int local) => PushLocal(Locals.SlotOf(local), SlotTypes.SlotCount(Locals.TypeOf(local)));

    /// <inheritdoc/>
    protected override void LocalSet(int local) => Assign(local, isTee: false);

    /// <inheritdoc/>
    protected override void LocalTee(int local) => Assign(local, isTee: true);

    private void Assign(int local, bool isTee)
    {
        Note value = Pop();
        var slot = (ushort)Locals.SlotOf(local);
        if (value.Kind == NoteKind.Local && (ushort)value.Bits == slot)
        {
            // Set to itself.
        }
        else
        {
            SettleLocals(slot);
            Note stored = value;
            Store(ref stored, slot);
        }

        if (!isTee)
        {
            return;
        }

        if (value.Kind == NoteKind.Constant)
        {
            PushAgain(value);
        }
        else
        {
            PushLocal(slot, value.SlotCount);
        }
    }

    // An immutable global is a constant by the time any code runs.
    private void GlobalGet(uint index)
    {
        GlobalType type = Module.Globals[index].Type;
        ulong* cell = Instance->Globals[index];
        if (!type.IsMutable && !type.Value.IsVector)
        {
            Push(*cell);
            return;
        }

        int count = type.Value.SlotCount;
        ushort to = PushTemp(count);
        for (int i = 0; i < count; i++)
        {
            Emit(Op.GlobalGet);
            Put((ushort)(to + i));
            Put64((ulong)(cell + i));
        }
    }

    private void GlobalSet(uint index)
    {
        ulong* cell = Instance->Globals[index];
        Note value = Pop();
        ushort from = SlotOf(ref value);
        for (int i = 0; i < value.SlotCount; i++)
        {
            Emit(Op.GlobalSet);
            Put((ushort)(from + i));
            Put64((ulong)(cell + i));
            Fuse();
        }
    }

    private void Select()
    {
        Note condition = Pop();
        Note b = Pop();
        Note a = Pop();
        if (a.SlotCount != 1)
        {
            SelectVector(ref a, ref b, ref condition);
            return;
        }

        ushort second = SlotOf(ref b);
        ushort first = SlotOf(ref a);
        ushort third = SlotOf(ref condition);
        Emit(Op.Select);
        Put(PushTemp());
        Put(first);
        Put(second);
        Put(third);
        Fuse();
    }

    private void Unary(Op op)
    {
        Note a = Pop();
        ushort from = SlotOf(ref a);
        Emit(op);
        Put(PushTemp());
        Put(from);
        Fuse();
    }

    private void Binary(Op op)
    {
        Note b = Pop();
        Note a = Pop();
        if (a.Kind == NoteKind.Constant && b.Kind != NoteKind.Constant)
        {
            // A constant belongs on the right.
            Op mirror = OpTable.Commutes[(int)op] != 0 ? op : OpTable.Mirror(op);
            if (mirror != Op.None)
            {
                (a, b) = (b, a);
                op = mirror;
            }
        }

        if (b.Kind == NoteKind.Constant && TryBinaryConstant(op, ref a, b.Bits))
        {
            return;
        }

        if (OpTable.Commutes[(int)op] != 0
            && (b.Kind == NoteKind.Constant || (b.Kind == NoteKind.Settled && ProducerOf((ushort)b.Slot) >= 0)))
        {
            // What is computed last belongs on the left, where superinstructions look for it.
            (a, b) = (b, a);
        }

        ushort second = SlotOf(ref b);
        ushort first = SlotOf(ref a);
        Emit(op);
        Put(PushTemp());
        Put(first);
        Put(second);
        Fuse();
    }

    private bool TryBinaryConstant(Op op, ref Note a, ulong constant)
    {
        switch (op)
        {
            case Op.I32Sub:
                op = Op.I32Add;
                constant = (uint)-(int)constant;
                break;
            case Op.I64Sub:
                op = Op.I64Add;
                constant = (ulong)-(long)constant;
                break;
            case Op.I32DivS or Op.I32DivU or Op.I32RemS or Op.I32RemU when (int)constant is 0 or -1:
            case Op.I64DivS or Op.I64DivU or Op.I64RemS or Op.I64RemU when (long)constant is 0 or -1:
                return false;
        }

        Op form = OpTable.ConstantForm(op);
        if (form == Op.None || !FitsConstant(op, constant))
        {
            return false;
        }

        ushort first = SlotOf(ref a);
        Emit(form);
        Put(PushTemp());
        Put(first);
        Put32((uint)constant);
        Fuse();
        return true;
    }

    // 64-bit operations sign-extend the constant, 32-bit ones take it as it is.
    private static bool FitsConstant(Op op, ulong constant) => OpTable.IsWide[(int)op] == 0 || (long)constant == (int)constant;

    private void Access(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isStore = OpcodeTable.Family(opcode) == OpcodeFamily.Store;
        Op op = OpTable.OfOpcode(opcode);
        var offset = (uint)instruction.Value;
        Note value = isStore ? Pop() : default;
        Note address = Pop();
        bool isConstant = isStore && value.Kind == NoteKind.Constant && FitsConstant(op, value.Bits);
        if (isConstant)
        {
            op = OpTable.ConstantForm(op);
        }

        ushort from = isStore && !isConstant ? SlotOf(ref value) : (ushort)0;
        bool isAbsolute = address.Kind == NoteKind.Constant && (ulong)offset + (uint)address.Bits <= uint.MaxValue;
        if (isAbsolute)
        {
            op = OpTable.AddressForm(op);
            offset += (uint)address.Bits;
        }

        ushort at = isAbsolute ? (ushort)0 : SlotOf(ref address);
        Emit(op);
        if (!isStore)
        {
            Put(PushTemp());
        }

        if (!isAbsolute)
        {
            Put(at);
        }

        if (isConstant)
        {
            Put32((uint)value.Bits);
        }
        else if (isStore)
        {
            Put(from);
        }

        Put32(offset);
        Fuse();
    }

    private ushort PopSlot()
    {
        Note value = Pop();
        return SlotOf(ref value);
    }

    // Of an instruction with one operand and at most two immediates; see HelperOperation.
    private void EmitRare(Opcode opcode, ushort result, ushort operand, uint i = 0, uint j = 0)
    {
        Emit(Op.Rare);
        Put((ushort)opcode);
        Put(result);
        Put(operand);
        Put(0);
        Put(0);
        Put32(i);
        Put32(j);
        Put64(0);
    }
}
