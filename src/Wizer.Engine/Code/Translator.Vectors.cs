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

    private void SelectVector(ref Value a, ref Value b, ref Value condition)
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

    private bool TryTranslateVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (OpcodeTable.Family(opcode))
        {
            case OpcodeFamily.VectorConstant:
                Emit(Op.Const128);
                PutResult(2);
                Put64(instruction.Value);
                Put64(instruction.ValueHigh);
                return true;

            case OpcodeFamily.Shuffle:
                ushort b = PopSlot();
                ushort a = PopSlot();
                Emit(Op.Shuffle);
                PutResult(2);
                Put(a);
                Put(b);
                Put64(instruction.Value);
                Put64(instruction.ValueHigh);
                return true;

            case OpcodeFamily.VectorLane:
                Lane(ref instruction);
                return true;

            case OpcodeFamily.VectorLoad or OpcodeFamily.LoadLane:
                AccessVector(ref instruction, isStore: false);
                return true;

            case OpcodeFamily.VectorStore or OpcodeFamily.StoreLane:
                AccessVector(ref instruction, isStore: true);
                return true;

            case OpcodeFamily.WideArithmetic:
                Wide(opcode);
                return true;

            case OpcodeFamily.Vector:
                Vector(opcode);
                return true;

            default:
                return false;
        }
    }

    private void Vector(Opcode opcode)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        ushort c = signature.OperandCount > 2 ? PopSlot() : (ushort)0;
        ushort b = signature.OperandCount > 1 ? PopSlot() : (ushort)0;
        ushort a = PopSlot();
        Emit(Op.Vector);
        PutResult(SlotTypes.SlotCount(SlotTypes.OfCode(signature.Result)));
        Put(a);
        Put(b);
        Put(c);
        Put64((ulong)_host.VectorMethodOf(opcode));
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

    private void Lane(ref Instruction instruction)
    {
        OpcodeSignature signature = OpcodeTable.Signature(instruction.Opcode);
        ushort b = signature.OperandCount > 1 ? PopSlot() : (ushort)0;
        ushort a = PopSlot();
        Emit(Op.VectorLane);
        PutResult(SlotTypes.SlotCount(SlotTypes.OfCode(signature.Result)));
        Put(a);
        Put(b);
        Put((ushort)instruction.Opcode);
        Put((ushort)instruction.Index);
    }

    private void AccessVector(ref Instruction instruction, bool isStore)
    {
        Opcode opcode = instruction.Opcode;
        bool hasVector = OpcodeTable.Signature(opcode).OperandCount > 1;
        ushort vector = hasVector ? PopSlot() : (ushort)0;
        ushort address = PopSlot();
        if (opcode is Opcode.V128Load or Opcode.V128Store && instruction.Index == 0 && !Module.Memories[0].Type.Limits.Is64)
        {
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
            return;
        }

        Emit(Op.VectorMemory);
        if (isStore)
        {
            Put(0);
        }
        else
        {
            PutResult(2);
        }

        Put(address);
        Put(vector);
        Put((ushort)opcode);
        Put(hasVector && opcode != Opcode.V128Store ? (ushort)instruction.Index2 : (ushort)0);
        Put32(instruction.Index);
        Put64(instruction.Value);
    }

    private void Wide(Opcode opcode)
    {
        bool isSum = opcode is Opcode.I64Add128 or Opcode.I64Sub128;
        ushort d = isSum ? PopSlot() : (ushort)0;
        ushort c = isSum ? PopSlot() : (ushort)0;
        ushort b = PopSlot();
        ushort a = PopSlot();
        Emit(Op.Wide);
        Put(PushTemp());
        PushTemp();
        Put(a);
        Put(b);
        Put(c);
        Put(d);
        Put((ushort)opcode);
    }
}
