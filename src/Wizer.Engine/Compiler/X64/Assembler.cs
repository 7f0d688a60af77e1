using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wizer.Engine.Native;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Encodes instructions of x64 into a buffer: registers, and memory as base, index and displacement. Whoever emits asks for room
/// first (<see cref="Reserve"/>); jumps go to labels, which are numbers. Intel's manual, volume 2, has the encodings.
/// </summary>
internal sealed unsafe partial class Assembler : IDisposable
{
    /// <summary>More than any one instruction takes.</summary>
    internal const int MaxInstructionBytes = 16;

    private const int Unbound = -1;

    private byte* _start;
    private byte* _at;
    private int _capacity;

    // Where each label is, or Unbound; and the 32-bit displacements that wait for one.
    private int[] _labels = new int[64];
    private int _labelCount;
    private int[] _fixups = new int[128];
    private int _fixupCount;

    /// <summary>How many bytes have been emitted.</summary>
    internal int Length => (int)(_at - _start);

    /// <summary>The bytes, once <see cref="Finish"/> has found all labels.</summary>
    internal ReadOnlySpan<byte> Code => new(_start, Length);

    /// <summary>Begins anew.</summary>
    internal void Reset()
    {
        _at = _start;
        _labelCount = 0;
        _fixupCount = 0;
        ResetConstants();
    }

    /// <summary>Sees to it that so many bytes can be emitted without another look.</summary>
    internal void Reserve(int byteCount)
    {
        int length = Length;
        if (length + byteCount <= _capacity)
        {
            return;
        }

        int capacity = Math.Max(Math.Max(4096, 2 * _capacity), length + byteCount);
        var start = (byte*)NativeBlock.Allocate((ulong)capacity);
        Buffer.MemoryCopy(_start, start, capacity, length);
        NativeBlock.Free(_start);
        _start = start;
        _at = start + length;
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeBlock.Free(_start);
        _start = null;
        _at = null;
        _capacity = 0;
    }

    /// <summary>A label that is nowhere yet.</summary>
    internal int NewLabel()
    {
        if (_labelCount == _labels.Length)
        {
            Array.Resize(ref _labels, 2 * _labelCount);
        }

        _labels[_labelCount] = Unbound;
        return _labelCount++;
    }

    /// <summary>The label is here.</summary>
    internal void Bind(int label) => _labels[label] = Length;

    /// <summary>Where a bound label is.</summary>
    internal int OffsetOf(int label) => _labels[label];

    /// <summary>Tells all jumps where their labels are.</summary>
    internal void Finish()
    {
        for (int i = 0; i < _fixupCount; i += 3)
        {
            int at = _fixups[i];
            Unsafe.WriteUnaligned(_start + at, _labels[_fixups[i + 1]] - _fixups[i + 2]);
        }

        _fixupCount = 0;
    }

    // A 32-bit distance from a place to a label.
    private void EmitDistance(int label, int from)
    {
        if (_fixupCount + 3 > _fixups.Length)
        {
            Array.Resize(ref _fixups, 2 * _fixups.Length);
        }

        _fixups[_fixupCount++] = Length;
        _fixups[_fixupCount++] = label;
        _fixups[_fixupCount++] = from;
        Int32(0);
    }

    internal void Byte(int value) => *_at++ = (byte)value;

    internal void Int32(int value)
    {
        Unsafe.WriteUnaligned(_at, value);
        _at += sizeof(int);
    }

    internal void Int64(long value)
    {
        Unsafe.WriteUnaligned(_at, value);
        _at += sizeof(long);
    }

    // Jumps. Backward ones know their distance, and are short when they can be.

    internal void Jump(int label)
    {
        int target = _labels[label];
        int distance = target - (Length + 2);
        if (target != Unbound && distance >= sbyte.MinValue)
        {
            Byte(0xeb);
            Byte(distance);
            return;
        }

        Byte(0xe9);
        EmitDistance(label, Length + sizeof(int));
    }

    internal void JumpIf(Condition condition, int label)
    {
        int target = _labels[label];
        int distance = target - (Length + 2);
        if (target != Unbound && distance >= sbyte.MinValue)
        {
            Byte(0x70 | (int)condition);
            Byte(distance);
            return;
        }

        Byte(0x0f);
        Byte(0x80 | (int)condition);
        EmitDistance(label, Length + sizeof(int));
    }

    /// <summary>A forward jump over a few bytes: <see cref="BindShort"/> says where to.</summary>
    internal int ShortJumpIf(Condition condition)
    {
        Byte(0x70 | (int)condition);
        Byte(0);
        return Length;
    }

    /// <inheritdoc cref="ShortJumpIf"/>
    internal int ShortJump()
    {
        Byte(0xeb);
        Byte(0);
        return Length;
    }

    /// <summary>Where a short jump goes to.</summary>
    internal void BindShort(int jump) => _start[jump - 1] = checked((byte)(Length - jump));

    internal void Call(int label)
    {
        Byte(0xe8);
        EmitDistance(label, Length + sizeof(int));
    }

    internal void JumpTo(Gpr target) => Register(0xff, 4, (int)target, wide: false);

    internal void CallTo(Gpr target) => Register(0xff, 2, (int)target, wide: false);

    /// <summary>What a 64-bit value in memory points to.</summary>
    internal void CallAt(Gpr at, int displacement) => Memory(0xff, 2, at, Gpr.None, displacement, wide: false);

    /// <summary>What a 64-bit value in memory points to.</summary>
    internal void JumpAt(Gpr at, int displacement) => Memory(0xff, 4, at, Gpr.None, displacement, wide: false);

    internal void Return() => Byte(0xc3);

    internal void Push(Gpr register)
    {
        if (register >= Gpr.R8)
        {
            Byte(0x41);
        }

        Byte(0x50 | ((int)register & 7));
    }

    internal void Pop(Gpr register)
    {
        if (register >= Gpr.R8)
        {
            Byte(0x41);
        }

        Byte(0x58 | ((int)register & 7));
    }

    /// <summary>The distance from the start of a table, of labels, to one of them.</summary>
    internal void TableEntry(int label, int table) => EmitDistance(label, _labels[table]);

    internal void LoadLabelAddress(Gpr to, int label)
    {
        Byte(0x48 | ((int)to >> 3 << 2));
        Byte(0x8d);
        Byte((((int)to & 7) << 3) | 5);
        EmitDistance(label, Length + sizeof(int));
    }

    /// <summary>An entry of a table of distances, sign-extended.</summary>
    internal void LoadTableEntry(Gpr to, Gpr table, Gpr index)
    {
        Byte(0x48 | ((int)to >> 3 << 2) | ((int)index >> 3 << 1) | ((int)table >> 3));
        Byte(0x63);
        Byte((((int)to & 7) << 3) | 4);
        Byte(0x80 | (((int)index & 7) << 3) | ((int)table & 7));
    }

    /// <summary>An element of a table of 64-bit values.</summary>
    internal void LoadElement(Gpr to, Gpr table, Gpr index)
    {
        Byte(0x48 | ((int)to >> 3 << 2) | ((int)index >> 3 << 1) | ((int)table >> 3));
        Byte(0x8b);
        Byte((((int)to & 7) << 3) | 4);
        Byte(0xc0 | (((int)index & 7) << 3) | ((int)table & 7));
    }

    // General registers and memory. An i32 is zero-extended in its register: operations of 32 bits see to that.

    internal void Move(Gpr to, Gpr from, bool wide) => Register(0x8b, (int)to, (int)from, wide);

    /// <summary>A constant, without touching the flags.</summary>
    internal void MoveConstant(Gpr to, ulong value)
    {
        if (value <= uint.MaxValue)
        {
            if (to >= Gpr.R8)
            {
                Byte(0x41);
            }

            Byte(0xb8 | ((int)to & 7));
            Int32((int)value);
        }
        else if ((long)value == (int)value)
        {
            Register(0xc7, 0, (int)to, wide: true);
            Int32((int)value);
        }
        else
        {
            Byte(0x48 | ((int)to >> 3));
            Byte(0xb8 | ((int)to & 7));
            Int64((long)value);
        }
    }

    /// <summary>An address: always of the same length, so that code is as long wherever things are.</summary>
    internal void MoveAddress(Gpr to, void* address)
    {
        Byte(0x48 | ((int)to >> 3));
        Byte(0xb8 | ((int)to & 7));
        Int64((long)address);
    }

    /// <summary>A 64-bit value that is where it is for good.</summary>
    internal void LoadRaxFrom(void* address)
    {
        Byte(0x48);
        Byte(0xa1);
        Int64((long)address);
    }

    internal void Load(Gpr to, Gpr at, int displacement, bool wide) => Memory(0x8b, (int)to, at, Gpr.None, displacement, wide);

    /// <summary>Loads 64 bits from an address, into rax.</summary>
    internal void LoadFrom(Gpr to, void* address)
    {
        Debug.Assert(to == Gpr.Rax, "the encoding is for rax alone");
        Byte(0x48);
        Byte(0xa1);
        Int64((long)address);
    }

    internal void Store(Gpr from, Gpr at, int displacement, bool wide) => Memory(0x89, (int)from, at, Gpr.None, displacement, wide);

    /// <summary>Stores a sign-extended constant of 64 bits.</summary>
    internal void StoreConstant(Gpr at, int displacement, int value)
    {
        Memory(0xc7, 0, at, Gpr.None, displacement, wide: true);
        Int32(value);
    }

    internal void Address(Gpr to, Gpr at, Gpr index, int displacement, bool wide) => Memory(0x8d, (int)to, at, index, displacement, wide);

    internal void Operate(Alu operation, Gpr to, Gpr from, bool wide) => Register(((int)operation << 3) | 3, (int)to, (int)from, wide);

    internal void OperateAt(Alu operation, Gpr to, Gpr at, int displacement, bool wide) =>
        Memory(((int)operation << 3) | 3, (int)to, at, Gpr.None, displacement, wide);

    /// <summary>The same the other way around: what is in memory is the left operand, and becomes the result.</summary>
    internal void OperateOn(Alu operation, Gpr at, int displacement, Gpr from, bool wide) =>
        Memory(((int)operation << 3) | 1, (int)from, at, Gpr.None, displacement, wide);

    internal void OperateConstant(Alu operation, Gpr to, int value, bool wide)
    {
        bool isByte = value == (sbyte)value;
        Register(isByte ? 0x83 : 0x81, (int)operation, (int)to, wide);
        Immediate(value, isByte);
    }

    internal void OperateConstantAt(Alu operation, Gpr at, int displacement, int value, bool wide)
    {
        bool isByte = value == (sbyte)value;
        Memory(isByte ? 0x83 : 0x81, (int)operation, at, Gpr.None, displacement, wide);
        Immediate(value, isByte);
    }

    internal void Test(Gpr a, Gpr b, bool wide) => Register(0x85, (int)b, (int)a, wide);

    internal void TestAt(Gpr a, Gpr at, int displacement, bool wide) => Memory(0x85, (int)a, at, Gpr.None, displacement, wide);

    internal void TestConstant(Gpr a, int value, bool wide)
    {
        Register(0xf7, 0, (int)a, wide);
        Int32(value);
    }

    internal void Multiply(Gpr to, Gpr from, bool wide) => Register(0x0faf, (int)to, (int)from, wide);

    internal void MultiplyAt(Gpr to, Gpr at, int displacement, bool wide) => Memory(0x0faf, (int)to, at, Gpr.None, displacement, wide);

    internal void MultiplyConstant(Gpr to, Gpr from, int value, bool wide)
    {
        bool isByte = value == (sbyte)value;
        Register(isByte ? 0x6b : 0x69, (int)to, (int)from, wide);
        Immediate(value, isByte);
    }

    internal void Negate(Gpr register, bool wide) => Register(0xf7, 3, (int)register, wide);

    /// <summary>rdx:rax divided by a register.</summary>
    internal void Divide(Gpr by, bool signed, bool wide) => Register(0xf7, signed ? 7 : 6, (int)by, wide);

    /// <summary>The sign of rax all over rdx.</summary>
    internal void ExtendSign(bool wide)
    {
        if (wide)
        {
            Byte(0x48);
        }

        Byte(0x99);
    }

    internal void ShiftConstant(Shift shift, Gpr register, int count, bool wide)
    {
        Register(0xc1, (int)shift, (int)register, wide);
        Byte(count);
    }

    /// <summary>By cl.</summary>
    internal void ShiftByCl(Shift shift, Gpr register, bool wide) => Register(0xd3, (int)shift, (int)register, wide);

    /// <summary>shlx, shrx, sarx: by any register, modulo the width.</summary>
    internal void ShiftBy(Shift shift, Gpr to, Gpr from, Gpr count, bool wide)
    {
        int prefix = shift switch { Shift.Left => 1, Shift.RightUnsigned => 3, _ => 2 };
        Vex(2, prefix, wide, 0xf7, (int)to, (int)count, (int)from);
    }

    /// <summary>rorx: to the right, into a register of choice, and no flags.</summary>
    internal void RotateRightTo(Gpr to, Gpr from, int count, bool wide)
    {
        Vex(3, 3, wide, 0xf0, (int)to, 0, (int)from);
        Byte(count);
    }

    /// <summary>The same of what is in memory.</summary>
    internal void RotateRightAt(Gpr to, Gpr at, int displacement, int count, bool wide)
    {
        VexMemory(3, 3, wide, 0xf0, (int)to, 0, at, Gpr.None, displacement);
        Byte(count);
    }

    /// <summary>The highest bit of 64 becomes the other one.</summary>
    internal void ComplementSign(Gpr register)
    {
        Register(0x0fba, 7, (int)register, wide: true);
        Byte(63);
    }

    internal void ZeroExtend8(Gpr to, Gpr from) => Register8(0x0fb6, (int)to, (int)from);

    internal void SignExtend8(Gpr to, Gpr from, bool wide) => Register(0x0fbe, (int)to, (int)from, wide, isByte: true);

    internal void SignExtend16(Gpr to, Gpr from, bool wide) => Register(0x0fbf, (int)to, (int)from, wide);

    internal void SignExtend32(Gpr to, Gpr from) => Register(0x63, (int)to, (int)from, wide: true);

    internal void SetIf(Condition condition, Gpr to) => Register8(0x0f90 | (int)condition, 0, (int)to);

    internal void OperateBytes(Alu operation, Gpr to, Gpr from) =>
        Register(((int)operation << 3) | 2, (int)to, (int)from, wide: false, isByte: true);

    internal void MoveIf(Condition condition, Gpr to, Gpr from, bool wide) => Register(0x0f40 | (int)condition, (int)to, (int)from, wide);

    internal void MoveIfAt(Condition condition, Gpr to, Gpr at, int displacement, bool wide) =>
        Memory(0x0f40 | (int)condition, (int)to, at, Gpr.None, displacement, wide);

    /// <summary>lzcnt, tzcnt or popcnt, by the opcode.</summary>
    internal void Count(int opcode, Gpr to, Gpr from, bool wide)
    {
        Byte(0xf3);
        Register(opcode, (int)to, (int)from, wide);
    }

    // Encodings.

    private void Immediate(int value, bool isByte)
    {
        if (isByte)
        {
            Byte(value);
        }
        else
        {
            Int32(value);
        }
    }

    private void OpcodeOf(int opcode)
    {
        if (opcode > 0xff)
        {
            Byte(opcode >> 8);
        }

        Byte(opcode);
    }

    private void Register8(int opcode, int register, int rm) => Register(opcode, register, rm, wide: false, isByte: true);

    internal void Register(int opcode, int register, int rm, bool wide, bool isByte = false)
    {
        int rex = (wide ? 8 : 0) | (register >> 3 << 2) | (rm >> 3);

        // Without a prefix, numbers from 4 on are ah to bh.
        if (rex != 0 || (isByte && (register >= 4 || rm >= 4)))
        {
            Byte(0x40 | rex);
        }

        OpcodeOf(opcode);
        Byte(0xc0 | ((register & 7) << 3) | (rm & 7));
    }

    internal void Memory(int opcode, int register, Gpr at, Gpr index, int displacement, bool wide, bool isByte = false)
    {
        int rex = (wide ? 8 : 0) | (register >> 3 << 2) | (index == Gpr.None ? 0 : (int)index >> 3 << 1) | ((int)at >> 3);
        if (rex != 0 || (isByte && register >= 4))
        {
            Byte(0x40 | rex);
        }

        OpcodeOf(opcode);
        Operand(register, at, index, displacement);
    }

    private void Operand(int register, Gpr at, Gpr index, int displacement)
    {
        int low = (int)at & 7;
        bool hasSib = index != Gpr.None || low == (int)Gpr.Rsp;
        int mode = displacement == 0 && low != (int)Gpr.Rbp ? 0 : displacement == (sbyte)displacement ? 1 : 2;
        Byte((mode << 6) | ((register & 7) << 3) | (hasSib ? 4 : low));
        if (hasSib)
        {
            Byte(((index == Gpr.None ? 4 : (int)index & 7) << 3) | low);
        }

        if (mode == 1)
        {
            Byte(displacement);
        }
        else if (mode == 2)
        {
            Int32(displacement);
        }
    }
}
