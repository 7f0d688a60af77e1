using System.Runtime.CompilerServices;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// The vector instructions without immediates, a method for each: generated from <c>vectors.tsv</c>, with what its expressions
/// name beside it, by families. Core 3.0, Execution: Vector Instructions.
/// </summary>
/// <remarks>
/// Called from the loop through pointers, with the slots of the result and of the operands, because one vector operation inside
/// the loop would keep it from being precompiled. A result may replace an operand: all operands are read before it is written.
/// Vectors take two slots, the first lane in the low bits of the first.
/// </remarks>
internal static unsafe partial class VectorOperations
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Flag(bool value) => value ? 1UL : 0UL;
}
