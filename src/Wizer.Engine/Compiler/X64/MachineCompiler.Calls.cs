using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Calls, and everything that the interpreter does out of its loop: arguments go to the callee's slots, and results are found
// there.
internal sealed unsafe partial class MachineCompiler
{
    private readonly List<int> _saved = [];

    // What is in scratch registers and lives on goes to slots: entries for good, locals until behind the call.
    private void BeginCall(int call, int argumentCount)
    {
        for (int i = 0; i < _operands.Count - argumentCount; i++)
        {
            ref Operand entry = ref _operands[i];
            bool isKept = entry.Kind is OperandKind.Constant or OperandKind.Slot
                || (entry.Kind == OperandKind.Local && entry.IsInteger && IsKept(entry.Gpr));
            if (!isKept)
            {
                ToSlot(ref entry);
            }
        }

        TopToSlots(argumentCount);
        SaveLocals(call);
    }

    private void SaveLocals(int call)
    {
        _analysis.SavedAcross(call, _saved);
        foreach (int packed in _saved)
        {
            int local = LocalAnalysis.LocalOf(packed);
            sbyte location = LocalAnalysis.LocationOf(packed);
            uint bit = 1u << (IsInteger(Locals.TypeOf(local)) ? location : 16 + location);
            if ((_clean & bit) == 0)
            {
                StoreRegister(Locals.SlotOf(local), Locals.TypeOf(local), location);
                _clean |= bit;
            }
        }
    }

    private static bool IsKept(Gpr register) => register is Gpr.Rbp or Gpr.R12 or Gpr.R13;

    private void EndCall()
    {
        foreach (int packed in _saved)
        {
            int local = LocalAnalysis.LocalOf(packed);
            if (IsInteger(Locals.TypeOf(local)) && IsKept((Gpr)LocalAnalysis.LocationOf(packed)))
            {
                // Only a handler would have had to load it.
                continue;
            }

            LoadHome(local, LocalAnalysis.LocationOf(packed));
        }
    }

    /// <inheritdoc/>
    protected override void Call(uint index)
    {
        int call = _callIndex++;
        FuncType type = Module.FuncTypeOf(index);
        FuncData* callee = Instance->Funcs[index];
        bool isForeign = callee->IsHost != 0 || callee->Instance != Instance;
        if (!isForeign && TryInline(index, type))
        {
            return;
        }

        NoteArguments(type);
        BeginCall(call, type.Parameters.Length);
        _code.MoveAddress(Gpr.Rdi, callee);
        if (!isForeign)
        {
            LoadArguments(_operands.SlotOf(type.Parameters.Length));
        }

        int behind = callee == Func && ReturnsEarly() ? EmitEarlyReturn() : -1;
        int frame = EnterFrame(type);
        if (isForeign)
        {
            _code.MoveAddress(Gpr.Rax, (void*)MachineCode.ForeignEntry);
            _code.CallTo(Gpr.Rax);
        }
        else
        {
            // It may get machine code while this runs.
            _code.CallAt(Gpr.Rdi, FuncOffsets.MachineEntry);
        }

        NoteGuarded();
        FinishCall(type, frame, behind);
    }

    /// <inheritdoc/>
    protected override void CallIndirect(TypeIndex typeIndex, TableIndex tableIndex)
    {
        int call = _callIndex++;
        if (Module.Tables[tableIndex.Value].Type.Limits.Is64)
        {
            Decline();
            return;
        }

        var type = (FuncType)Module.Types[typeIndex.Value].Composite;
        Operand index = Pop();
        Gpr register = ToGpr(ref index);
        NoteArguments(type);
        BeginCall(call, type.Parameters.Length);
        FindElement(typeIndex, tableIndex, register);
        Release(index);
        CallThrough(type);
    }

    // The callee, into rdi. Nothing is in a temporary register, but perhaps the index.
    private void FindElement(TypeIndex typeIndex, TableIndex tableIndex, Gpr register)
    {
        TableData* table = Instance->Tables[tableIndex.Value];
        Limits limits = Module.Tables[tableIndex.Value].Type.Limits;
        if (limits.Minimum == limits.Maximum && limits.Minimum <= int.MaxValue)
        {
            _code.OperateConstant(Alu.Cmp, register, (int)limits.Minimum, wide: false);
            _code.JumpIf(Condition.AboveOrEqual, TrapLabel(TrapKind.UndefinedElement));
            _code.LoadFrom(Gpr.Rax, &table->Elements);
        }
        else
        {
            _code.MoveAddress(Gpr.Rax, table);
            _code.OperateAt(Alu.Cmp, register, Gpr.Rax, TableOffsets.Length, wide: true);
            _code.JumpIf(Condition.AboveOrEqual, TrapLabel(TrapKind.UndefinedElement));
            _code.Load(Gpr.Rax, Gpr.Rax, TableOffsets.Elements, wide: true);
        }

        _code.LoadElement(Gpr.Rdi, Gpr.Rax, register);
        _code.Test(Gpr.Rdi, Gpr.Rdi, wide: true);
        _code.JumpIf(Condition.Equal, TrapLabel(TrapKind.UninitializedElement));
        uint typeId = Instance->TypeIds[typeIndex.Value];
        _code.Memory(0x81, (int)Alu.Cmp, Gpr.Rdi, Gpr.None, FuncOffsets.TypeId, wide: false);
        _code.Int32((int)typeId);
        int checkedLabel = _code.NewLabel();
        var site = new Site
        {
            Kind = SiteKind.Subtype,
            Offset = Offset,
            Label = _code.NewLabel(),
            Register = (int)typeId,
            Return = checkedLabel,
        };
        _sites.Add(site);
        _code.JumpIf(Condition.NotEqual, site.Label);
        _code.Bind(checkedLabel);
    }

    /// <inheritdoc/>
    protected override void CallRef(uint typeIndex)
    {
        int call = _callIndex++;
        var type = (FuncType)Module.Types[typeIndex].Composite;
        Operand callee = Pop();
        Gpr register = ToGpr(ref callee);
        NoteArguments(type);
        BeginCall(call, type.Parameters.Length);
        TakeCallee(register);
        Release(callee);
        CallThrough(type);
    }

    // The callee, into rdi.
    private void TakeCallee(Gpr register)
    {
        if (register != Gpr.Rdi)
        {
            _code.Move(Gpr.Rdi, register, wide: true);
        }

        _code.Test(Gpr.Rdi, Gpr.Rdi, wide: true);
        _code.JumpIf(Condition.Equal, TrapLabel(TrapKind.NullFunctionReference));
    }

    // The callee is in rdi.
    private void CallThrough(FuncType type)
    {
        LoadArguments(_operands.SlotOf(type.Parameters.Length));
        int frame = EnterFrame(type);
        _code.CallAt(Gpr.Rdi, FuncOffsets.IndirectEntry);
        NoteGuarded();
        FinishCall(type, frame);
    }

    // An even number of them.
    private static readonly Gpr[] s_keptBySubtypeSites = [Gpr.Rdi, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11];

    // A function that is not of the type may be of a subtype: rdi is kept, and all that arguments may be in.
    private void EmitSubtypeSite(Site site)
    {
        foreach (Gpr register in s_keptBySubtypeSites)
        {
            _code.Push(register);
        }

        _code.Move(Gpr.Rsi, Gpr.Rdi, wide: true);
        _code.Move(Gpr.Rdi, Gpr.R14, wide: true);
        _code.MoveConstant(Gpr.Rdx, (uint)site.Register);
        _code.MoveAddress(Gpr.Rax, (delegate* unmanaged<GuestContext*, FuncData*, int, int>)&MachineCalls.IsSubtype);
        _code.CallTo(Gpr.Rax);
        for (int i = s_keptBySubtypeSites.Length - 1; i >= 0; i--)
        {
            _code.Pop(s_keptBySubtypeSites[i]);
        }

        _code.Test(Gpr.Rax, Gpr.Rax, wide: false);
        _code.JumpIf(Condition.NotEqual, site.Return);
        _code.MoveConstant(Gpr.Rdi, (ulong)TrapKind.IndirectCallMismatch);
        CallRaise();
    }

    /// <summary>Pops the arguments, and makes the callee's frame the current one.</summary>
    private int EnterFrame(FuncType type)
    {
        int frame = _operands.SlotOf(type.Parameters.Length);
        _operands.Drop(type.Parameters.Length);
        _code.Address(Gpr.Rbx, Gpr.Rbx, Gpr.None, SlotOffset(frame), wide: true);
        return frame;
    }

    private void FinishCall(FuncType type, int frame, int behind = -1)
    {
        _code.Address(Gpr.Rbx, Gpr.Rbx, Gpr.None, -SlotOffset(frame), wide: true);
        if (behind >= 0)
        {
            _code.Bind(behind);
        }

        EndCall();
        if (type.Results.Length != 1 || type.Results[0].IsVector)
        {
            PushSlots(type.Results);
            return;
        }

        SlotType result = SlotTypes.Of(type.Results[0]);
        int register = RaxOrResultRegister(result, ref Innermost);
        if (IsInteger(result))
        {
            MoveTo((Gpr)register, InTemporary(result, Gpr.Rax));
        }
        else
        {
            _code.MoveVector(register, ScratchVector);
        }

        PushRegister(result, register);
    }

    private bool TryHelper(ref Instruction instruction, int call)
    {
        if (!HelperOperation.TryFind(host, Instance, Module, ref instruction, out HelperOperation helper))
        {
            return false;
        }

        ushort* operation = Operations.Add(Encode(helper, stackalloc ushort[1 + HelperOperation.MaxUnits]));
        BeginCall(call, helper.OperandCount);
        _operands.Drop(helper.OperandCount);
        _code.Move(Gpr.Rdi, Gpr.R14, wide: true);
        _code.Move(Gpr.Rsi, Gpr.Rbx, wide: true);
        _code.MoveAddress(Gpr.Rdx, operation);
        _code.MoveAddress(Gpr.Rax, (void*)MethodOf(helper.Operation));
        _code.CallTo(Gpr.Rax);
        _code.Test(Gpr.Rax, Gpr.Rax, wide: false);
        _code.JumpIf(Condition.NotEqual, SiteLabel(SiteKind.Status));
        EndCall();
        for (int i = 0; i < helper.ResultCount; i++)
        {
            PushSlot(helper.ResultType);
        }

        if (_canonicalizesNaNs)
        {
            CanonicalizeTop(OpcodeTable.NanLanes(instruction.Opcode));
        }

        return true;
    }

    private static nint MethodOf(Op operation) => operation switch
    {
        Op.Rare => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.Rare,
        Op.VectorMemory => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.VectorMemory,
        Op.VectorLane => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.VectorLane,
        Op.Wide => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.Wide,
        Op.Shuffle => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.Shuffle,
        _ => (nint)(delegate* unmanaged<GuestContext*, ulong*, ushort*, int>)&MachineCalls.Vector,
    };
}
