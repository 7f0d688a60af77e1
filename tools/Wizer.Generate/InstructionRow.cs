namespace Wizer.Generate;

/// <summary>One row of <c>instructions.tsv</c>, checked.</summary>
internal sealed class InstructionRow
{
    /// <summary>The member of <c>enum Opcode</c>.</summary>
    internal required string Name { get; init; }

    /// <summary>The mnemonic of the text format.</summary>
    internal required string Text { get; init; }

    /// <summary>The prefix byte, 0 for a one-byte opcode.</summary>
    internal required int Prefix { get; init; }

    /// <summary>The opcode byte, or the number after the prefix.</summary>
    internal required int Code { get; init; }

    /// <summary>The value in <c>enum Opcode</c>.</summary>
    internal required int Opcode { get; init; }

    internal required ImmediateKind Immediates { get; init; }

    /// <summary>The operand types, deepest first; null when they depend on more than the opcode.</summary>
    internal required string[]? Operands { get; init; }

    /// <summary>The result types; null when they depend on more than the opcode.</summary>
    internal required string[]? Results { get; init; }

    /// <summary>What kind of instruction it is.</summary>
    internal required OpcodeFamily Family { get; init; }

    /// <summary>The value in <c>enum NanLanes</c>.</summary>
    internal required int Nan { get; init; }

    internal required string Proposal { get; init; }

    /// <summary>Bytes of the memory access or of the lane, 0 when there is none.</summary>
    internal required int Width { get; init; }

    /// <summary>The section of the specification.</summary>
    internal required string Spec { get; init; }

    /// <summary>The line of the table, for messages.</summary>
    internal required int Line { get; init; }

    /// <summary>Whether the mnemonic says that something is read as a signed integer.</summary>
    internal bool IsSigned => Text.EndsWith("_s", StringComparison.Ordinal);

    internal bool IsRegular => Operands is not null && Results is not null;

    /// <summary>As the specification writes it: <c>[i32 i32] → [i32]</c>, with <c>*</c> for what depends on more.</summary>
    internal string SignatureText =>
        $"[{(Operands is null ? "*" : string.Join(' ', Operands))}] → [{(Results is null ? "*" : string.Join(' ', Results))}]";
}
