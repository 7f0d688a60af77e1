using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Loads and stores, as x64.tsv has them: one instruction, where the memory is followed by addresses without memory as far as any
// address and any offset reach; otherwise with a check before it.
internal sealed unsafe partial class MachineCompiler
{
    // Greater than any width, so that the end of an access is an immediate where its offset is a displacement.
    private const ulong MaxDisplacement = int.MaxValue - 64;

    // The first memory's base is in r15 while machine code runs, which is no use where growth moves it.
    private bool _isFirstBaseKept;

    private void FindMemory() => _isFirstBaseKept = Module.Memories.Length != 0 && Instance->Memories[0]->ReservedByteLength != 0;

    private void MemorySize(uint index)
    {
        MemoryData* memory = Instance->Memories[index];
        SlotType type = Module.Memories[index].Type.Limits.Is64 ? SlotType.I64 : SlotType.I32;
        var register = (Gpr)ResultRegister(type, default, default);
        _code.LoadRaxFrom(&memory->ByteLength);
        _code.Move(register, Gpr.Rax, wide: true);
        if (memory->PageSizeLog2 != 0)
        {
            _code.ShiftConstant(Shift.RightUnsigned, register, memory->PageSizeLog2, wide: true);
        }

        PushGpr(type, register);
    }

    private void Load(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        Operand address = Pop();
        Place at = ToPlace(ref instruction, ref address);
        SlotType type = SlotTypes.OfCode(OpcodeTable.Signature(opcode).Result);
        if (at.Base == Gpr.R15 && ReadsFloat(type))
        {
            _memoryAddress = address;
            _memoryOffset = Offset;
            Push(new Operand { Kind = OperandKind.Memory, Type = type, Register = (sbyte)at.Index, Place = at.Displacement });
            return;
        }

        int register = ResultRegister(type, address, default);
        EmitAccess(opcode, Reach(at, register), 0);
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

    // Whether the next instruction takes a float that was loaded from where it lies. What it computes with is of the same type.
    private bool ReadsFloat(SlotType type) => type switch
    {
        SlotType.F32 => _nextOpcode is Opcode.F32Add or Opcode.F32Sub or Opcode.F32Mul or Opcode.F32Div,
        SlotType.F64 => _nextOpcode is Opcode.F64Add or Opcode.F64Sub or Opcode.F64Mul or Opcode.F64Div,
        _ => false,
    };

    private void Store(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
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

        Place at = ToPlace(ref instruction, ref address);
        if (isImmediate)
        {
            StoreImmediate(OpcodeTable.Width(opcode), (int)value.Bits, Reach(at, 0));
        }
        else
        {
            EmitAccess(opcode, Reach(at, value.Register), 0);
        }

        Release(value);
        Release(address);
    }

    /// <summary>Where an access goes, once it is known to be in its memory or in the guard behind that.</summary>
    /// <param name="instruction">The access.</param>
    /// <param name="address">Its operand; afterwards what has to be released behind the access.</param>
    private Place ToPlace(ref Instruction instruction, ref Operand address)
    {
        uint index = instruction.Index;
        MemoryData* memory = Instance->Memories[index];
        bool is64 = Module.Memories[index].Type.Limits.Is64;
        ulong offset = instruction.Value;
        var width = (ulong)OpcodeTable.Width(instruction.Opcode);
        var at = new Place { Memory = (int)index, Base = index == 0 && _isFirstBaseKept ? Gpr.R15 : Gpr.Rax, Index = Gpr.None };
        if (offset > MaxDisplacement)
        {
            return at with { Index = ToCheckedSum(memory, ref address, offset, width) };
        }

        if (memory->UncheckedByteLength != 0 && address.Kind == OperandKind.Constant)
        {
            ulong constant = is64 ? address.Bits : (uint)address.Bits;
            if (constant <= MaxDisplacement - offset && constant < memory->UncheckedByteLength)
            {
                return at with { Displacement = (int)(constant + offset) };
            }
        }

        at = at with { Index = ToGpr(ref address), Displacement = (int)offset };
        if (memory->UncheckedByteLength == 0)
        {
            Check(at, Module.Memories[index].Type, memory, offset + width);
        }
        else if (is64)
        {
            // What is reserved stays the same. An address beyond is beyond all that the memory can become.
            CompareWith(at.Index, memory->UncheckedByteLength - 1);
            _code.JumpIf(Condition.Above, AddressLabel(at.Index, at.Displacement));
        }

        return at;
    }

    // The address itself is compared with where the last access begins that ends in time: so no sum can overflow.
    private void Check(Place at, MemoryType type, MemoryData* memory, ulong end)
    {
        // Not what the memory's length is now: the code has to be the same once it has grown. But it never shrinks.
        ulong least = type.Limits.Minimum << type.PageSizeLog2;
        int label = AddressLabel(at.Index, at.Displacement);
        if (type.Limits.Maximum == type.Limits.Minimum && least >= end)
        {
            CompareWith(at.Index, least - end);
        }
        else
        {
            _code.LoadRaxFrom(&memory->ByteLength);
            _code.OperateConstant(Alu.Sub, Gpr.Rax, (int)end, wide: true);
            if (least < end)
            {
                _code.JumpIf(Condition.Below, label);
            }

            _code.Operate(Alu.Cmp, at.Index, Gpr.Rax, wide: true);
        }

        _code.JumpIf(Condition.Above, label);
    }

    // An offset that is no displacement: the sum in a register of its own, and where it ends in rax.
    private Gpr ToCheckedSum(MemoryData* memory, ref Operand address, ulong offset, ulong width)
    {
        Gpr sum = address.Kind == OperandKind.Temporary ? address.Gpr : AllocateGpr();
        MoveTo(sum, address);
        address = new Operand { Kind = OperandKind.Temporary, Type = SlotType.I64, Register = (sbyte)sum };
        int label = AddressLabel(sum, 0);
        _code.MoveConstant(Gpr.Rax, offset);
        _code.Operate(Alu.Add, sum, Gpr.Rax, wide: true);
        _code.JumpIf(Condition.Below, label);
        _code.LoadRaxFrom(&memory->ByteLength);
        _code.OperateConstant(Alu.Sub, Gpr.Rax, (int)width, wide: true);
        _code.JumpIf(Condition.Below, label);
        _code.Operate(Alu.Cmp, sum, Gpr.Rax, wide: true);
        _code.JumpIf(Condition.Above, label);
        return sum;
    }

    private void CompareWith(Gpr register, ulong constant)
    {
        if (constant <= int.MaxValue)
        {
            _code.OperateConstant(Alu.Cmp, register, (int)constant, wide: true);
        }
        else
        {
            _code.MoveConstant(Gpr.Rax, constant);
            _code.Operate(Alu.Cmp, register, Gpr.Rax, wide: true);
        }
    }

    private int AddressLabel(Gpr register, int displacement)
    {
        int label = SiteLabel(SiteKind.Address, TrapKind.MemoryOutOfBounds, (int)register);
        _sites[^1].Displacement = displacement;
        return label;
    }

    /// <summary>The access comes next: its base is in its register.</summary>
    private Place Reach(Place at, int register, int second = 0)
    {
        if (at.Base == Gpr.Rax)
        {
            LoadBase(Instance->Memories[at.Memory]);
        }

        return at with { Register = register, Second = second };
    }

    private void LoadBase(MemoryData* memory)
    {
        if (memory->ReservedByteLength != 0)
        {
            _code.MoveAddress(Gpr.Rax, memory->Base);
        }
        else
        {
            _code.LoadRaxFrom(&memory->Base);
        }
    }

    private void StoreImmediate(int width, int value, Place at)
    {
        switch (width)
        {
            case 1:
                _code.Memory(0xc6, 0, at.Base, at.Index, at.Displacement, wide: false);
                _code.Byte(value);
                break;
            case 2:
                _code.Byte(0x66);
                _code.Memory(0xc7, 0, at.Base, at.Index, at.Displacement, wide: false);
                _code.Byte(value);
                _code.Byte(value >> 8);
                break;
            default:
                _code.Memory(0xc7, 0, at.Base, at.Index, at.Displacement, width == sizeof(ulong));
                _code.Int32(value);
                break;
        }
    }

    private void Move(Place at, int opcode, bool wide) => _code.Memory(opcode, at.Register, at.Base, at.Index, at.Displacement, wide);

    private void MoveShort(Place at)
    {
        _code.Byte(0x66);
        Move(at, 0x89, wide: false);
    }

    private void MoveByte(Place at) => _code.Memory(0x88, at.Register, at.Base, at.Index, at.Displacement, wide: false, isByte: true);

    /// <summary>Where an access goes, and what it is of.</summary>
    private readonly record struct Place
    {
        /// <summary>Which memory.</summary>
        internal int Memory { get; init; }

        /// <summary>The register of the memory's base: r15 where that is kept, otherwise rax, just before the access.</summary>
        internal Gpr Base { get; init; }

        /// <summary>Added to the base, or none.</summary>
        internal Gpr Index { get; init; }

        /// <summary>Added to both.</summary>
        internal int Displacement { get; init; }

        /// <summary>What is loaded or stored.</summary>
        internal int Register { get; init; }

        /// <summary>The vector that a lane is loaded into.</summary>
        internal int Second { get; init; }
    }
}
