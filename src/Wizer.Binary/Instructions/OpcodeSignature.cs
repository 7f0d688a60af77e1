namespace Wizer.Binary;

/// <summary>
/// The operands and the result of an instruction, a byte each: the type's byte in the binary format (0x7F is i32, …),
/// <see cref="Address"/>, or <see cref="Nothing"/>.
/// </summary>
/// <param name="packed">Operands from the low byte up, deepest first; the result in the high byte.</param>
public readonly struct OpcodeSignature(uint packed)
{
    /// <summary>No operand, or no result.</summary>
    public const byte Nothing = 0x00;

    /// <summary>The address type of the memory or table that the immediates name: i32 or i64.</summary>
    public const byte Address = 0x01;

    /// <summary>The type depends on more than the opcode.</summary>
    public const byte Irregular = 0xff;

    private readonly uint _packed = packed;

    /// <summary>Whether the opcode alone (and, for <see cref="Address"/>, one memory or table) decides all types.</summary>
    public bool IsRegular => HasRegularOperands && Result != Irregular;

    /// <summary>Whether the operands below are types; otherwise they are not to be used.</summary>
    public bool HasRegularOperands => (byte)_packed != Irregular;

    /// <summary>The deepest operand, which was pushed first.</summary>
    public byte Operand0 => (byte)_packed;

    /// <summary>The second operand.</summary>
    public byte Operand1 => (byte)(_packed >> 8);

    /// <summary>The third operand.</summary>
    public byte Operand2 => (byte)(_packed >> 16);

    /// <summary>The result.</summary>
    public byte Result => (byte)(_packed >> 24);

    /// <summary>How many operands there are, when they are regular.</summary>
    public int OperandCount => Operand2 != 0 ? 3 : Operand1 != 0 ? 2 : Operand0 != 0 ? 1 : 0;

    /// <summary>The packed form, as in the generated table.</summary>
    public uint Packed => _packed;
}
