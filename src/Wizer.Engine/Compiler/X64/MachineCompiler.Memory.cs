using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Loads and stores of the first memory, as x64.tsv has them: one instruction, where the memory is followed by addresses without
// memory as far as any i32 and any offset reach; otherwise with a check before it.
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

    private void Load(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (_memory == null)
        {
            Decline();
            return;
        }

        Operand address = Pop();
        Gpr index = ToIndex(ref address, instruction.Value, (ulong)OpcodeTable.Width(opcode), out int displacement);
        SlotType type = SlotTypes.OfCode(OpcodeTable.Signature(opcode).Result);
        int register = ResultRegister(type, address, default);
        EmitAccess(opcode, new Place(register, 0, index, displacement), 0);
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

    private void Store(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (_memory == null)
        {
            Decline();
            return;
        }

        Operand value = Pop();
        Operand address = Pop();
        bool isImmediate = value.Kind == OperandKind.Constant && value.IsInteger && TryImmediate(value, out _);
        if (!value.IsInRegister && !isImmediate)
        {
            if (value.IsInteger)
            {
                ToGpr(ref value);
            }
            else
            {
                ToVector(ref value);
            }
        }

        int width = OpcodeTable.Width(opcode);
        Gpr index = ToIndex(ref address, instruction.Value, (ulong)width, out int displacement);
        if (isImmediate)
        {
            StoreImmediate(width, (int)value.Bits, index, displacement);
        }
        else
        {
            EmitAccess(opcode, new Place(value.Register, 0, index, displacement), 0);
        }

        Release(value);
        Release(address);
    }

    /// <summary>Where an access goes: the base plus a register, if any, plus a displacement.</summary>
    private Gpr ToIndex(ref Operand address, ulong offset, ulong width, out int displacement)
    {
        if (_isGuarded && offset <= int.MaxValue)
        {
            if (address.Kind == OperandKind.Constant)
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
        Gpr register = address.Kind == OperandKind.Temporary ? address.Gpr : AllocateGpr();
        MoveTo(register, address);
        address = new Operand { Kind = OperandKind.Temporary, Type = SlotType.I64, Register = (sbyte)register };
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

    private void StoreImmediate(int width, int value, Gpr index, int displacement)
    {
        switch (width)
        {
            case 1:
                _code.Memory(0xc6, 0, Gpr.R15, index, displacement, wide: false);
                _code.Byte(value);
                break;
            case 2:
                _code.Byte(0x66);
                _code.Memory(0xc7, 0, Gpr.R15, index, displacement, wide: false);
                _code.Byte(value);
                _code.Byte(value >> 8);
                break;
            default:
                _code.Memory(0xc7, 0, Gpr.R15, index, displacement, width == sizeof(ulong));
                _code.Int32(value);
                break;
        }
    }

    private void Move(Place at, int opcode, bool wide) => _code.Memory(opcode, at.Register, Gpr.R15, at.Index, at.Displacement, wide);

    private void MoveShort(Place at)
    {
        _code.Byte(0x66);
        Move(at, 0x89, wide: false);
    }

    private void MoveByte(Place at) => _code.Memory(0x88, at.Register, Gpr.R15, at.Index, at.Displacement, wide: false, isByte: true);

    /// <summary>Where an access goes, the base aside, and what it is of.</summary>
    /// <param name="Register">What is loaded or stored.</param>
    /// <param name="Second">The vector that a lane is loaded into.</param>
    /// <param name="Index">Added to the base, or none.</param>
    /// <param name="Displacement">Added to both.</param>
    private readonly record struct Place(int Register, int Second, Gpr Index, int Displacement);
}
