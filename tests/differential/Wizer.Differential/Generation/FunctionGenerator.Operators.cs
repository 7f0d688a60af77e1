using Wizer.Binary;

namespace Wizer.Differential.Generation;

// The operators of the instruction table, and accesses to memory.
internal sealed partial class FunctionGenerator
{
    private const uint MemoryIndexFlag = 0x40;

    private void Operator(ValType type)
    {
        if (type.IsRef)
        {
            Reference(type);
            return;
        }

        Opcode opcode = _random.Pick(_shape.HasRelaxedVectors && type.IsVector && _random.Chance(30)
            ? OperatorCatalog.Relaxed
            : OperatorCatalog.Operators(type, _shape.HasVectors));
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        if (OperatorCatalog.MayTrap(opcode) && !_random.Chance(_trapPercent))
        {
            HarmlessOperands(opcode, signature);
        }
        else
        {
            byte[] operands = [signature.Operand0, signature.Operand1, signature.Operand2];
            foreach (byte operand in operands.AsSpan(0, signature.OperandCount))
            {
                Value(ValType.FromCode(operand));
            }
        }

        Op(opcode);
        LaneImmediates(opcode);
        if (OperatorCatalog.NanLanes(opcode) is { } lanes)
        {
            Canonicalise(type, lanes);
        }
    }

    /// <summary>Pushes both halves of a sum, difference or product.</summary>
    private void WideOperator()
    {
        Opcode opcode = _random.Pick([Opcode.I64Add128, Opcode.I64Sub128, Opcode.I64MulWideS, Opcode.I64MulWideU]);
        for (int count = opcode is Opcode.I64Add128 or Opcode.I64Sub128 ? 4 : 2; count > 0; count--)
        {
            Value(ValType.I64);
        }

        Op(opcode);
    }

    private void LaneImmediates(Opcode opcode)
    {
        switch (OpcodeTable.Immediates(opcode))
        {
            case ImmediateKind.Lane or ImmediateKind.MemArgLane:
                Out.WriteByte((byte)_random.Below(16 / OpcodeTable.Width(opcode)));
                break;
            case ImmediateKind.Shuffle:
                for (int i = 0; i < 16; i++)
                {
                    Out.WriteByte((byte)_random.Below(32));
                }

                break;
        }
    }

    /// <summary>Operands with which a division or conversion does not trap: a divisor that is not zero, a small float.</summary>
    private void HarmlessOperands(Opcode opcode, OpcodeSignature signature)
    {
        if (signature.OperandCount == 2)
        {
            ValType type = ValType.FromCode(signature.Operand0);
            Value(type);
            if (_random.Chance(50))
            {
                // Constant: there are shortcuts for those.
                int divisor = _random.Below(7) switch
                {
                    0 => -1,
                    3 => (int)(_random.Next() >> _random.Between(32, 60)) | 1,
                    4 => _random.Pick([10, 100, 1000, 3, 7, 60, 641, int.MinValue, int.MaxValue]),
                    1 => -_random.Between(2, 1000),
                    2 => _random.Between(1, 1000),
                    _ => 1 << _random.Below(31),
                };
                Op(type == ValType.I32 ? Opcode.I32Const : Opcode.I64Const);
                Out.WriteS64(divisor);
                return;
            }

            Value(type);
            Op(type == ValType.I32 ? Opcode.I32Const : Opcode.I64Const);
            Out.WriteS64(1);
            Op(type == ValType.I32 ? Opcode.I32Or : Opcode.I64Or);
            return;
        }

        bool isSingle = signature.Operand0 == ValType.F32.Kind;
        Value(ValType.I32);
        I32Const(_random.Between(1, 20));
        bool isUnsigned = OpcodeTable.Mnemonic(opcode).EndsWith('u');
        Op(isUnsigned ? Opcode.I32ShrU : Opcode.I32ShrS);
        Op(isSingle ? Opcode.F32ConvertI32S : Opcode.F64ConvertI32S);
        Op(isSingle ? Opcode.F32Const : Opcode.F64Const);
        if (isSingle)
        {
            Out.WriteFixed32(BitConverter.SingleToUInt32Bits(0.37f));
        }
        else
        {
            Out.WriteFixed64(BitConverter.DoubleToUInt64Bits(0.37));
        }

        Op(isSingle ? Opcode.F32Mul : Opcode.F64Mul);
    }

    /// <summary>Replaces every NaN by the canonical one: <c>x == x ? x : nan</c>, lane by lane.</summary>
    private void Canonicalise(ValType type, ValType lanes)
    {
        uint scratch = Scratch(type);
        Op(Opcode.LocalTee, scratch);
        if (type.IsVector)
        {
            ulong nan = lanes == ValType.F32 ? Constants.CanonicalNan32 | ((ulong)Constants.CanonicalNan32 << 32) : Constants.CanonicalNan64;
            V128Const(nan, nan);
        }
        else if (type == ValType.F32)
        {
            Op(Opcode.F32Const);
            Out.WriteFixed32(Constants.CanonicalNan32);
        }
        else
        {
            Op(Opcode.F64Const);
            Out.WriteFixed64(Constants.CanonicalNan64);
        }

        Op(Opcode.LocalGet, scratch);
        Op(Opcode.LocalGet, scratch);
        bool isSingle = lanes == ValType.F32;
        if (type.IsVector)
        {
            Op(isSingle ? Opcode.F32x4Eq : Opcode.F64x2Eq);
            Op(Opcode.V128Bitselect);
        }
        else
        {
            Op(isSingle ? Opcode.F32Eq : Opcode.F64Eq);
            Op(Opcode.Select);
        }
    }

    private void Load(ValType type)
    {
        if (type.IsRef)
        {
            Reference(type);
            return;
        }

        IReadOnlyList<Opcode> atomics = OperatorCatalog.Atomics(type);
        Access(_random.Pick(atomics.Count != 0 && _random.Chance(25) ? atomics : OperatorCatalog.Loads(type)));
    }

    private void Store() => Access(_random.Pick(OperatorCatalog.Stores(_shape.HasVectors)));

    private void Access(Opcode opcode)
    {
        int memory = AnyMemory();
        Address(memory, OperatorCatalog.IsAtomic(opcode) ? OpcodeTable.Width(opcode) : 1);
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        if (signature.Operand1 != OpcodeSignature.Nothing)
        {
            Value(ValType.FromCode(signature.Operand1));
        }

        if (signature.Operand2 != OpcodeSignature.Nothing)
        {
            Value(ValType.FromCode(signature.Operand2));
        }

        Op(opcode);
        MemArg(opcode, memory);
        LaneImmediates(opcode);
    }

    /// <summary>An address, mostly within the smallest memory and as aligned as asked for.</summary>
    private void Address(int memory, int alignment = 1)
    {
        if (MemoryLimits(memory).Is64 && _random.Chance(2))
        {
            Value(ValType.I64);
            return;
        }

        switch (_random.Below(100))
        {
            case < 30 when alignment == 1:
                Op(Opcode.LocalGet, _random.Pick(_pointers));
                break;
            case < 50 when alignment == 1:
                // What compilers write for an element of an array.
                Op(Opcode.LocalGet, _random.Pick(_pointers));
                Op(Opcode.LocalGet, _index);
                I32Const(_random.Below(4));
                Op(Opcode.I32Shl);
                Op(Opcode.I32Add);
                break;
            case < 60:
                I32Const(_random.Below(0x8000) & -alignment);
                break;
            case 97 or 98:
                // About where the memory ends.
                Op(Opcode.MemorySize, (uint)memory);
                Narrow(MemoryLimits(memory));
                I32Const(16);
                Op(Opcode.I32Shl);
                I32Const(alignment == 1 ? _random.Between(1, 40) : alignment * _random.Between(1, 4));
                Op(Opcode.I32Sub);
                break;
            case 99 when _random.Chance(50):
                Value(ValType.I32);
                break;
            default:
                Masked(0x7fff & -alignment);
                break;
        }

        Widen(MemoryLimits(memory));
    }

    private void MemArg(Opcode opcode, int memory)
    {
        int width = OpcodeTable.Width(opcode);
        int naturalLog2 = int.Log2(width);
        bool isAtomic = OperatorCatalog.IsAtomic(opcode);
        uint flags = (uint)(isAtomic ? naturalLog2 : _random.Between(0, naturalLog2));
        Out.WriteU32(memory == 0 ? flags : flags | MemoryIndexFlag);
        if (memory != 0)
        {
            Out.WriteU32((uint)memory);
        }

        uint offset = _random.Below(100) switch
        {
            < 40 => 0,
            < 98 => (uint)_random.Below(256),
            98 when _random.Chance(70) => (uint)_random.Below(0x8000),
            _ => _random.Pick<uint>([uint.MaxValue, int.MaxValue, 1u << 31, 0x1_0000]) - (uint)_random.Below(16),
        };
        Out.WriteU32(isAtomic && _random.Chance(98) ? offset & (uint)-width : offset);
    }

    /// <summary>Points a pointer somewhere within the smallest memory.</summary>
    private void Retarget(uint pointer)
    {
        Masked(0x3fff);
        Op(Opcode.LocalSet, pointer);
    }
}
