using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>The fast loop: the plain cases of frequent instructions, everything else left to <see cref="Step"/>.</summary>
internal sealed partial class FunctionValidator
{
    // The stack pointer and the floor live in locals here; the fields are brought up to date before anything else runs.
    // A case that finds its instruction not plain says `break`, which ends at the slow path; a handled one says `continue`.
    private int Run(ReadOnlySpan<byte> body, int position, int baseOffset)
    {
        uint[] signatures = s_signatures;
        ReadOnlySpan<byte> widths = OpcodeTable.Widths;
        byte[] shapes = _shapes;
        FuncType[] funcs = _context.Funcs;
        ValType[] locals = _expandedLocals;
        int localCount = _expandedLocalCount;
        ValType[] operands = _operands;
        int height = _height;
        int floor = _floor;
        while (true)
        {
            int next = position;
            if ((uint)next < (uint)body.Length)
            {
                uint opcode = body[next++];
                switch ((Shape)shapes[opcode])
                {
                    case Shape.Block:
                        {
                            if ((uint)next >= (uint)body.Length)
                            {
                                break;
                            }

                            uint type = body[next++];
                            if (type != EmptyBlockCode && type - NumberCodes > 3)
                            {
                                break;
                            }

                            _height = height;
                            PushFrame(
                                opcode == (uint)Opcode.Block ? FrameKind.Block : FrameKind.Loop,
                                ControlFrame.NoType,
                                type == EmptyBlockCode ? ValType.Bottom : ValType.FromCode((byte)type),
                                height);
                            floor = height;
                            position = next;
                            continue;
                        }

                    case Shape.If:
                        {
                            if ((uint)next >= (uint)body.Length || height <= floor || operands[height - 1] != ValType.I32)
                            {
                                break;
                            }

                            uint type = body[next++];
                            if (type != EmptyBlockCode && type - NumberCodes > 3)
                            {
                                break;
                            }

                            height--;
                            _height = height;
                            PushFrame(
                                FrameKind.If,
                                ControlFrame.NoType,
                                type == EmptyBlockCode ? ValType.Bottom : ValType.FromCode((byte)type),
                                height);
                            floor = height;
                            position = next;
                            continue;
                        }

                    case Shape.End:
                        {
                            ref ControlFrame frame = ref _frames[_depth - 1];
                            if (frame.TypeIndex >= 0 || frame.SetLocalCount != _setLocalCount || _depth == 1)
                            {
                                break;
                            }

                            // Nothing to be done for the result of a block: it stays where it is.
                            if (frame.Result.IsBottom)
                            {
                                if (height != floor)
                                {
                                    break;
                                }
                            }
                            else if (frame.Kind == FrameKind.If || height != floor + 1 || operands[height - 1] != frame.Result)
                            {
                                break;
                            }

                            _depth--;
                            floor = _frames[_depth - 1].Height;
                            _floor = floor;
                            position = next;
                            continue;
                        }

                    case Shape.Br:
                        {
                            if ((uint)next >= (uint)body.Length)
                            {
                                break;
                            }

                            uint label = body[next++];
                            if (label >= 0x80 || label >= (uint)_depth)
                            {
                                break;
                            }

                            ref ControlFrame frame = ref _frames[_depth - 1 - (int)label];
                            bool isConditional = opcode == (uint)Opcode.BrIf;
                            int top = height - 1;
                            if (isConditional && (top < floor || operands[top--] != ValType.I32))
                            {
                                break;
                            }

                            if (frame.TypeIndex >= 0)
                            {
                                break;
                            }

                            if (!frame.Result.IsBottom && frame.Kind != FrameKind.Loop && (top < floor || operands[top] != frame.Result))
                            {
                                break;
                            }

                            if (isConditional)
                            {
                                height--;
                            }
                            else
                            {
                                height = floor;
                                _frames[_depth - 1].IsUnreachable = true;
                            }

                            position = next;
                            continue;
                        }

                    case Shape.Call:
                        {
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)funcs.Length)
                            {
                                break;
                            }

                            FuncType type = funcs[index];
                            ValType[] parameters = type.ParameterArray;
                            int below = height - parameters.Length;
                            if (below < floor || !Equal(operands, below, parameters))
                            {
                                break;
                            }

                            ValType[] results = type.ResultArray;
                            if (results.Length > 1 || below >= operands.Length)
                            {
                                break;
                            }

                            height = below;
                            if (results.Length == 1)
                            {
                                operands[height++] = results[0];
                            }

                            position = next;
                            continue;
                        }

                    case Shape.Drop:
                        if (height <= floor)
                        {
                            break;
                        }

                        height--;
                        position = next;
                        continue;

                    case Shape.Select:
                        {
                            int first = height - 3;
                            if (first < floor || operands[first + 2] != ValType.I32 || operands[first] != operands[first + 1]
                                || !operands[first].IsNumber)
                            {
                                break;
                            }

                            height = first + 1;
                            position = next;
                            continue;
                        }

                    case Shape.LocalGet:
                        {
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)localCount
                                || (uint)height >= (uint)operands.Length)
                            {
                                break;
                            }

                            ValType type = locals[index];
                            if (!type.IsDefaultable)
                            {
                                break;
                            }

                            operands[height++] = type;
                            position = next;
                            continue;
                        }

                    case Shape.LocalSet:
                        {
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)localCount || height <= floor)
                            {
                                break;
                            }

                            ValType type = locals[index];
                            if (operands[height - 1] != type || !type.IsDefaultable)
                            {
                                break;
                            }

                            height--;
                            position = next;
                            continue;
                        }

                    case Shape.LocalTee:
                        {
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)localCount || height <= floor)
                            {
                                break;
                            }

                            ValType type = locals[index];
                            if (operands[height - 1] != type || !type.IsDefaultable)
                            {
                                break;
                            }

                            position = next;
                            continue;
                        }

                    case Shape.GlobalGet:
                        {
                            GlobalInfo[] globals = _module.Globals;
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)globals.Length
                                || (uint)height >= (uint)operands.Length)
                            {
                                break;
                            }

                            operands[height++] = globals[index].Type.Value;
                            position = next;
                            continue;
                        }

                    case Shape.GlobalSet:
                        {
                            GlobalInfo[] globals = _module.Globals;
                            if (!TryReadU32(body, ref next, out uint index) || index >= (uint)globals.Length || height <= floor)
                            {
                                break;
                            }

                            ref GlobalInfo global = ref globals[index];
                            if (!global.Type.IsMutable || operands[height - 1] != global.Type.Value)
                            {
                                break;
                            }

                            height--;
                            position = next;
                            continue;
                        }

                    case Shape.Load:
                        {
                            if (!TryReadMemArg(body, ref next, widths[(int)opcode]) || height <= floor
                                || operands[height - 1] != ValType.I32)
                            {
                                break;
                            }

                            operands[height - 1] = ValType.FromCode((byte)(signatures[opcode] >> 24));
                            position = next;
                            continue;
                        }

                    case Shape.Store:
                        {
                            int below = height - 2;
                            if (!TryReadMemArg(body, ref next, widths[(int)opcode]) || below < floor
                                || operands[below + 1] != ValType.FromCode((byte)(signatures[opcode] >> 8))
                                || operands[below] != ValType.I32)
                            {
                                break;
                            }

                            height = below;
                            position = next;
                            continue;
                        }

                    case Shape.I32Const:
                        if (!TrySkipLeb(body, ref next, maxLength: 4) || (uint)height >= (uint)operands.Length)
                        {
                            break;
                        }

                        operands[height++] = ValType.I32;
                        position = next;
                        continue;

                    case Shape.I64Const:
                        if (!TrySkipLeb(body, ref next, maxLength: 9) || (uint)height >= (uint)operands.Length)
                        {
                            break;
                        }

                        operands[height++] = ValType.I64;
                        position = next;
                        continue;

                    case Shape.Unary:
                        {
                            uint signature = signatures[opcode];
                            int top = height - 1;
                            if (top < floor || operands[top] != ValType.FromCode((byte)signature))
                            {
                                break;
                            }

                            operands[top] = ValType.FromCode((byte)(signature >> 24));
                            position = next;
                            continue;
                        }

                    case Shape.Binary:
                        {
                            uint signature = signatures[opcode];
                            int below = height - 2;
                            if (below < floor || operands[below + 1] != ValType.FromCode((byte)(signature >> 8))
                                || operands[below] != ValType.FromCode((byte)signature))
                            {
                                break;
                            }

                            operands[below] = ValType.FromCode((byte)(signature >> 24));
                            height = below + 1;
                            position = next;
                            continue;
                        }
                }
            }

            _height = height;
            position = StepAt(body, position, baseOffset);
            height = _height;
            floor = _floor;
            operands = _operands;
            if (_depth == 0)
            {
                return position;
            }
        }
    }

    private const uint EmptyBlockCode = 0x40;

    // f64, f32, i64, i32.
    private const uint NumberCodes = 0x7c;

    // Of the one-byte opcodes, each in one load.
    private static readonly uint[] s_signatures = CopySignatures();
    private static readonly byte[] s_shapes = FindShapes();

    /// <summary>What the loop does for an opcode.</summary>
    private enum Shape : byte
    {
        // Whatever has no shape, and every opcode before its first use, which has to be noted.
        Slow,
        Block,
        If,
        End,
        Br,
        Call,
        Drop,
        Select,
        LocalGet,
        LocalSet,
        LocalTee,
        GlobalGet,
        GlobalSet,
        Load,
        Store,
        I32Const,
        I64Const,
        Unary,
        Binary,
    }

    private static uint[] CopySignatures()
    {
        var signatures = new uint[256];
        for (int i = 0; i < signatures.Length; i++)
        {
            signatures[i] = OpcodeTable.Signature((Opcode)i).Packed;
        }

        return signatures;
    }

    private static byte[] FindShapes()
    {
        var shapes = new byte[256];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = (byte)ShapeOf((Opcode)i);
        }

        return shapes;
    }

    private static Shape ShapeOf(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop:
                return Shape.Block;
            case Opcode.If:
                return Shape.If;
            case Opcode.End:
                return Shape.End;
            case Opcode.Br or Opcode.BrIf:
                return Shape.Br;
            case Opcode.Call:
                return Shape.Call;
            case Opcode.Drop:
                return Shape.Drop;
            case Opcode.Select:
                return Shape.Select;
            case Opcode.I32Const:
                return Shape.I32Const;
            case Opcode.I64Const:
                return Shape.I64Const;
            case Opcode.LocalGet:
                return Shape.LocalGet;
            case Opcode.LocalSet:
                return Shape.LocalSet;
            case Opcode.LocalTee:
                return Shape.LocalTee;
            case Opcode.GlobalGet:
                return Shape.GlobalGet;
            case Opcode.GlobalSet:
                return Shape.GlobalSet;
        }

        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        switch (OpcodeTable.Immediates(opcode))
        {
            case ImmediateKind.MemArg:
                return signature.Result == OpcodeSignature.Nothing ? Shape.Store : Shape.Load;

            case ImmediateKind.None when signature.IsRegular && signature.Result != OpcodeSignature.Nothing:
                return signature.OperandCount == 1 ? Shape.Unary : Shape.Binary;

            default:
                return Shape.Slow;
        }
    }

    private static bool Equal(ValType[] operands, int start, ValType[] types)
    {
        for (int i = 0; i < types.Length; i++)
        {
            if (operands[start + i] != types[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads an integer of up to four bytes, which cannot be too long or too large; longer ones are not plain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadU32(ReadOnlySpan<byte> body, ref int position, out uint value)
    {
        int at = position;
        if ((uint)at < (uint)body.Length)
        {
            value = body[at];
            if (value < 0x80)
            {
                position = at + 1;
                return true;
            }

            if ((uint)(at + 1) < (uint)body.Length && body[at + 1] < 0x80)
            {
                value = (value & 0x7f) | ((uint)body[at + 1] << 7);
                position = at + 2;
                return true;
            }
        }

        // By value: a position whose address is taken would leave its register.
        ulong result = ReadU32Long(body, position);
        value = (uint)result;
        position += (int)(result >> 32);
        return result != 0;
    }

    /// <returns>The value, and above it the length; 0 when it is not plain.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ReadU32Long(ReadOnlySpan<byte> body, int position)
    {
        ulong value = 0;
        for (int i = 0; i < 4 && (uint)(position + i) < (uint)body.Length; i++)
        {
            uint b = body[position + i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                return value | ((ulong)(i + 1) << 32);
            }
        }

        return 0;
    }

    /// <summary>Reads alignment and offset of a plain access to memory 0: aligned at most naturally.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadMemArg(ReadOnlySpan<byte> body, ref int position, byte width)
    {
        int at = position;
        if ((uint)at >= (uint)body.Length)
        {
            return false;
        }

        uint align = body[at];
        position = at + 1;
        return align <= 3 && 1u << (int)align <= width && TryReadU32(body, ref position, out _);
    }

    /// <summary>Skips an integer that is short enough not to be too large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkipLeb(ReadOnlySpan<byte> body, ref int position, int maxLength)
    {
        int at = position;
        int end = at + maxLength;
        while ((uint)at < (uint)body.Length && at < end)
        {
            if (body[at++] < 0x80)
            {
                position = at;
                return true;
            }
        }

        return false;
    }
}
