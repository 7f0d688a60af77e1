using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What the instructions compute that may stand in constant expressions and compute: the three of each integer.</summary>
internal static class ConstArithmetic
{
    /// <summary>The bits of the result; those of an i32 are the low half.</summary>
    /// <param name="opcode">Of an instruction that validation lets into a constant expression.</param>
    /// <param name="left">The bits of the first operand.</param>
    /// <param name="right">Those of the second.</param>
    /// <exception cref="InvalidOperationException">It is another instruction.</exception>
    internal static ulong Calculate(Opcode opcode, ulong left, ulong right) => opcode switch
    {
        Opcode.I32Add => (uint)(left + right),
        Opcode.I32Sub => (uint)(left - right),
        Opcode.I32Mul => (uint)(left * right),
        Opcode.I64Add => left + right,
        Opcode.I64Sub => left - right,
        Opcode.I64Mul => left * right,
        _ => throw new InvalidOperationException($"{OpcodeTable.Mnemonic(opcode)} computes nothing in a constant expression"),
    };
}
