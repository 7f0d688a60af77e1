namespace Wizer.Engine.Compiler.X64;

// Instructions on vector registers, of which floats use the lowest lane. All of them have the VEX encoding, with three operands.
internal sealed unsafe partial class Assembler
{
    /// <summary>No prefix, 66, F3 or F2, by their numbers in VEX.</summary>
    internal const int PrefixNone = 0;

    /// <inheritdoc cref="PrefixNone"/>
    internal const int Prefix66 = 1;

    /// <inheritdoc cref="PrefixNone"/>
    internal const int PrefixF3 = 2;

    /// <inheritdoc cref="PrefixNone"/>
    internal const int PrefixF2 = 3;

    /// <summary>An instruction of registers.</summary>
    /// <param name="map">1 for 0F, 2 for 0F38, 3 for 0F3A.</param>
    /// <param name="prefix">See <see cref="PrefixNone"/>.</param>
    /// <param name="wide">The W bit.</param>
    /// <param name="opcode">Its last byte.</param>
    /// <param name="register">The first operand, most often the destination.</param>
    /// <param name="second">The second operand; 0 when there is none.</param>
    /// <param name="rm">The last operand.</param>
    internal void Vex(int map, int prefix, bool wide, int opcode, int register, int second, int rm)
    {
        VexPrefix(map, prefix, wide, register >> 3, 0, rm >> 3, second);
        Byte(opcode);
        Byte(0xc0 | ((register & 7) << 3) | (rm & 7));
    }

    /// <summary>An instruction whose last operand is in memory.</summary>
    internal void VexMemory(int map, int prefix, bool wide, int opcode, int register, int second, Gpr at, Gpr index, int displacement)
    {
        VexPrefix(map, prefix, wide, register >> 3, index == Gpr.None ? 0 : (int)index >> 3, (int)at >> 3, second);
        Byte(opcode);
        Operand(register, at, index, displacement);
    }

    private void VexPrefix(int map, int prefix, bool wide, int r, int x, int b, int second)
    {
        int last = ((~second & 15) << 3) | prefix;
        if (map == 1 && !wide && x == 0 && b == 0)
        {
            Byte(0xc5);
            Byte(((r ^ 1) << 7) | last);
            return;
        }

        Byte(0xc4);
        Byte(((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | map);
        Byte((wide ? 0x80 : 0) | last);
    }

    /// <summary>All of a vector register.</summary>
    internal void MoveVector(int to, int from)
    {
        if (to != from)
        {
            Vex(1, PrefixNone, false, 0x28, to, 0, from);
        }
    }

    /// <summary>All of a vector, wherever it lies.</summary>
    internal void LoadVector(int to, Gpr at, Gpr index, int displacement) =>
        VexMemory(1, PrefixNone, false, 0x10, to, 0, at, index, displacement);

    /// <inheritdoc cref="LoadVector"/>
    internal void StoreVector(int from, Gpr at, Gpr index, int displacement) =>
        VexMemory(1, PrefixNone, false, 0x11, from, 0, at, index, displacement);

    internal void LoadFloat(int to, Gpr at, Gpr index, int displacement, bool isDouble) =>
        VexMemory(1, isDouble ? PrefixF2 : PrefixF3, false, 0x10, to, 0, at, index, displacement);

    internal void StoreFloat(int from, Gpr at, Gpr index, int displacement, bool isDouble) =>
        VexMemory(1, isDouble ? PrefixF2 : PrefixF3, false, 0x11, from, 0, at, index, displacement);

    /// <summary>An operation of the lowest lane that both widths have.</summary>
    internal void OperateFloats(int opcode, int to, int a, int b, bool isDouble) =>
        Vex(1, isDouble ? PrefixF2 : PrefixF3, false, opcode, to, a, b);

    internal void OperateFloatsAt(int opcode, int to, int a, Gpr at, Gpr index, int displacement, bool isDouble) =>
        VexMemory(1, isDouble ? PrefixF2 : PrefixF3, false, opcode, to, a, at, index, displacement);

    /// <summary>The same with a constant that lies behind the code.</summary>
    internal void OperateFloatsConstant(int opcode, int to, int a, ulong bits, bool isDouble) =>
        VexConstant(1, isDouble ? PrefixF2 : PrefixF3, false, opcode, to, a, isDouble ? bits : (uint)bits, 0);

    /// <summary>Sets the flags as unsigned integers would, and parity when one is a NaN.</summary>
    internal void CompareFloats(int a, int b, bool isDouble) => Vex(1, isDouble ? Prefix66 : PrefixNone, false, 0x2e, a, 0, b);

    /// <summary>An operation on all bits: and 54, andnot 55, or 56, xor 57.</summary>
    internal void OperateBits(int opcode, int to, int a, int b) => Vex(1, PrefixNone, false, opcode, to, a, b);

    internal void MoveToVector(int to, Gpr from, bool wide) => Vex(1, Prefix66, wide, 0x6e, to, 0, (int)from);

    internal void MoveFromVector(Gpr to, int from, bool wide) => Vex(1, Prefix66, wide, 0x7e, from, 0, (int)to);

    /// <summary>floor 1, ceil 2, trunc 3, nearest 0; never with an exception.</summary>
    internal void Round(int to, int from, int mode, bool isDouble)
    {
        Vex(3, Prefix66, false, isDouble ? 0x0b : 0x0a, to, from, from);
        Byte(8 | mode);
    }

    /// <summary>A signed integer as a float.</summary>
    internal void ConvertToFloat(int to, Gpr from, bool wide, bool isDouble)
    {
        // The rest of the register comes from somewhere: not from whoever wrote it last.
        Vex(1, PrefixNone, false, 0x57, to, to, to);
        Vex(1, isDouble ? PrefixF2 : PrefixF3, wide, 0x2a, to, to, (int)from);
    }

    /// <summary>A float as a signed integer, towards zero; the smallest integer when there is none.</summary>
    internal void ConvertToInteger(Gpr to, int from, bool wide, bool isDouble) =>
        Vex(1, isDouble ? PrefixF2 : PrefixF3, wide, 0x2c, (int)to, 0, from);
}
