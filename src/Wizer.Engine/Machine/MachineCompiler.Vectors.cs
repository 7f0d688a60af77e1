using Wizer.Binary;

namespace Wizer.Engine;

// Vectors: in slots they take two, in registers one. A result is one of the interpreter's, bit for bit.
internal sealed unsafe partial class MachineCompiler
{
    /// <summary>Whether a vector instruction calls nothing.</summary>
    private static bool IsInlineVector(ref Instruction instruction) => instruction.Opcode switch
    {
        Opcode.V128Const => true,
        Opcode.V128Load or Opcode.V128Store => instruction.Index == 0,
        _ => false,
    };

    private void EmitVector(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.V128Const:
                Push(new Value
                {
                    Kind = ValueKind.Constant, Type = CilType.V128, Bits = instruction.Value, HighBits = instruction.ValueHigh,
                });
                break;
            default:
                AccessVector(ref instruction);
                break;
        }
    }

    /// <summary>A vector that is in no register.</summary>
    private void LoadVector(int register, Value value)
    {
        if (value.Kind != ValueKind.Constant)
        {
            _code.LoadVector(register, Gpr.Rbx, Gpr.None, SlotOffset(value.Place));
        }
        else if ((value.Bits | value.HighBits) == 0)
        {
            _code.OperateBits(BitsXor, register, register, register);
        }
        else
        {
            _code.VexConstant(1, Assembler.PrefixNone, false, 0x10, register, 0, value.Bits, value.HighBits);
        }
    }

    // Entries may move down onto half of themselves: they are read as a whole before.
    private void StoreVectorTo(int slot, Value value)
    {
        if (value.Kind == ValueKind.Constant || value.Place != slot)
        {
            LoadVector(ScratchVector, value);
            _code.StoreVector(ScratchVector, Gpr.Rbx, Gpr.None, SlotOffset(slot));
        }
    }

    private void LoadVectorOrFloat(CilType type, int register, Gpr at, int displacement)
    {
        if (type == CilType.V128)
        {
            _code.LoadVector(register, at, Gpr.None, displacement);
        }
        else
        {
            _code.LoadFloat(register, at, Gpr.None, displacement, type == CilType.F64);
        }
    }

    private void AccessVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isStore = opcode == Opcode.V128Store;
        if (_memory == null)
        {
            _isSupported = false;
            return;
        }

        Value value = isStore ? Pop() : default;
        Value address = Pop();
        if (isStore)
        {
            ToVector(ref value);
        }

        Gpr index = ToIndex(ref address, instruction.Value, (ulong)OpcodeTable.Width(opcode), out int displacement);
        if (isStore)
        {
            _code.StoreVector(value.Register, Gpr.R15, index, displacement);
            Release(value);
            Release(address);
            return;
        }

        int register = ResultRegister(CilType.V128, default, default);
        _code.LoadVector(register, Gpr.R15, index, displacement);
        Release(address);
        PushRegister(CilType.V128, register);
    }

    /// <summary>The top entry, in a slot, with the positive canonical NaN in the place of any other.</summary>
    private void CanonicalizeTop(NanLanes lanes)
    {
        if (lanes is NanLanes.F32x4 or NanLanes.F64x2)
        {
            Value value = Pop();
            Canonicalize(ToVector(ref value), lanes);
            Push(value);
        }
    }

    // Only of temporary registers, and those of locals that are written now.
    private void Canonicalize(int register, NanLanes lanes)
    {
        const int CompareLanes = 0xc2;
        const int Unordered = 3;
        bool isDouble = lanes == NanLanes.F64x2;
        _code.Vex(1, isDouble ? Assembler.Prefix66 : Assembler.PrefixNone, false, CompareLanes, ScratchVector, register, register);
        _code.Byte(Unordered);
        ulong nan = isDouble ? 0x7ff8_0000_0000_0000UL : 0x7fc0_0000_7fc0_0000UL;
        _code.VexConstant(3, Assembler.Prefix66, false, isDouble ? 0x4b : 0x4a, register, register, nan, nan, immediateByteLength: 1);
        _code.Byte(ScratchVector << 4);
    }
}
