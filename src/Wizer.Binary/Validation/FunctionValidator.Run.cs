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
        int[] firstUses = _firstUses;
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
                if (firstUses[opcode] == 0)
                {
                    goto Slow;
                }

                switch (opcode)
                {
                    case (uint)Opcode.Block:
                    case (uint)Opcode.Loop:
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

                    case (uint)Opcode.If:
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

                    case (uint)Opcode.End:
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

                    case (uint)Opcode.Br:
                    case (uint)Opcode.BrIf:
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

                    case (uint)Opcode.Call:
                    {
                        if (!TryReadU32(body, ref next, out uint index) || index >= (uint)funcs.Length)
                        {
                            break;
                        }

                        FuncType type = funcs[index];
                        ReadOnlySpan<ValType> parameters = type.Parameters;
                        int below = height - parameters.Length;
                        if (below < floor || !Equal(operands, below, parameters))
                        {
                            break;
                        }

                        ReadOnlySpan<ValType> results = type.Results;
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

                    case (uint)Opcode.Drop:
                        if (height <= floor)
                        {
                            break;
                        }

                        height--;
                        position = next;
                        continue;

                    case (uint)Opcode.Select:
                    {
                        int first = height - 3;
                        if (first < floor || operands[first + 2] != ValType.I32 || operands[first] != operands[first + 1] || !operands[first].IsNumber)
                        {
                            break;
                        }

                        height = first + 1;
                        position = next;
                        continue;
                    }

                    case (uint)Opcode.LocalGet:
                    {
                        if (!TryReadU32(body, ref next, out uint index) || index >= (uint)localCount || (uint)height >= (uint)operands.Length)
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

                    case (uint)Opcode.LocalSet:
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

                    case (uint)Opcode.LocalTee:
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

                    case (uint)Opcode.GlobalGet:
                    {
                        GlobalInfo[] globals = _module.Globals;
                        if (!TryReadU32(body, ref next, out uint index) || index >= (uint)globals.Length || (uint)height >= (uint)operands.Length)
                        {
                            break;
                        }

                        operands[height++] = globals[index].Type.Value;
                        position = next;
                        continue;
                    }

                    case (uint)Opcode.GlobalSet:
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

                    case >= (uint)Opcode.I32Load and <= (uint)Opcode.I64Store32:
                    {
                        if ((uint)next >= (uint)body.Length || !_hasPlainMemory)
                        {
                            break;
                        }

                        // Four bits at most: no memory index, and far from any overflow below.
                        uint align = body[next++];
                        if (align > 3 || 1u << (int)align > widths[(int)opcode] || !TryReadU32(body, ref next, out _))
                        {
                            break;
                        }

                        uint signature = signatures[(int)opcode];
                        ValType value = ValType.FromCode((byte)(signature >> 8));
                        if (opcode < (uint)Opcode.I32Store)
                        {
                            if (height <= floor || operands[height - 1] != ValType.I32)
                            {
                                break;
                            }

                            operands[height - 1] = ValType.FromCode((byte)(signature >> 24));
                        }
                        else
                        {
                            if (height - 2 < floor || operands[height - 1] != value || operands[height - 2] != ValType.I32)
                            {
                                break;
                            }

                            height -= 2;
                        }

                        position = next;
                        continue;
                    }

                    case (uint)Opcode.I32Const:
                        if (!TrySkipLeb(body, ref next, maxLength: 4) || (uint)height >= (uint)operands.Length)
                        {
                            break;
                        }

                        operands[height++] = ValType.I32;
                        position = next;
                        continue;

                    case (uint)Opcode.I64Const:
                        if (!TrySkipLeb(body, ref next, maxLength: 9) || (uint)height >= (uint)operands.Length)
                        {
                            break;
                        }

                        operands[height++] = ValType.I64;
                        position = next;
                        continue;

                    case >= (uint)Opcode.I32Eqz and <= (uint)Opcode.I64Extend32S:
                    {
                        // One or two operands and always a result.
                        uint signature = signatures[(int)opcode];
                        int below = height - 1;
                        if ((byte)(signature >> 8) != 0)
                        {
                            if (below <= floor || operands[below] != ValType.FromCode((byte)(signature >> 8)))
                            {
                                break;
                            }

                            below--;
                        }

                        if (below < floor || operands[below] != ValType.FromCode((byte)signature))
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

        Slow:
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

    // Of the one-byte opcodes, each in one load.
    private static readonly uint[] s_signatures = CopySignatures();

    private static uint[] CopySignatures()
    {
        var signatures = new uint[256];
        for (int i = 0; i < signatures.Length; i++)
        {
            signatures[i] = OpcodeTable.Signature((Opcode)i).Packed;
        }

        return signatures;
    }

    // f64, f32, i64, i32.
    private const uint NumberCodes = 0x7c;

    private static bool Equal(ValType[] operands, int start, ReadOnlySpan<ValType> types)
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

        return TryReadU32Long(body, ref position, out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadU32Long(ReadOnlySpan<byte> body, ref int position, out uint value)
    {
        value = 0;
        for (int i = 0; i < 4 && (uint)(position + i) < (uint)body.Length; i++)
        {
            uint b = body[position + i];
            value |= (b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                position += i + 1;
                return true;
            }
        }

        return false;
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
