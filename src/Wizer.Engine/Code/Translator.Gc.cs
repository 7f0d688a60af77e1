using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Structs, arrays, i31 and casts.
internal sealed unsafe partial class Translator
{
    // False where a helper does all of it.
    private bool TryTranslateReference(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        uint index = instruction.Index;
        switch (opcode)
        {
            case Opcode.StructGet:
                return TryStructGet(LayoutAt(index)->Fields[instruction.Index2]);
            case Opcode.StructSet:
                return TryStructSet(LayoutAt(index)->Fields[instruction.Index2]);
            case Opcode.ArrayGet or Opcode.ArrayGetU:
                return TryArrayGet(LayoutAt(index)->Fields[0].SizeLog2, opcode);
            case Opcode.ArraySet:
                return TryArraySet(LayoutAt(index)->Fields[0].SizeLog2);
            case Opcode.ArrayLen:
                Unary(Op.ArrayLength);
                return true;

            // One bit to the left, and a 1: see ReferenceHandle.
            case Opcode.RefI31:
                Push(1);
                Binary(Op.I32Shl);
                Push(1);
                Binary(Op.I32Or);
                return true;
            case Opcode.RefEq:
                Binary(Op.I64Eq);
                return true;
            case Opcode.RefAsNonNull:
                Check(opcode);
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                CastTarget target = TargetOf(instruction.Type);
                Check(Opcode.RefCast, target.Code, target.Flags);
                return true;

            // See ReferenceHandle: there is nothing to do.
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                return true;

            default:
                return false;
        }
    }

    // The operand stays what it was.
    private void Check(Opcode opcode, uint i = 0, uint j = 0)
    {
        Note reference = Pop();
        ushort slot = SlotOf(ref reference);
        EmitRare(opcode, slot, slot, i, j);
        PushAgain(reference);
    }

    private bool TryStructGet(in GcField field)
    {
        if (field.SizeLog2 is not (2 or 3))
        {
            return false;
        }

        ushort from = PopSlot();
        Emit(field.SizeLog2 == 2 ? Op.StructGet32 : Op.StructGet64);
        Put(PushTemp());
        Put(from);
        Put32(field.Offset);
        Fuse();
        return true;
    }

    private bool TryStructSet(in GcField field)
    {
        if (field.SizeLog2 is not (2 or 3))
        {
            return false;
        }

        ushort value = PopSlot();
        ushort to = PopSlot();
        Emit(field.SizeLog2 == 2 ? Op.StructSet32 : Op.StructSet64);
        Put(to);
        Put(value);
        Put32(field.Offset);
        Fuse();
        return true;
    }

    private bool TryArrayGet(uint sizeLog2, Opcode opcode)
    {
        Op op = sizeLog2 switch
        {
            0 when opcode == Opcode.ArrayGetU => Op.ArrayGet8,
            2 => Op.ArrayGet32,
            3 => Op.ArrayGet64,
            _ => Op.None,
        };
        if (op == Op.None)
        {
            return false;
        }

        Binary(op);
        return true;
    }

    private bool TryArraySet(uint sizeLog2)
    {
        Op op = sizeLog2 switch
        {
            0 => Op.ArraySet8,
            2 => Op.ArraySet32,
            3 => Op.ArraySet64,
            _ => Op.None,
        };
        if (op == Op.None)
        {
            return false;
        }

        ushort value = PopSlot();
        ushort at = PopSlot();
        ushort to = PopSlot();
        Emit(op);
        Put(to);
        Put(at);
        Put(value);
        Fuse();
        return true;
    }

    /// <inheritdoc/>
    protected override void BranchOnCast(ref Block label, ValType type, bool sense)
    {
        // The test stands above the stack, where nothing is: the branch consumes it at once.
        CastTarget target = TargetOf(type);
        Settle(1);
        var reference = (ushort)_stack[_stack.Count - 1].Slot;
        EmitRare(Opcode.RefTest, PushTemp(), reference, target.Code, target.Flags);
        BranchIf(ref label, Pop(), sense);
    }

    private GcLayout* LayoutAt(uint typeIndex) => _host.LayoutOf(Instance->TypeIds[typeIndex]);

    private CastTarget TargetOf(ValType type) => CastTarget.Of(type, Instance, _host.Types);
}
