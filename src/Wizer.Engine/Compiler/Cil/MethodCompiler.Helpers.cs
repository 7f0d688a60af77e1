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
                Free(SlotType.I64, array);
                PushResult(SlotType.I32);
                return true;
            default:
                return false;
        }
    }

    private bool TryHelper(ref Instruction instruction)
    {
        if (instruction.Opcode is Opcode.BrOnCast or Opcode.BrOnCastFail or Opcode.Throw or Opcode.ThrowRef
            or Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef
            || !HelperResults.TryFind(Module, ref instruction, out SlotType[] results))
        {
            return false;
        }

        foreach (Node entry in _stack)
        {
            _translator.PushSingle(SlotTypes.SlotCount(entry.Type));
        }

        ReadOnlySpan<ushort> units = _translator.TranslateSingle(ref instruction, out int remaining);
        var op = (Op)units[0];
        if (op is not (Op.Rare or Op.VectorMemory or Op.VectorLane or Op.Wide or Op.Shuffle or Op.Vector))
        {
            return false;
        }

        int popped = _stack.Count - (remaining - results.Length);
        int first = _stack.Count - popped;
        int resultSlot = popped == 0 ? _top : _stack[first].Slot;
        for (int i = first; i < _stack.Count; i++)
        {
            SlotAddress(_stack[i].Slot);
            StoreSlotValue(_stack[i]);
        }

        _stack.RemoveRange(first, popped);
        _top = resultSlot;
        EmitHelperCall(op, units);
        foreach (SlotType result in results)
        {
            SlotAddress(_top);
            LoadSlotValue(result);
            PushResult(result);
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
