using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Calls: the arguments go to the callee's slots, and its results are found there. Tail calls are not compiled: the interpreter
// makes them in constant space.
internal sealed unsafe partial class MethodCompiler
{
    private static readonly Type[] s_entryParameters = [typeof(nint), typeof(nint), typeof(nint)];

    private LocalBuilder _status = null!;

    /// <inheritdoc/>
    protected override void Call(uint index)
    {
        FuncType type = Module.FuncTypeOf(index);
        FuncData* callee = Instance->Funcs[index];
        int frame = PassArguments(type);
        SlotAddress(frame);
        _il.LoadArgument(ContextArgument);
        _il.Int64((long)callee);
        if (callee->IsHost != 0 || callee->Instance != Instance)
        {
            _il.Call(RuntimeMethods.CallForeign);
        }
        else
        {
            // It may be compiled while this code runs.
            _il.Int64((long)&callee->Entry);
            _il.Emit(OpCodes.Ldind_I);
            _il.CallIndirect(typeof(int), s_entryParameters);
        }

        FinishCall(type);
    }

    /// <inheritdoc/>
    protected override void CallIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        if (Module.Tables[tableIndex.Value].Type.Limits.Is64)
        {
            Decline();
            return;
        }

        var type = (FuncType)Module.Types[typeIndex.Value].Composite;
        long table = (long)Instance->Tables[tableIndex.Value];
        LocalBuilder index = ToTemp(Pop());
        _il.Load(index);
        _il.Emit(OpCodes.Conv_U8);
        LoadField(table, TableOffsets.Length);
        _il.Branch(OpCodes.Bge_Un, TrapLabel(TrapKind.UndefinedElement));
        LoadField(table, TableOffsets.Elements);
        _il.Load(index);
        _il.Emit(OpCodes.Conv_U8);
        _il.Int32(3);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I8);
        _temporaries.Free(SlotType.I32, index);
        LocalBuilder callee = _temporaries.Rent(SlotType.I64);
        _il.Store(callee);
        _il.Load(callee);
        _il.Branch(OpCodes.Brfalse, TrapLabel(TrapKind.UninitializedElement));

        uint typeId = Instance->TypeIds[typeIndex.Value];
        Label isOfType = _il.DefineLabel();
        _il.Load(callee);
        _il.AddOffset(FuncOffsets.TypeId);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Int32((int)typeId);
        _il.Branch(OpCodes.Beq, isOfType);
        _il.LoadArgument(ContextArgument);
        _il.Load(callee);
        _il.Int32((int)typeId);
        _il.Call(RuntimeMethods.IsSubtype);
        _il.Branch(OpCodes.Brfalse, TrapLabel(TrapKind.IndirectCallMismatch));
        _il.MarkLabel(isOfType);
        CallThrough(callee, type);
    }

    /// <inheritdoc/>
    protected override void CallRef(uint typeIndex)
    {
        var type = (FuncType)Module.Types[typeIndex].Composite;
        LocalBuilder callee = ToTemp(Pop());
        _il.Load(callee);
        _il.Branch(OpCodes.Brfalse, TrapLabel(TrapKind.NullFunctionReference));
        CallThrough(callee, type);
    }

    private void CallThrough(LocalBuilder callee, FuncType type)
    {
        Label isForeign = _il.DefineLabel();
        Label isDone = _il.DefineLabel();
        int frame = PassArguments(type);
        _il.Load(callee);
        _il.AddOffset(FuncOffsets.Instance);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Int64((long)Instance);
        _il.Branch(OpCodes.Bne_Un, isForeign);
        SlotAddress(frame);
        _il.LoadArgument(ContextArgument);
        _il.Load(callee);
        _il.Load(callee);
        _il.AddOffset(FuncOffsets.Entry);
        _il.Emit(OpCodes.Ldind_I);
        _il.CallIndirect(typeof(int), s_entryParameters);
        _il.Store(_status);
        _il.Branch(OpCodes.Br, isDone);
        _il.MarkLabel(isForeign);
        SlotAddress(frame);
        _il.LoadArgument(ContextArgument);
        _il.Load(callee);
        _il.Call(RuntimeMethods.CallForeign);
        _il.Store(_status);
        _il.MarkLabel(isDone);
        _il.Load(_status);
        _temporaries.Free(SlotType.I64, callee);
        FinishCall(type);
    }

    /// <summary>Stores the arguments, which are popped.</summary>
    /// <returns>The slot of the first, where the callee's frame starts.</returns>
    private int PassArguments(FuncType type)
    {
        int count = type.Parameters.Length;
        int first = _stack.Count - count;
        int frame = count == 0 ? _top : _stack[first].Slot;
        for (int i = first; i < _stack.Count; i++)
        {
            SlotAddress(_stack[i].Slot);
            StoreSlotValue(_stack[i]);
        }

        _stack.RemoveRange(first, count);
        _top = frame;
        return frame;
    }

    // The status is on CIL's stack.
    private void FinishCall(FuncType type)
    {
        _il.Store(_status);
        _il.Load(_status);
        _il.Branch(OpCodes.Brtrue, SiteLabel(SiteKind.Call));
        foreach (ValType result in type.Results)
        {
            SlotType cil = SlotTypes.Of(result);
            SlotAddress(_top);
            LoadSlotValue(cil);
            PushResult(cil);
        }

        ReloadMemory();
    }

    private void LoadField(long address, int offset)
    {
        _il.Int64(address + offset);
        _il.Emit(OpCodes.Ldind_I8);
    }
}
