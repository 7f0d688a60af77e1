using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Loads and stores of the first memory: one instruction, where the memory is followed by addresses without memory as far as any
// i32 and any offset reach; otherwise with a check before it.
internal sealed unsafe partial class MachineCompiler
{
    private MemoryData* _memory;
    private bool _isGuarded;

    // The base is in a register for good, so it must never move.
    private bool TryUseMemory()
    {
        _memory = Module.Memories.Length == 0 ? null : Instance->Memories[0];
        _isGuarded = false;
        if (_memory == null)
        {
            return true;
        }

        if (Module.Memories[0].Type.Limits.Is64 || _memory->ReservedByteLength == 0)
        {
            return false;
        }

        _isGuarded = MachineCode.HandlesFaults && _memory->ReservedByteLength >= MemoryData.GuardedByteLength;
        return true;
    }

    private void MemorySize(uint index)
    {
        if (Module.Memories[index].Type.Limits.Is64)
        {
            Decline();
            return;
        }

        var register = (Gpr)ResultRegister(SlotType.I32, default, default);
        _code.MoveAddress(Gpr.Rax, &Instance->Memories[index]->ByteLength);
        _code.Load(register, Gpr.Rax, 0, wide: true);
        if (Instance->Memories[index]->PageSizeLog2 != 0)
        {
            _code.ShiftConstant(Shift.RightUnsigned, register, Instance->Memories[index]->PageSizeLog2, wide: true);
        }

        PushGpr(SlotType.I32, register);
    }

    private void Access(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isStore = opcode >= Opcode.I32Store;
        if (_memory == null)
        {
            Decline();
            return;
        }

        Value value = isStore ? Pop() : default;
        Value address = Pop();
        if (isStore && !value.IsInRegister && !(value.Kind == ValueKind.Constant && IsInteger(value.Type) && TryImmediate(value, out _)))
        {
            if (IsInteger(value.Type))
            {
                ToGpr(ref value);
            }
            else
            {
                ToVector(ref value);
            }
        }

        Gpr index = ToIndex(ref address, instruction.Value, (ulong)OpcodeTable.Width(opcode), out int displacement);
        if (isStore)
        {
            Store(opcode, value, index, displacement);
            Release(value);
            Release(address);
        }
        else
        {
            Load(opcode, address, index, displacement);
        }
    }

    /// <summary>Where an access goes: the base plus a register, if any, plus a displacement.</summary>
    private Gpr ToIndex(ref Value address, ulong offset, ulong width, out int displacement)
    {
        if (_isGuarded && offset <= int.MaxValue)
        {
            if (address.Kind == ValueKind.Constant)
            {
                ulong at = (uint)address.Bits + offset;
                if (at <= int.MaxValue)
                {
                    displacement = (int)at;
                    return Gpr.None;
                }
            }

            displacement = (int)offset;
            return ToGpr(ref address);
        }

        // The sum in a register of its own, and where it ends in rax.
        displacement = 0;
        Gpr register = address.Kind == ValueKind.Temporary ? address.Gpr : AllocateGpr();
        MoveTo(register, address);
        address = new Value { Kind = ValueKind.Temporary, Type = SlotType.I64, Register = (sbyte)register };
        if (offset != 0)
        {
            _code.MoveConstant(Gpr.Rax, offset);
            _code.Operate(Alu.Add, register, Gpr.Rax, wide: true);
        }

        // Widths are small, and lengths are far from 2^64: neither sum overflows.
        _code.MoveAddress(Gpr.Rax, &_memory->ByteLength);
        _code.Load(Gpr.Rax, Gpr.Rax, 0, wide: true);
        _code.OperateConstant(Alu.Sub, Gpr.Rax, (int)width, wide: true);
        int label = SiteLabel(SiteKind.Address, TrapKind.MemoryOutOfBounds, (int)register);
        _code.JumpIf(Condition.Below, label);
        _code.Operate(Alu.Cmp, register, Gpr.Rax, wide: true);
        _code.JumpIf(Condition.Above, label);
        return register;
    }

    private void Load(Opcode opcode, Value address, Gpr index, int displacement)
    {
        // Without an index, the base is all there is.
        SlotType type = SlotTypes.OfCode(OpcodeTable.Signature(opcode).Result);
        int register = ResultRegister(type, address, default);
        switch (opcode)
        {
            case Opcode.I32Load or Opcode.I64Load32U:
                _code.Memory(0x8b, register, Gpr.R15, index, displacement, wide: false);
                break;
            case Opcode.I64Load:
                _code.Memory(0x8b, register, Gpr.R15, index, displacement, wide: true);
                break;
            case Opcode.I32Load8S or Opcode.I64Load8S:
                _code.Memory(0x0fbe, register, Gpr.R15, index, displacement, type == SlotType.I64);
                break;
            case Opcode.I32Load8U or Opcode.I64Load8U:
                _code.Memory(0x0fb6, register, Gpr.R15, index, displacement, wide: false);
                break;
            case Opcode.I32Load16S or Opcode.I64Load16S:
                _code.Memory(0x0fbf, register, Gpr.R15, index, displacement, type == SlotType.I64);
                break;
            case Opcode.I32Load16U or Opcode.I64Load16U:
                _code.Memory(0x0fb7, register, Gpr.R15, index, displacement, wide: false);
                break;
            case Opcode.I64Load32S:
                _code.Memory(0x63, register, Gpr.R15, index, displacement, wide: true);
                break;
            default:
                _code.LoadFloat(register, Gpr.R15, index, displacement, opcode == Opcode.F64Load);
                break;
        }

        if (IsInteger(type))
        {
            ReleaseUnless(address, register);
        }
        else
        {
            Release(address);
        }

        PushRegister(type, register);
    }

    private void Store(Opcode opcode, Value value, Gpr index, int displacement)
    {
        if (value.Kind == ValueKind.Constant)
        {
            StoreImmediate(opcode, (int)value.Bits, index, displacement);
            return;
        }

        int register = value.Register;
        switch (opcode)
        {
            case Opcode.I32Store or Opcode.I64Store32:
                _code.Memory(0x89, register, Gpr.R15, index, displacement, wide: false);
                break;
            case Opcode.I64Store:
                _code.Memory(0x89, register, Gpr.R15, index, displacement, wide: true);
                break;
            case Opcode.I32Store8 or Opcode.I64Store8:
                _code.Memory(0x88, register, Gpr.R15, index, displacement, wide: false, isByte: true);
                break;
            case Opcode.I32Store16 or Opcode.I64Store16:
                _code.Byte(0x66);
                _code.Memory(0x89, register, Gpr.R15, index, displacement, wide: false);
                break;
            default:
                _code.StoreFloat(register, Gpr.R15, index, displacement, opcode == Opcode.F64Store);
                break;
        }
    }

    private void StoreImmediate(Opcode opcode, int value, Gpr index, int displacement)
    {
        switch (opcode)
        {
            case Opcode.I32Store8 or Opcode.I64Store8:
                _code.Memory(0xc6, 0, Gpr.R15, index, displacement, wide: false);
                _code.Byte(value);
                break;
            case Opcode.I32Store16 or Opcode.I64Store16:
                _code.Byte(0x66);
                _code.Memory(0xc7, 0, Gpr.R15, index, displacement, wide: false);
                _code.Byte(value);
                _code.Byte(value >> 8);
                break;
            default:
                _code.Memory(0xc7, 0, Gpr.R15, index, displacement, opcode == Opcode.I64Store);
                _code.Int32(value);
                break;
        }
    }
}
