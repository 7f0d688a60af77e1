using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

// Structs, arrays, i31 and casts.
internal sealed unsafe partial class Translator
{
    private bool TryTranslateGc(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        uint index = instruction.Index;
        switch (opcode)
        {
            case Opcode.StructNew:
                RareOnTop(opcode, ((StructType)CompositeAt(index)).Fields.Length, 1, 0, 0, LayoutAt(index));
                return true;
            case Opcode.StructNewDefault:
                Rare(opcode, 0, true, 0, 0, (ulong)LayoutAt(index));
                return true;
            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                StructGet(LayoutAt(index)->Fields[instruction.Index2], opcode);
                return true;
            case Opcode.StructSet:
                StructSet(LayoutAt(index)->Fields[instruction.Index2]);
                return true;

            case Opcode.ArrayNew:
                Rare(opcode, 2, true, 0, 0, (ulong)LayoutAt(index));
                return true;
            case Opcode.ArrayNewDefault:
                Rare(opcode, 1, true, 0, 0, (ulong)LayoutAt(index));
                return true;
            case Opcode.ArrayNewFixed:
                RareOnTop(opcode, (int)instruction.Index2, 1, 0, instruction.Index2, LayoutAt(index));
                return true;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                Rare(opcode, 2, true, instruction.Index2, 0, (ulong)LayoutAt(index));
                return true;
            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                ArrayGet(LayoutAt(index)->Fields[0], opcode);
                return true;
            case Opcode.ArraySet:
                ArraySet(LayoutAt(index)->Fields[0]);
                return true;
            case Opcode.ArrayLen:
                Unary(Op.ArrayLength);
                return true;
            case Opcode.ArrayFill:
                RareOnTop(opcode, 4, 0, 0, LayoutAt(index)->Fields[0].AccessOf(false), null);
                return true;
            case Opcode.ArrayCopy:
                RareOnTop(opcode, 5, 0, 0, LayoutAt(index)->Fields[0].AccessOf(false), null);
                return true;
            case Opcode.ArrayInitData or Opcode.ArrayInitElem:
                RareOnTop(opcode, 4, 0, instruction.Index2, LayoutAt(index)->Fields[0].AccessOf(false), null);
                return true;

            // One bit to the left, and a 1: see ReferenceHandle.
            case Opcode.RefI31:
                Push(1);
                Binary(Op.I32Shl);
                Push(1);
                Binary(Op.I32Or);
                return true;
            case Opcode.I31GetS or Opcode.I31GetU:
                Rare(opcode, 1, true);
                return true;
            case Opcode.RefEq:
                Binary(Op.I64Eq);
                return true;

            case Opcode.RefTest or Opcode.RefTestNull:
                CastTarget target = TargetOf(instruction.Type);
                Rare(Opcode.RefTest, 1, true, target.Code, target.Flags);
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                // The operand stays what it was.
                target = TargetOf(instruction.Type);
                Value reference = Pop();
                ushort slot = SlotOf(ref reference);
                EmitRare(Opcode.RefCast, slot, slot, 0, 0, target.Code, target.Flags, 0);
                PushAgain(reference);
                return true;

            // See ReferenceHandle: there is nothing to do.
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                return true;

            default:
                return false;
        }
    }

    private void StructGet(in GcField field, Opcode opcode)
    {
        ushort from = PopSlot();
        if (_isSingle || field.SizeLog2 is not (2 or 3))
        {
            EmitRare(
                opcode, PushTemp(SlotsOf(field)), from, 0, 0, field.Offset, field.AccessOf(opcode == Opcode.StructGetS), 0);
            return;
        }

        Emit(field.SizeLog2 == 2 ? Op.StructGet32 : Op.StructGet64);
        Put(PushTemp());
        Put(from);
        Put32(field.Offset);
        Fuse();
    }

    private void StructSet(in GcField field)
    {
        if (_isSingle || field.SizeLog2 is not (2 or 3))
        {
            Rare(Opcode.StructSet, 2, false, field.Offset, field.AccessOf(false));
            return;
        }

        ushort value = PopSlot();
        ushort to = PopSlot();
        Emit(field.SizeLog2 == 2 ? Op.StructSet32 : Op.StructSet64);
        Put(to);
        Put(value);
        Put32(field.Offset);
        Fuse();
    }

    private void ArrayGet(in GcField element, Opcode opcode)
    {
        Op op = element.SizeLog2 switch
        {
            _ when _isSingle => Op.None,
            0 when opcode == Opcode.ArrayGetU => Op.ArrayGet8,
            2 => Op.ArrayGet32,
            3 => Op.ArrayGet64,
            _ => Op.None,
        };
        if (op != Op.None)
        {
            Binary(op);
            return;
        }

        ushort at = PopSlot();
        ushort from = PopSlot();
        EmitRare(opcode, PushTemp(SlotsOf(element)), from, at, 0, 0, element.AccessOf(opcode == Opcode.ArrayGetS), 0);
    }

    private void ArraySet(in GcField element)
    {
        Op op = element.SizeLog2 switch
        {
            _ when _isSingle => Op.None,
            0 => Op.ArraySet8,
            2 => Op.ArraySet32,
            3 => Op.ArraySet64,
            _ => Op.None,
        };
        if (op == Op.None)
        {
            Rare(Opcode.ArraySet, 3, false, 0, element.AccessOf(false));
            return;
        }

        ushort value = PopSlot();
        ushort at = PopSlot();
        ushort to = PopSlot();
        Emit(op);
        Put(to);
        Put(at);
        Put(value);
        Fuse();
    }

    /// <inheritdoc/>
    protected override void BranchOnCast(ref Block label, ValType type, bool sense)
    {
        CastTarget target = TargetOf(type);

        // The test stands above the stack, where nothing is: the branch consumes it at once.
        Settle(1);
        var reference = (ushort)_stack[_stackCount - 1].Slot;
        EmitRare(Opcode.RefTest, PushTemp(), reference, 0, 0, target.Code, target.Flags, 0);
        BranchIf(ref label, Pop(), sense);
    }

    /// <summary>An instruction on the top entries, in their own slots, all of which it pops.</summary>
    private void RareOnTop(Opcode opcode, int operands, int results, uint i, uint j, GcLayout* layout)
    {
        Settle(operands);
        int first = _top;
        for (int n = 0; n < operands; n++)
        {
            first = Pop().Slot;
        }

        EmitRare(opcode, results != 0 ? PushTemp() : (ushort)0, (ushort)first, 0, 0, i, j, (ulong)layout);
    }

    private static int SlotsOf(in GcField field) => field.SizeLog2 == 4 ? 2 : 1;

    private CompositeType CompositeAt(uint typeIndex) => Module.Types[typeIndex].Composite;

    private GcLayout* LayoutAt(uint typeIndex) => _host.LayoutOf(Instance->TypeIds[typeIndex]);

    private CastTarget TargetOf(ValType type)
    {
        HeapType heap = type.HeapType;
        if (heap.IsConcrete)
        {
            type = ValType.Ref(new HeapType((int)Instance->TypeIds[heap.TypeIndex]), type.IsNullable);
        }

        return CastTarget.Of(type, _host.Types);
    }
}
