using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>What an entry of the operand stack is at compile time.</summary>
internal enum OperandKind : byte
{
    Constant,

    /// <summary>In the register of a local.</summary>
    Local,

    /// <summary>In the slot of a local.</summary>
    LocalSlot,

    /// <summary>In a register of its own.</summary>
    Temporary,

    /// <summary>In its own slot.</summary>
    Slot,

    /// <summary>What a condition says of two values.</summary>
    Comparison,

    /// <summary>A vector in the memory: the base, a register if any, and a displacement.</summary>
    Memory,
}

/// <summary>What sets the flags of a comparison.</summary>
internal enum Test : byte
{
    /// <summary>cmp.</summary>
    Integers,

    /// <summary>test.</summary>
    Bits,

    /// <summary>Of floats; a condition that a NaN does not meet, or whose negation it does not.</summary>
    Floats,

    /// <summary>Whether floats are equal: they are not when the flags say that one is a NaN.</summary>
    FloatsEqual,

    /// <summary>The opposite.</summary>
    FloatsDiffer,

    /// <summary>Whether all of a vector is zero.</summary>
    Vector,
}

/// <summary>An entry of the operand stack.</summary>
internal struct Operand
{
    internal OperandKind Kind;
    internal SlotType Type;

    /// <summary>The number of a general or vector register, by the type.</summary>
    internal sbyte Register;

    /// <summary>Of a comparison.</summary>
    internal Test Test;

    /// <summary>Of a comparison.</summary>
    internal Condition Condition;

    /// <summary>The slot that the value is in, if it is in one.</summary>
    internal int Place;

    /// <summary>The entry's own slot.</summary>
    internal int Slot;

    internal ulong Bits;

    /// <summary>The upper half of a vector.</summary>
    internal ulong HighBits;

    internal readonly Gpr Gpr => (Gpr)Register;

    internal readonly bool IsInteger => Type is SlotType.I32 or SlotType.I64;

    internal readonly bool IsWide => Type is SlotType.I64 or SlotType.F64;

    internal readonly bool IsInRegister => Kind is OperandKind.Local or OperandKind.Temporary;

    /// <summary>Whether it is what a register of its own holds.</summary>
    internal readonly bool Holds(bool isInteger, int register) =>
        Kind == OperandKind.Temporary && Register == register && IsInteger == isInteger;
}
