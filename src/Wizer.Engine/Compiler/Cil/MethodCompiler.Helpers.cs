using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// References, and everything that the interpreter does out of its loop: compiled code calls the same helpers, with the operation
// that the translator makes of the instruction, and operands and results in their slots.
internal sealed unsafe partial class MethodCompiler
{
    private static readonly Type[] s_vectorParameters = [typeof(nint), typeof(nint), typeof(nint), typeof(nint)];

    private bool TryReference(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.RefNull:
                PushConst(SlotType.I64, 0);
                return true;
            case Opcode.RefFunc:
                PushConst(SlotType.I64, (ulong)Instance->Funcs[instruction.Index]);
                return true;
            case Opcode.RefIsNull:
                Operator(Opcode.I64Eqz);
                return true;
            case Opcode.RefEq:
                Operator(Opcode.I64Eq);
                return true;
            case Opcode.RefAsNonNull:
                _il.Load(Materialize(_stack.Count - 1));
                _il.Branch(OpCodes.Brfalse, TrapLabel(TrapKind.NullReference));
                return true;
            case Opcode.RefI31:
                // See ReferenceHandle.
                PushConst(SlotType.I32, 1);
                Operator(Opcode.I32Shl);
                PushConst(SlotType.I32, 1);
                Operator(Opcode.I32Or);
                Operator(Opcode.I64ExtendI32U);
                return true;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                return true;
            case Opcode.ArrayLen:
                LocalBuilder array = ToTemp(Pop());
                _il.Load(array);
                _il.Branch(OpCodes.Brfalse, TrapLabel(TrapKind.NullArrayReference));
                _il.Load(array);
                _il.AddOffset(GcObject.LengthOffset);
                _il.Emit(OpCodes.Ldind_I4);
                _temporaries.Free(SlotType.I64, array);
                PushResult(SlotType.I32);
                return true;
            default:
                return false;
        }
    }

    private bool TryHelper(ref Instruction instruction)
    {
        if (!HelperOperation.TryFind(_host, Instance, Module, ref instruction, out HelperOperation helper))
        {
            return false;
        }

        Span<ushort> operation = Encode(helper, stackalloc ushort[1 + HelperOperation.MaxUnits]);
        int count = helper.OperandCount;
        int first = _stack.Count - count;
        int resultSlot = BaseSlotOf(count);
        for (int i = first; i < _stack.Count; i++)
        {
            SlotAddress(_stack[i].Slot);
            StoreSlotValue(_stack[i]);
        }

        _stack.RemoveRange(first, count);
        _top = resultSlot;
        EmitHelperCall(helper.Operation, operation);
        for (int i = 0; i < helper.ResultCount; i++)
        {
            SlotAddress(_top);
            LoadSlotValue(helper.ResultType);
            PushResult(helper.ResultType);
        }

        if (instruction.Opcode == Opcode.MemoryGrow)
        {
            ReloadMemory();
        }

        return true;
    }

    private void EmitHelperCall(Op op, ReadOnlySpan<ushort> units)
    {
        if (op == Op.Vector)
        {
            for (int i = 1; i <= 4; i++)
            {
                SlotAddress(units[i]);
            }

            _il.Int64((long)(units[5] | ((ulong)units[6] << 16) | ((ulong)units[7] << 32) | ((ulong)units[8] << 48)));
            _il.Emit(OpCodes.Conv_I);
            _il.CallIndirect(typeof(void), s_vectorParameters);
            return;
        }

        long operation = Keep(units);
        switch (op)
        {
            case Op.Shuffle:
                SlotAddress(units[1]);
                SlotAddress(units[2]);
                SlotAddress(units[3]);
                _il.Int64(operation + (4 * sizeof(ushort)));
                _il.Call(RuntimeMethods.Shuffle);
                break;
            case Op.VectorLane or Op.Wide:
                _il.LoadArgument(FrameArgument);
                _il.Int64(operation);
                _il.Call(op == Op.Wide ? RuntimeMethods.Wide : RuntimeMethods.VectorLane);
                break;
            default:
                _il.LoadArgument(ContextArgument);
                _il.LoadArgument(FrameArgument);
                _il.Int64(operation);
                _il.Call(op == Op.Rare ? RuntimeMethods.Rare : RuntimeMethods.VectorMemory);
                _il.Store(_status);
                _il.Load(_status);
                _il.Branch(OpCodes.Brtrue, SiteLabel(SiteKind.Helper));
                break;
        }
    }

    /// <summary>The operation where compiled code finds it, as long as that lives.</summary>
    private long Keep(ReadOnlySpan<ushort> units) => (long)_operations.Add(units);
}
