using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// The operand stack and the registers of its entries.
internal sealed unsafe partial class MachineCompiler
{
    private const uint TemporaryGprs = (1u << (int)Gpr.Rcx) | (1u << (int)Gpr.Rdx) | (1u << (int)Gpr.Rsi) | (1u << (int)Gpr.Rdi);
    private const uint TemporaryVectors = 0x3e;
    private const int ScratchVector = 0;
    private const int NoTarget = -1;

    private Value[] _stack = new Value[64];
    private int _stackCount;

    // The slot above the top entry, as the interpreter lays them out.
    private int _top;

    private uint _freeGprs;
    private uint _freeVectors;

    // Registers of locals whose slots have the same value, from bit 16 on for vectors.
    private uint _clean;

    // The register of the local that the next instruction sets, once somebody asked for it; and whether its value is there now.
    private int _target;
    private bool _isTargetTaken;

    // A comparison on the stack is the top entry, and used up by the next instruction.
    private Value _compareA;
    private Value _compareB;

    // A vector in the memory is, too: what its address is in, and where the load is in the module.
    private Value _memoryAddress;
    private long _memoryOffset;

    private enum ValueKind : byte
    {
        Constant,

        /// <summary>In the register of a local.</summary>
        Local,

        /// <summary>In the slot of a local.</summary>
        LocalSlot,

        /// <summary>In a register of its own.</summary>
        Temporary,

        /// <summary>In its own slot.</summary>
        Slot,

        /// <summary>What a condition says of two values.</summary>
        Comparison,

        /// <summary>A vector in the memory: the base, a register if any, and a displacement.</summary>
        Memory,
    }

    private struct Value
    {
        internal ValueKind Kind;
        internal SlotType Type;

        /// <summary>The number of a general or vector register, by the type.</summary>
        internal sbyte Register;

        /// <summary>Of a comparison.</summary>
        internal Test Test;

        /// <summary>Of a comparison.</summary>
        internal Condition Condition;

        /// <summary>The slot that the value is in, if it is in one.</summary>
        internal int Place;

        /// <summary>The entry's own slot.</summary>
        internal int Slot;

        internal ulong Bits;

        /// <summary>The upper half of a vector.</summary>
        internal ulong HighBits;

        internal readonly Gpr Gpr => (Gpr)Register;

        internal readonly bool IsWide => Type is SlotType.I64 or SlotType.F64;

        internal readonly bool IsInRegister => Kind is ValueKind.Local or ValueKind.Temporary;
    }

    private static bool IsInteger(SlotType type) => type is SlotType.I32 or SlotType.I64;

    private static int SlotOffset(int slot) => slot * sizeof(ulong);

    private static Value Constant(SlotType type, ulong bits) => new() { Kind = ValueKind.Constant, Type = type, Bits = bits };

    private void Push(Value value)
    {
        if (_stackCount == _stack.Length)
        {
            var larger = new Value[2 * _stackCount];
            Array.Copy(_stack, larger, _stackCount);
            _stack = larger;
        }

        value.Slot = _top;
        _top += SlotTypes.SlotCount(value.Type);
        _stack[_stackCount++] = value;
    }

    private Value Pop()
    {
        Value value = _stack[--_stackCount];
        _top = value.Slot;
        return value;
    }

    private void PushConstant(SlotType type, ulong bits) => Push(Constant(type, bits));

    private void PushSlot(SlotType type) => Push(new Value { Kind = ValueKind.Slot, Type = type, Place = _top });

    /// <summary>Pushes a result, or has it become the local's that is set next, when it is in the register for that.</summary>
    private void PushGpr(SlotType type, Gpr register) => PushRegister(type, (int)register);

    private void PushRegister(SlotType type, int register)
    {
        if (_target == register)
        {
            _isTargetTaken = true;
            return;
        }

        Push(new Value { Kind = ValueKind.Temporary, Type = type, Register = (sbyte)register });
    }

    /// <summary>
    /// A register for a result: that of the local that is set next, unless it is one of the operands, or a temporary one. It is
    /// written only after <paramref name="a"/> has been read.
    /// </summary>
    private int ResultRegister(SlotType type, Value a, Value b, bool mayBeA = true)
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

        if (mayBeA && a.Kind == ValueKind.Temporary && IsInteger(a.Type) == IsInteger(type))
        {
            return a.Register;
        }

        return IsInteger(type) ? (int)AllocateGpr() : AllocateVector();
    }

    private static bool Reads(Value value, SlotType type, int register) =>
        value.IsInRegister && value.Register == register && IsInteger(value.Type) == IsInteger(type);

    // The value is where the local lives already.
    private void TakeTarget(int local, bool isTee)
    {
        _isTargetTaken = false;
        int register = _target;
        _target = NoTarget;
        _accessIndex++;
        if (isTee)
        {
            Push(new Value { Kind = ValueKind.Local, Type = Locals.TypeOf(local), Register = (sbyte)register });
        }
    }

    private void Dirty(bool isInteger, int register) => _clean &= ~(1u << (isInteger ? register : 16 + register));

    private Gpr AllocateGpr()
    {
        if (_freeGprs == 0)
        {
            Spill(isInteger: true);
        }

        int register = System.Numerics.BitOperations.TrailingZeroCount(_freeGprs);
        _freeGprs &= _freeGprs - 1;
        return (Gpr)register;
    }

    private int AllocateVector()
    {
        if (_freeVectors == 0)
        {
            Spill(isInteger: false);
        }

        int register = System.Numerics.BitOperations.TrailingZeroCount(_freeVectors);
        _freeVectors &= _freeVectors - 1;
        return register;
    }

    // The deepest entry will be used last.
    private void Spill(bool isInteger)
    {
        for (int i = 0; i < _stackCount; i++)
        {
            if (_stack[i].Kind == ValueKind.Temporary && IsInteger(_stack[i].Type) == isInteger)
            {
                ToSlot(ref _stack[i]);
                return;
            }
        }

        Environment.FailFast("an instruction takes more registers than there are");
    }

    /// <summary>A register that an instruction insists on; whoever has it gets another.</summary>
    private void Claim(Gpr register)
    {
        uint bit = 1u << (int)register;
        if ((_freeGprs & bit) == 0)
        {
            for (int i = 0; i < _stackCount; i++)
            {
                if (_stack[i].Kind == ValueKind.Temporary && _stack[i].Gpr == register && IsInteger(_stack[i].Type))
                {
                    // None of those that are about to be used: they are not on the stack.
                    if (_freeGprs == 0)
                    {
                        ToSlot(ref _stack[i]);
                    }
                    else
                    {
                        Gpr other = AllocateGpr();
                        _code.Move(other, register, wide: true);
                        _stack[i].Register = (sbyte)other;
                        _freeGprs |= bit;
                    }

                    break;
                }
            }
        }

        _freeGprs &= ~bit;
    }

    private void Release(Value value)
    {
        if (value.Kind == ValueKind.Temporary)
        {
            if (IsInteger(value.Type))
            {
                _freeGprs |= 1u << value.Register;
            }
            else
            {
                _freeVectors |= 1u << value.Register;
            }
        }
        else if (value.Kind == ValueKind.Comparison)
        {
            Release(_compareA);
            Release(_compareB);
        }
    }

    private void ReleaseGpr(Gpr register) => _freeGprs |= (1u << (int)register) & TemporaryGprs;

    private void ReleaseUnless(Value value, int register)
    {
        if (value.Kind == ValueKind.Temporary && value.Register != register)
        {
            Release(value);
        }
    }

    /// <summary>A popped integer in a register: its own, or a new temporary one.</summary>
    private Gpr ToGpr(ref Value value)
    {
        if (!value.IsInRegister)
        {
            Gpr register = AllocateGpr();
            MoveTo(register, value);
            value = new Value { Kind = ValueKind.Temporary, Type = value.Type, Register = (sbyte)register };
        }

        return value.Gpr;
    }

    private int ToVector(ref Value value)
    {
        if (!value.IsInRegister)
        {
            int register = AllocateVector();
            MoveToVector(register, value);
            value = new Value { Kind = ValueKind.Temporary, Type = value.Type, Register = (sbyte)register };
        }

        return value.Register;
    }

    /// <summary>An integer in a certain register; the flags stay as they are.</summary>
    private void MoveTo(Gpr register, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Constant:
                _code.MoveConstant(register, value.Type == SlotType.I32 ? (uint)value.Bits : value.Bits);
                break;
            case ValueKind.LocalSlot or ValueKind.Slot:
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

    private void MoveToVector(int register, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Constant or ValueKind.LocalSlot or ValueKind.Slot when value.Type == SlotType.V128:
                LoadVector(register, value);
                break;
            case ValueKind.Constant when value.Bits == 0:
                _code.OperateBits(0x57, register, register, register);
                break;
            case ValueKind.Constant:
                _code.MoveConstant(Gpr.Rax, value.Bits);
                _code.MoveToVector(register, Gpr.Rax, value.IsWide);
                break;
            case ValueKind.LocalSlot or ValueKind.Slot:
                _code.LoadFloat(register, Gpr.Rbx, Gpr.None, SlotOffset(value.Place), value.IsWide);
                break;
            default:
                _code.MoveVector(register, value.Register);
                break;
        }
    }

    /// <summary>Stores a value in a slot, zero-extended as the interpreter wants it. Only rax and xmm0 are used, and no flags.</summary>
    private void StoreTo(int slot, Value value)
    {
        int offset = SlotOffset(slot);
        switch (value.Kind)
        {
            case ValueKind.Constant or ValueKind.LocalSlot or ValueKind.Slot when value.Type == SlotType.V128:
                StoreVectorTo(slot, value);
                break;
            case ValueKind.Constant:
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
            case ValueKind.LocalSlot or ValueKind.Slot:
                if (value.Place != slot)
                {
                    _code.Load(Gpr.Rax, Gpr.Rbx, SlotOffset(value.Place), value.IsWide);
                    _code.Store(Gpr.Rax, Gpr.Rbx, offset, wide: true);
                }

                break;
            case ValueKind.Comparison:
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

    private void ToSlot(ref Value value)
    {
        StoreTo(value.Slot, value);
        Release(value);
        value = new Value { Kind = ValueKind.Slot, Type = value.Type, Place = value.Slot, Slot = value.Slot };
    }

    /// <summary>All entries in their slots, but for constants: where control flow meets.</summary>
    private void ToSlots()
    {
        for (int i = 0; i < _stackCount; i++)
        {
            if (_stack[i].Kind is not (ValueKind.Constant or ValueKind.Slot))
            {
                ToSlot(ref _stack[i]);
            }
        }
    }

    private void TopToSlots(int count)
    {
        for (int i = _stackCount - count; i < _stackCount; i++)
        {
            if (_stack[i].Kind != ValueKind.Slot)
            {
                ToSlot(ref _stack[i]);
            }
        }
    }

    /// <summary>The place of a local is about to be written: entries that mean what is there take it along.</summary>
    private void ReadBeforeWrite(bool isInteger, int location, int slot)
    {
        for (int i = 0; i < _stackCount; i++)
        {
            ref Value entry = ref _stack[i];
            bool isMeant = entry.Kind switch
            {
                ValueKind.Local => location >= 0 && entry.Register == location && IsInteger(entry.Type) == isInteger,
                ValueKind.LocalSlot => location < 0 && entry.Place == slot,
                _ => false,
            };
            if (!isMeant)
            {
                continue;
            }

            int own = entry.Slot;
            if ((isInteger ? _freeGprs : _freeVectors) == 0)
            {
                ToSlot(ref entry);
            }
            else if (isInteger)
            {
                Gpr register = AllocateGpr();
                MoveTo(register, entry);
                entry = new Value { Kind = ValueKind.Temporary, Type = entry.Type, Register = (sbyte)register, Slot = own };
            }
            else
            {
                int register = AllocateVector();
                MoveToVector(register, entry);
                entry = new Value { Kind = ValueKind.Temporary, Type = entry.Type, Register = (sbyte)register, Slot = own };
            }
        }
    }

    /// <inheritdoc/>
    protected override void LocalGet(int local)
    {
        sbyte location = _analysis.Locations[_accessIndex++];
        SlotType type = Locals.TypeOf(local);
        Push(location >= 0
            ? new Value { Kind = ValueKind.Local, Type = type, Register = location }
            : new Value { Kind = ValueKind.LocalSlot, Type = type, Place = Locals.SlotOf(local) });
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
        Value value = Pop();
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
            if (!(value.Kind == ValueKind.LocalSlot && value.Place == slot))
            {
                ReadBeforeWrite(isInteger, -1, slot);
                StoreTo(slot, value);
            }

            if (isTee)
            {
                // What is in a register already is best read there.
                Push(value.IsInRegister || value.Kind == ValueKind.Constant ? value
                    : new Value { Kind = ValueKind.LocalSlot, Type = type, Place = slot });
            }
            else
            {
                Release(value);
            }

            return;
        }

        if (!(value.Kind == ValueKind.Local && value.Register == location))
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
            Push(new Value { Kind = ValueKind.Local, Type = type, Register = location });
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
            Value constant = Constant(cil, cell[0]);
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
        Value value = Pop();
        if (IsInteger(value.Type))
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
