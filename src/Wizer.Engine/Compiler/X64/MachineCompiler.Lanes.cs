using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Vector instructions that name lanes, and shuffles: whatever the processor has of its own, else any bytes of one, or of both.
internal sealed unsafe partial class MachineCompiler
{
    private const int Bytes = 16;
    private const int NoByte = 0x80;

    private void Lane(Opcode opcode, int lane)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        if (signature.OperandCount == 1)
        {
            ExtractLane(opcode, SlotTypes.OfCode(signature.Result), lane);
            return;
        }

        Operand b = Pop();
        Operand a = Pop();
        bool isInteger = b.IsInteger;
        int value = isInteger ? (int)ToGpr(ref b) : ToVector(ref b);
        int vector = ToVector(ref a);
        int register = ResultRegister(SlotType.V128, a, default);
        ReplaceLane(OpcodeTable.Width(opcode), isInteger, register, vector, value, lane);
        ReleaseUnless(a, register);
        if (isInteger)
        {
            Release(b);
        }
        else
        {
            ReleaseUnless(b, register);
        }

        PushRegister(SlotType.V128, register);
    }

    private void ReplaceLane(int width, bool isInteger, int register, int vector, int value, int lane)
    {
        switch (width)
        {
            case 1:
                _code.Vex(3, Assembler.Prefix66, false, 0x20, register, vector, value);
                _code.Byte(lane);
                break;
            case 2:
                _code.Vex(1, Assembler.Prefix66, false, 0xc4, register, vector, value);
                _code.Byte(lane);
                break;
            case 4 or 8 when isInteger:
                _code.Vex(3, Assembler.Prefix66, width == 8, 0x22, register, vector, value);
                _code.Byte(lane);
                break;
            case 4:
                _code.Vex(3, Assembler.Prefix66, false, 0x21, register, vector, value);
                _code.Byte(lane << 4);
                break;
            case 8 when lane == 0:
                _code.Vex(1, Assembler.PrefixF2, false, 0x10, register, vector, value);
                break;
            default:
                _code.Vex(1, Assembler.PrefixNone, false, 0x16, register, vector, value);
                break;
        }
    }

    private void ExtractLane(Opcode opcode, SlotType type, int lane)
    {
        Operand a = Pop();
        if (!IsInteger(type))
        {
            ExtractFloat(a, type, lane);
            return;
        }

        int vector = ToVector(ref a);
        Release(a);
        var register = (Gpr)ResultRegister(type, default, default);
        switch (OpcodeTable.Width(opcode))
        {
            case 1:
                _code.Vex(3, Assembler.Prefix66, false, 0x14, vector, 0, (int)register);
                _code.Byte(lane);
                break;
            case 2:
                _code.Vex(1, Assembler.Prefix66, false, 0xc5, (int)register, 0, vector);
                _code.Byte(lane);
                break;
            default:
                if (lane == 0)
                {
                    _code.MoveFromVector(register, vector, type == SlotType.I64);
                    break;
                }

                _code.Vex(3, Assembler.Prefix66, type == SlotType.I64, 0x16, vector, 0, (int)register);
                _code.Byte(lane);
                break;
        }

        if (opcode == Opcode.I8x16ExtractLaneS)
        {
            _code.SignExtend8(register, register, wide: false);
        }
        else if (opcode == Opcode.I16x8ExtractLaneS)
        {
            _code.SignExtend16(register, register, wide: false);
        }

        PushGpr(type, register);
    }

    private void ExtractFloat(Operand a, SlotType type, int lane)
    {
        if (a.IsInRegister && lane == 0)
        {
            // What is above the lowest lane does not matter.
            a.Type = type;
            Push(a);
            return;
        }

        if (a.Kind is OperandKind.Slot or OperandKind.LocalSlot)
        {
            int loaded = ResultRegister(type, default, default);
            int width = type == SlotType.F64 ? 8 : 4;
            _code.LoadFloat(loaded, Gpr.Rbx, Gpr.None, SlotOffset(a.Place) + (width * lane), type == SlotType.F64);
            PushRegister(type, loaded);
            return;
        }

        int vector = ToVector(ref a);
        int register = ResultRegister(type, a, default);
        if (lane == 0)
        {
            _code.MoveVector(register, vector);
        }
        else if (type == SlotType.F64)
        {
            _code.Vex(1, Assembler.Prefix66, false, 0x15, register, vector, vector);
        }
        else
        {
            _code.Vex(1, Assembler.PrefixNone, false, 0xc6, register, vector, vector);
            _code.Byte(lane);
        }

        ReleaseUnless(a, register);
        PushRegister(type, register);
    }

    private void Shuffle(ulong low, ulong high)
    {
        Operand b = Pop();
        Operand a = Pop();
        Span<byte> lanes = stackalloc byte[Bytes];
        bool usesA = false;
        bool usesB = false;
        for (int i = 0; i < Bytes; i++)
        {
            lanes[i] = (byte)((i < 8 ? low : high) >> (8 * i));
            usesA |= lanes[i] < Bytes;
            usesB |= lanes[i] >= Bytes;
        }

        bool areSame = a.Kind == b.Kind && a.Kind is OperandKind.Local or OperandKind.LocalSlot
            && (a.Kind == OperandKind.Local ? a.Register == b.Register : a.Place == b.Place);
        if (!(usesA && usesB) || areSame)
        {
            foreach (ref byte lane in lanes)
            {
                lane &= Bytes - 1;
            }

            Release(usesA ? b : a);
            ShuffleOne(usesA ? a : b, lanes);
            return;
        }

        int first = ToVector(ref a);
        int second = ToVector(ref b);
        int other = AllocateVector();
        int register = ResultRegister(SlotType.V128, a.Kind == OperandKind.Temporary ? a : b, default);
        if (!TryUnpack(register, first, second, lanes) && !TryAlign(register, first, second, lanes)
            && !TryBlend(register, first, second, lanes) && !TryPickInts(register, first, second, lanes))
        {
            ulong ofA = IndicesOf(lanes, 0, ofSecond: false);
            ulong ofAHigh = IndicesOf(lanes, 8, ofSecond: false);
            _code.VexConstant(2, Assembler.Prefix66, false, 0x00, ScratchVector, first, ofA, ofAHigh);
            ulong ofB = IndicesOf(lanes, 0, ofSecond: true);
            ulong ofBHigh = IndicesOf(lanes, 8, ofSecond: true);
            _code.VexConstant(2, Assembler.Prefix66, false, 0x00, other, second, ofB, ofBHigh);
            _code.OperateBits(BitsOr, register, ScratchVector, other);
        }

        _temporaries.ReleaseVector(other);
        ReleaseUnless(a, register);
        ReleaseUnless(b, register);
        PushRegister(SlotType.V128, register);
    }

    private void ShuffleOne(Operand a, ReadOnlySpan<byte> lanes)
    {
        bool isInts = TryInts(lanes, out int ints);
        if (isInts && ints == 0xe4)
        {
            // What was the other operand is in another slot than the result's.
            if (a.Kind == OperandKind.Slot)
            {
                ToVector(ref a);
            }

            Push(a);
            return;
        }

        int vector = ToVector(ref a);
        int register = ResultRegister(SlotType.V128, a, default);
        if (isInts)
        {
            _code.Vex(1, Assembler.Prefix66, false, 0x70, register, 0, vector);
            _code.Byte(ints);
        }
        else
        {
            _code.VexConstant(
                2, Assembler.Prefix66, false, 0x00, register, vector,
                IndicesOf(lanes, 0, ofSecond: false), IndicesOf(lanes, 8, ofSecond: false));
        }

        ReleaseUnless(a, register);
        PushRegister(SlotType.V128, register);
    }

    // Whether lanes of 32 bits stay whole; two bits for each.
    private static bool TryInts(ReadOnlySpan<byte> lanes, out int ints)
    {
        ints = 0;
        for (int i = 0; i < Bytes; i++)
        {
            if ((lanes[i] & 3) != (i & 3) || lanes[i] >> 2 != lanes[i & ~3] >> 2)
            {
                return false;
            }

            ints |= ((lanes[i] >> 2) & 3) << (i >> 2 << 1);
        }

        return true;
    }

    private static ulong IndicesOf(ReadOnlySpan<byte> lanes, int start, bool ofSecond)
    {
        ulong result = 0;
        for (int i = 0; i < 8; i++)
        {
            int lane = lanes[start + i];
            result |= (ulong)(lane >= Bytes == ofSecond ? lane & (Bytes - 1) : NoByte) << (8 * i);
        }

        return result;
    }

    // Lanes of both in turns: punpckl and punpckh.
    private bool TryUnpack(int register, int first, int second, ReadOnlySpan<byte> lanes)
    {
        ReadOnlySpan<byte> opcodes = [0x60, 0x61, 0x62, 0x6c, 0x68, 0x69, 0x6a, 0x6d];
        for (int i = 0; i < 16; i++)
        {
            int width = 1 << (i & 3);
            int start = (i & 4) != 0 ? 8 : 0;
            int flip = (i & 8) != 0 ? Bytes : 0;
            bool isIt = true;
            for (int j = 0; j < Bytes && isIt; j++)
            {
                int expected = start + (j / (2 * width) * width) + (j % width) + ((j / width & 1) * Bytes);
                isIt = lanes[j] == (expected ^ flip);
            }

            if (isIt)
            {
                _code.Vex(1, Assembler.Prefix66, false, opcodes[i & 7], register, flip == 0 ? first : second, flip == 0 ? second : first);
                return true;
            }
        }

        return false;
    }

    // Sixteen bytes in a row of one behind the other: palignr.
    private bool TryAlign(int register, int first, int second, ReadOnlySpan<byte> lanes)
    {
        for (int i = 1; i < Bytes; i++)
        {
            if (lanes[i] != ((lanes[0] + i) & ((2 * Bytes) - 1)))
            {
                return false;
            }
        }

        bool isFlipped = lanes[0] >= Bytes;
        _code.Vex(3, Assembler.Prefix66, false, 0x0f, register, isFlipped ? first : second, isFlipped ? second : first);
        _code.Byte(lanes[0] & (Bytes - 1));
        return true;
    }

    // Each lane where it was, of one or the other: pblendw, pblendvb.
    private bool TryBlend(int register, int first, int second, ReadOnlySpan<byte> lanes)
    {
        int bits = 0;
        ulong low = 0;
        ulong high = 0;
        for (int i = 0; i < Bytes; i++)
        {
            if ((lanes[i] & (Bytes - 1)) != i)
            {
                return false;
            }

            if (lanes[i] >= Bytes)
            {
                bits |= 1 << i;
                low |= i < 8 ? 0xffUL << (8 * i) : 0;
                high |= i < 8 ? 0 : 0xffUL << (8 * i);
            }
        }

        if (((bits >> 1) & 0x5555) == (bits & 0x5555))
        {
            int words = 0;
            for (int i = 0; i < 8; i++)
            {
                words |= ((bits >> (2 * i)) & 1) << i;
            }

            _code.Vex(3, Assembler.Prefix66, false, 0x0e, register, first, second);
            _code.Byte(words);
            return true;
        }

        _code.VexConstant(1, Assembler.PrefixNone, false, 0x10, ScratchVector, 0, low, high);
        _code.Vex(3, Assembler.Prefix66, false, 0x4c, register, first, second);
        _code.Byte(ScratchVector << 4);
        return true;
    }

    // Two lanes of 32 bits of one, and then two of the other: shufps.
    private bool TryPickInts(int register, int first, int second, ReadOnlySpan<byte> lanes)
    {
        if (!TryInts(lanes, out int ints) || lanes[0] >> 4 != lanes[4] >> 4 || lanes[8] >> 4 != lanes[12] >> 4)
        {
            return false;
        }

        _code.Vex(1, Assembler.PrefixNone, false, 0xc6, register, lanes[0] < Bytes ? first : second, lanes[8] < Bytes ? first : second);
        _code.Byte(ints);
        return true;
    }
}
