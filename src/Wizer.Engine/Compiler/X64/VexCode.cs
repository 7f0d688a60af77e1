namespace Wizer.Engine.Compiler.X64;

/// <summary>The encoding of a vector instruction, but for its operands: a row of <c>vex.tsv</c>.</summary>
/// <param name="Map">The first bytes of the opcode: 1 for 0F, 2 for 0F38, 3 for 0F3A.</param>
/// <param name="Prefix">What the encoding stands for, as <see cref="Assembler"/> numbers it.</param>
/// <param name="IsWide">VEX.W.</param>
/// <param name="Opcode">The last byte of the opcode.</param>
internal readonly record struct VexCode(int Map, int Prefix, bool IsWide, int Opcode);
