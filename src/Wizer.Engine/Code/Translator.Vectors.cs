using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Vectors and wide arithmetic: operations that leave two slots.
internal sealed unsafe partial class Translator
{
    // The last operation that has its result's slot first although the tables do not say so, as no superinstruction begins with it.
    private int _helper = -1;

    // Follows Emit; a result of one or two slots.
    private void PutResult(int slotCount)
    {
        _helper = _history.Last;
        Put(PushTemp(slotCount));
    }

    private bool TryRetargetHelper(ushort from, ushort to)
    {
        int last = _history.Last;
        if (last < 0 || last != _helper || _code[last + 1] != from)
        {
            return false;
        }

        _code[last + 1] = to;
        return true;
    }

    private void EmitCopy(ushort to, ushort from, int slotCount)
    {
        if (slotCount == 1)
        {
            EmitCopy(to, from);
        }
        else if (to != from)
        {
            Emit(Op.Copy2);
            Put(to);
            Put(from);
        }
    }

    private void SelectVector(ref Note a, ref Note b, ref Note condition)
    {
        ushort second = SlotOf(ref b);
        ushort first = SlotOf(ref a);
        ushort third = SlotOf(ref condition);
        Emit(Op.Select2);
        PutResult(2);
        Put(first);
        Put(second);
        Put(third);
    }

    private void VectorConstant(ref Instruction instruction)
    {
        Emit(Op.Const128);
        PutResult(2);
        Put64(instruction.Value);
        Put64(instruction.ValueHigh);
    }

    // What was just computed, with the positive canonical NaN in the place of any other.
    private void CanonicalizeResult(Opcode opcode)
    {
        NanLanes lanes = OpcodeTable.NanLanes(opcode);
        switch (lanes)
        {
            case NanLanes.F32:
                Unary(Op.F32Canonicalize);
                break;
            case NanLanes.F64:
                Unary(Op.F64Canonicalize);
                break;
            case NanLanes.F32x4 or NanLanes.F64x2:
                ushort from = PopSlot();
                Emit(Op.Vector);
                PutResult(2);
                Put(from);
                Put(0);
                Put(0);
                Put64((ulong)_host.CanonicalizerOf(lanes));
                break;
        }
    }

    private void AccessVector(ref Instruction instruction)
    {
        bool isStore = instruction.Opcode == Opcode.V128Store;
        ushort vector = isStore ? PopSlot() : (ushort)0;
        ushort address = PopSlot();
        Emit(isStore ? Op.Store128 : Op.Load128);
        if (isStore)
        {
            Put(vector);
        }
        else
        {
            PutResult(2);
        }

        Put(address);
        Put32((uint)instruction.Value);
    }
}
