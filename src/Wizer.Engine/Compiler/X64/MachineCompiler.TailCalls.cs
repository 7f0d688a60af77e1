using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Tail calls: the arguments go to where the function's own were, its frame on the native stack is undone, and the callee jumped to.
// Nothing of the locals is needed any more. The host is called, so that a backtrace still shows who called it.
internal sealed unsafe partial class MachineCompiler
{
    /// <inheritdoc/>
    protected override void ReturnCall(uint index)
    {
        FuncData* callee = Instance->Funcs[index];
        ReplaceArguments(Module.FuncTypeOf(index));
        _code.MoveAddress(Gpr.Rdi, callee);
        if (callee->IsHost != 0)
        {
            CallHostAndReturn();
        }
        else
        {
            JumpToCallee(isForeign: callee->Instance != Instance);
        }
    }

    /// <inheritdoc/>
    protected override void ReturnCallIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        if (Module.Tables[tableIndex.Value].Type.Limits.Is64)
        {
            Decline();
            return;
        }

        Operand index = Pop();
        Gpr register = ToGpr(ref index);
        ReplaceArguments((FuncType)Module.Types[typeIndex.Value].Composite);
        FindElement(typeIndex, tableIndex, register);
        Release(index);
        JumpThrough();
    }

    /// <inheritdoc/>
    protected override void ReturnCallRef(uint typeIndex)
    {
        Operand callee = Pop();
        Gpr register = ToGpr(ref callee);
        ReplaceArguments((FuncType)Module.Types[typeIndex].Composite);
        TakeCallee(register);
        Release(callee);
        JumpThrough();
    }

    // Pops the arguments into the first slots of the frame. An entry's own slot is above those of the arguments before it.
    private void ReplaceArguments(FuncType type)
    {
        NoteArguments(type);
        int first = _operands.Count - type.Parameters.Length;
        int slot = 0;
        for (int i = first; i < _operands.Count; i++)
        {
            ref Operand entry = ref _operands[i];
            if (entry.Kind == OperandKind.LocalSlot && entry.Place < slot)
            {
                // Another argument is about to be there.
                ToSlot(ref entry);
            }

            slot += SlotTypes.SlotCount(entry.Type);
        }

        slot = 0;
        for (int i = first; i < _operands.Count; i++)
        {
            Operand entry = _operands[i];
            StoreTo(slot, entry);
            Release(entry);
            slot += SlotTypes.SlotCount(entry.Type);
        }

        _operands.Drop(type.Parameters.Length);
    }

    // The callee is in rdi.
    private void JumpThrough()
    {
        int host = _code.NewLabel();
        _code.OperateConstantAt(Alu.Cmp, Gpr.Rdi, FuncOffsets.IsHost, 0, wide: false);
        _code.JumpIf(Condition.NotEqual, host);
        LoadArguments(0);
        EmitPops();
        _code.JumpAt(Gpr.Rdi, FuncOffsets.IndirectEntry);
        _code.Bind(host);
        CallHostAndReturn();
    }

    private void JumpToCallee(bool isForeign)
    {
        if (isForeign)
        {
            EmitPops();
            _code.MoveAddress(Gpr.Rax, (void*)MachineCode.ForeignEntry);
            _code.JumpTo(Gpr.Rax);
        }
        else
        {
            LoadArguments(0);
            EmitPops();
            _code.JumpAt(Gpr.Rdi, FuncOffsets.MachineEntry);
        }
    }

    // Its results are where ours are to be.
    private void CallHostAndReturn()
    {
        _code.MoveAddress(Gpr.Rax, (void*)MachineCode.ForeignEntry);
        _code.CallTo(Gpr.Rax);
        _code.Jump(_returnLabel);
    }
}
