using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// The operand stack and the registers of its entries.
internal sealed unsafe partial class MachineCompiler
{
    private const int ScratchVector = 0;
    private const int NoTarget = -1;

    private readonly OperandStack _operands = new();
    private readonly TemporaryRegisters _temporaries = new();

    // Registers of locals whose slots have the same value, from bit 16 on for vectors.
    private uint _clean;

    // The register of the local that the next instruction sets, once somebody asked for it; and whether its value is there now.
    private int _target;
    private bool _isTargetTaken;

    // A comparison on the stack is the top entry, and used up by the next instruction.
    private Operand _compareA;
    private Operand _compareB;

    // A vector in the memory is, too: what its address is in, and where the load is in the module.
    private Operand _memoryAddress;
    private long _memoryOffset;

    private static bool IsInteger(SlotType type) => type is SlotType.I32 or SlotType.I64;

    private static int SlotOffset(int slot) => slot * sizeof(ulong);

    private static Operand Constant(SlotType type, ulong bits) => new() { Kind = OperandKind.Constant, Type = type, Bits = bits };

    private void Push(Operand value) => _operands.Push(value);

    private Operand Pop() => _operands.Pop();

    private void PushConstant(SlotType type, ulong bits) => Push(Constant(type, bits));

    private void PushSlot(SlotType type) => Push(new Operand { Kind = OperandKind.Slot, Type = type, Place = _operands.Top });

    /// <summary>Pushes a result, or has it become the local's that is set next, when it is in the register for that.</summary>
    private void PushGpr(SlotType type, Gpr register) => PushRegister(type, (int)register);

    private void PushRegister(SlotType type, int register)
    {
        if (_target == register)
        {
            _isTargetTaken = true;
            return;
        }

        Push(new Operand { Kind = OperandKind.Temporary, Type = type, Register = (sbyte)register });
    }

    /// <summary>
    /// A register for a result: that of the local that is set next, unless it is one of the operands, or a temporary one. It is
    /// written only after <paramref name="a"/> has been read.
    /// </summary>
    private int ResultRegister(SlotType type, Operand a, Operand b, bool mayBeA = true)
    {
        if (_nextOpcode is Opcode.LocalSet or Opcode.LocalTee && Locals.TypeOf(_nextLocal) == type)
        {
            sbyte location = _analysis.Locations[_accessIndex];
            if (location >= 0 && !Reads(b, type, location) && (mayBeA || !Reads(a, type, location)))
            {
                ReadBeforeWrite(IsInteger(type), location, -1);
                _target = location;
                Dirty(IsInteger(type), location);
                return location;
            }
        }

        if (mayBeA && a.Kind == OperandKind.Temporary && a.IsInteger == IsInteger(type) && !IsInRax(a))
        {
            return a.Register;
        }

        return IsInteger(type) ? (int)AllocateGpr() : AllocateVector();
    }

    // The same, or rax, where the next instruction takes the result from there; b is read after rax is written.
    private int LeafRegister(SlotType type, Operand a, Operand b)
    {
        if (a.Kind != OperandKind.Temporary && _operands.Count > 0
            && _operands[_operands.Count - 1] is { Kind: OperandKind.Temporary, IsInteger: true } && IsAddedNext)
        {
            // That one's register is kept.
            return (int)Gpr.Rax;
        }

        if (!IsInRax(b) && IsTakenInRax(type, ref Innermost))
        {
            return (int)Gpr.Rax;
        }

        return ResultRegister(type, a, b);
    }

    // A register for what is in rax while no entry of the stack has a register of its own: rax, where the next instruction takes it there.
    private int RaxOrResultRegister(SlotType type, ref Block label) =>
        IsInteger(type) && (IsAddedNext || IsTakenInRax(type, ref label)) ? (int)Gpr.Rax : ResultRegister(type, default, default);

    private static Operand InTemporary(SlotType type, Gpr register) =>
        new() { Kind = OperandKind.Temporary, Type = type, Register = (sbyte)register };

    private static bool IsInRax(Operand value) => value is { Kind: OperandKind.Temporary, IsInteger: true, Gpr: Gpr.Rax };

    // Whether the next instruction is one that takes rax as well as any register, and combines it with the entry below.
    private bool IsAddedNext =>
        _nextOpcode is Opcode.I32Add or Opcode.I32Sub or Opcode.I32Or or Opcode.I32Xor
            or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Or or Opcode.I64Xor;

    // Whether the next instruction ends a part of a block, which the label is of, or the function, and moves the result to rax.
    private bool IsTakenInRax(SlotType type, ref Block label) =>
        IsInteger(type) && _nextOpcode switch
        {
            Opcode.Return => _results.Length == 1,
            Opcode.End or Opcode.Else => label.Kind == BlockKind.Function ? _results.Length == 1 : IsResultInRax(ref label),
            _ => false,
        };

    private static bool Reads(Operand value, SlotType type, int register) =>
        value.IsInRegister && value.Register == register && value.IsInteger == IsInteger(type);

    // The value is where the local lives already.
    private void TakeTarget(int local, bool isTee)
    {
        _isTargetTaken = false;
        int register = _target;
        _target = NoTarget;
        _accessIndex++;
        if (isTee)
        {
            Push(new Operand { Kind = OperandKind.Local, Type = Locals.TypeOf(local), Register = (sbyte)register });
        }
    }

    private void Dirty(bool isInteger, int register) => _clean &= ~(1u << (isInteger ? register : 16 + register));

    private Gpr AllocateGpr()
    {
        Spare(isInteger: true);
        return _temporaries.TakeGpr();
    }

    private int AllocateVector()
    {
        Spare(isInteger: false);
        return _temporaries.TakeVector();
    }

    // Sees to it that a register is free.
    private void Spare(bool isInteger)
    {
        if (_temporaries.HasFree(isInteger))
        {
            return;
        }

        int deepest = _operands.DeepestTemporary(isInteger);
        if (deepest < 0)
        {
            Environment.FailFast("an instruction takes more registers than there are");
        }

        ToSlot(ref _operands[deepest]);
    }

    /// <summary>A register that an instruction insists on; whoever has it gets another.</summary>
    private void Claim(Gpr register)
    {
        // None of those that are about to be used: they are not on the stack.
        int holder = _temporaries.IsFree(register) ? -1 : _operands.HeldBy(isInteger: true, (int)register);
        if (holder >= 0 && !_temporaries.HasFree(isInteger: true))
        {
            ToSlot(ref _operands[holder]);
        }
        else if (holder >= 0)
        {
            Gpr other = AllocateGpr();
            _code.Move(other, register, wide: true);
            _operands[holder].Register = (sbyte)other;
        }

        _temporaries.Take(register);
    }

    private void Release(Operand value)
    {
        if (value.Kind == OperandKind.Temporary)
        {
            if (value.IsInteger)
            {
                ReleaseGpr(value.Gpr);
            }
            else
            {
                _temporaries.ReleaseVector(value.Register);
            }
        }
        else if (value.Kind == OperandKind.Comparison)
        {
            Release(_compareA);
            Release(_compareB);
        }
    }

    private void ReleaseGpr(Gpr register) => _temporaries.Release(register);

    private void ReleaseUnless(Operand value, int register)
    {
        if (value.Kind == OperandKind.Temporary && value.Register != register)
        {
            Release(value);
        }
    }

    /// <summary>A popped integer in a register: its own, or a new temporary one.</summary>
    private Gpr ToGpr(ref Operand value)
    {
        if (!value.IsInRegister)
        {
            Gpr register = AllocateGpr();
            MoveTo(register, value);
            value = new Operand { Kind = OperandKind.Temporary, Type = value.Type, Register = (sbyte)register };
        }

        return value.Gpr;
    }

    private int ToVector(ref Operand value)
    {
        if (!value.IsInRegister)
        {
            int register = AllocateVector();
            MoveToVector(register, value);
            value = new Operand { Kind = OperandKind.Temporary, Type = value.Type, Register = (sbyte)register };
        }

        return value.Register;
    }

    /// <summary>An integer in a certain register; the flags stay as they are.</summary>
    private void MoveTo(Gpr register, Operand value)
    {
        switch (value.Kind)
        {
            case OperandKind.Constant:
                _code.MoveConstant(register, value.Type == SlotType.I32 ? (uint)value.Bits : value.Bits);
                break;
            case OperandKind.LocalSlot or OperandKind.Slot:
                _code.Load(register, Gpr.Rbx, SlotOffset(value.Place), value.IsWide);
                break;
            default:
                if (value.Gpr != register)
                {
                    _code.Move(register, value.Gpr, value.IsWide);
                }

                break;
        }
    }

    private void MoveToVector(int register, Operand value)
    {
        switch (value.Kind)
        {
            case OperandKind.Constant or OperandKind.LocalSlot or OperandKind.Slot when value.Type == SlotType.V128:
                LoadVector(register, value);
                break;
            case OperandKind.Constant when value.Bits == 0:
                _code.OperateBits(0x57, register, register, register);
                break;
            case OperandKind.Constant:
                _code.OperateFloatsConstant(MoveFloat, register, 0, value.Bits, value.IsWide);
                break;
            case OperandKind.LocalSlot or OperandKind.Slot:
                _code.LoadFloat(register, Gpr.Rbx, Gpr.None, SlotOffset(value.Place), value.IsWide);
                break;
            default:
                _code.MoveVector(register, value.Register);
                break;
        }
    }

    /// <summary>Stores a value in a slot, zero-extended as the interpreter wants it. Only rax and xmm0 are used, and no flags.</summary>
    private void StoreTo(int slot, Operand value)
    {
        int offset = SlotOffset(slot);
        switch (value.Kind)
        {
            case OperandKind.Constant or OperandKind.LocalSlot or OperandKind.Slot when value.Type == SlotType.V128:
                StoreVectorTo(slot, value);
                break;
            case OperandKind.Constant:
                ulong bits = value.IsWide ? value.Bits : (uint)value.Bits;
                if ((long)bits == (int)bits)
                {
                    _code.StoreConstant(Gpr.Rbx, offset, (int)bits);
                }
                else
                {
                    _code.MoveConstant(Gpr.Rax, bits);
                    _code.Store(Gpr.Rax, Gpr.Rbx, offset, wide: true);
                }

                break;
            case OperandKind.LocalSlot or OperandKind.Slot:
                if (value.Place != slot)
                {
                    _code.Load(Gpr.Rax, Gpr.Rbx, SlotOffset(value.Place), value.IsWide);
                    _code.Store(Gpr.Rax, Gpr.Rbx, offset, wide: true);
                }

                break;
            case OperandKind.Comparison:
                Environment.FailFast("a comparison is on the stack where it cannot be");
                break;
            default:
                StoreRegister(slot, value.Type, value.Register);
                break;
        }
    }

    private void StoreRegister(int slot, SlotType type, int register)
    {
        switch (type)
        {
            case SlotType.I32 or SlotType.I64:
                _code.Store((Gpr)register, Gpr.Rbx, SlotOffset(slot), wide: true);
                break;
            case SlotType.F32:
                // With zeros above.
                _code.MoveFromVector(Gpr.Rax, register, wide: false);
                _code.Store(Gpr.Rax, Gpr.Rbx, SlotOffset(slot), wide: true);
                break;
            case SlotType.V128:
                _code.StoreVector(register, Gpr.Rbx, Gpr.None, SlotOffset(slot));
                break;
            default:
                _code.StoreFloat(register, Gpr.Rbx, Gpr.None, SlotOffset(slot), isDouble: true);
                break;
        }
    }

    private void ToSlot(ref Operand value)
    {
        StoreTo(value.Slot, value);
        Release(value);
        value = new Operand { Kind = OperandKind.Slot, Type = value.Type, Place = value.Slot, Slot = value.Slot };
    }

    /// <summary>All entries in their slots, but for constants: where control flow meets.</summary>
    private void ToSlots()
    {
        for (int i = 0; i < _operands.Count; i++)
        {
            if (_operands[i].Kind is not (OperandKind.Constant or OperandKind.Slot))
            {
                ToSlot(ref _operands[i]);
            }
        }
    }

    private void TopToSlots(int count)
    {
        for (int i = _operands.Count - count; i < _operands.Count; i++)
        {
            if (_operands[i].Kind != OperandKind.Slot)
            {
                ToSlot(ref _operands[i]);
            }
        }
    }

    /// <summary>The place of a local is about to be written: entries that mean what is there take it along.</summary>
    private void ReadBeforeWrite(bool isInteger, int location, int slot)
    {
        for (int i = 0; i < _operands.Count; i++)
        {
            ref Operand entry = ref _operands[i];
            bool isMeant = entry.Kind switch
            {
                OperandKind.Local => location >= 0 && entry.Register == location && entry.IsInteger == isInteger,
                OperandKind.LocalSlot => location < 0 && entry.Place == slot,
                _ => false,
            };
            if (!isMeant)
            {
                continue;
            }

            int own = entry.Slot;
            if (!_temporaries.HasFree(isInteger))
            {
                ToSlot(ref entry);
            }
            else if (isInteger)
            {
                Gpr register = AllocateGpr();
                MoveTo(register, entry);
                entry = new Operand { Kind = OperandKind.Temporary, Type = entry.Type, Register = (sbyte)register, Slot = own };
            }
            else
            {
                int register = AllocateVector();
                MoveToVector(register, entry);
                entry = new Operand { Kind = OperandKind.Temporary, Type = entry.Type, Register = (sbyte)register, Slot = own };
            }
        }
    }

    /// <inheritdoc/>
    protected override void LocalGet(int local)
    {
        sbyte location = _analysis.Locations[_accessIndex++];
        SlotType type = Locals.TypeOf(local);
        Push(location >= 0
            ? new Operand { Kind = OperandKind.Local, Type = type, Register = location }
            : new Operand { Kind = OperandKind.LocalSlot, Type = type, Place = Locals.SlotOf(local) });
    }

    /// <inheritdoc/>
    protected override void LocalSet(int local) => Assign(local, isTee: false);

    /// <inheritdoc/>
    protected override void LocalTee(int local) => Assign(local, isTee: true);

    private void Assign(int local, bool isTee)
    {
        if (_isTargetTaken)
        {
            TakeTarget(local, isTee);
            return;
        }

        sbyte location = _analysis.Locations[_accessIndex++];
        SlotType type = Locals.TypeOf(local);
        bool isInteger = IsInteger(type);
        Operand value = Pop();
        if (location == LocalAnalysis.Dead)
        {
            if (isTee)
            {
                Push(value);
            }
            else
            {
                Release(value);
            }

            return;
        }

        if (location < 0)
        {
            int slot = Locals.SlotOf(local);
            if (!(value.Kind == OperandKind.LocalSlot && value.Place == slot))
            {
                ReadBeforeWrite(isInteger, -1, slot);
                StoreTo(slot, value);
            }

            if (isTee)
            {
                // What is in a register already is best read there.
                Push(value.IsInRegister || value.Kind == OperandKind.Constant ? value
                    : new Operand { Kind = OperandKind.LocalSlot, Type = type, Place = slot });
            }
            else
            {
                Release(value);
            }

            return;
        }

        if (!(value.Kind == OperandKind.Local && value.Register == location))
        {
            ReadBeforeWrite(isInteger, location, -1);
            if (isInteger)
            {
                MoveTo((Gpr)location, value);
            }
            else
            {
                MoveToVector(location, value);
            }
        }

        // Also when it was there already: what the slot has may be another local's.
        Dirty(isInteger, location);
        Release(value);
        if (isTee)
        {
            Push(new Operand { Kind = OperandKind.Local, Type = type, Register = location });
        }
    }

    /// <summary>Loads a local from its slot into where it lives.</summary>
    private void LoadHome(int local, sbyte location)
    {
        if (location < 0)
        {
            return;
        }

        SlotType type = Locals.TypeOf(local);
        int offset = SlotOffset(Locals.SlotOf(local));
        if (IsInteger(type))
        {
            _code.Load((Gpr)location, Gpr.Rbx, offset, type == SlotType.I64);
            _clean |= 1u << location;
        }
        else
        {
            LoadVectorOrFloat(type, location, Gpr.Rbx, offset);
            _clean |= 1u << (16 + location);
        }
    }

    // An immutable global is a constant by the time any code runs.
    private void GlobalGet(uint index)
    {
        GlobalType type = Module.Globals[index].Type;
        SlotType cil = SlotTypes.Of(type.Value);
        ulong* cell = Instance->Globals[index];
        if (!type.IsMutable)
        {
            Operand constant = Constant(cil, cell[0]);
            constant.HighBits = cil == SlotType.V128 ? cell[1] : 0;
            Push(constant);
            return;
        }

        int register = ResultRegister(cil, default, default);
        _code.MoveAddress(Gpr.Rax, cell);
        if (IsInteger(cil))
        {
            _code.Load((Gpr)register, Gpr.Rax, 0, cil == SlotType.I64);
        }
        else
        {
            LoadVectorOrFloat(cil, register, Gpr.Rax, 0);
        }

        PushRegister(cil, register);
    }

    private void GlobalSet(uint index)
    {
        Operand value = Pop();
        if (value.IsInteger)
        {
            Gpr register = ToGpr(ref value);
            _code.MoveAddress(Gpr.Rax, Instance->Globals[index]);
            _code.Store(register, Gpr.Rax, 0, wide: true);
        }
        else
        {
            int register = ToVector(ref value);
            _code.MoveAddress(Gpr.Rax, Instance->Globals[index]);
            if (value.Type == SlotType.V128)
            {
                _code.StoreVector(register, Gpr.Rax, Gpr.None, 0);
            }
            else
            {
                if (value.Type == SlotType.F32)
                {
                    _code.StoreConstant(Gpr.Rax, 0, 0);
                }

                _code.StoreFloat(register, Gpr.Rax, Gpr.None, 0, value.IsWide);
            }
        }

        Release(value);
    }
}
