namespace Wizer.Generate.Emitters;

/// <summary>The columns of the table as arrays indexed by opcode: the generated half of <c>OpcodeTable</c>.</summary>
internal sealed class OpcodeTableEmitter : IEmitter
{
    // OpcodeSignature reads these back: the type's byte in the binary format, or a byte that no type has.
    private const uint Nothing = 0x00;
    private const uint Address = 0x01;
    private const uint Irregular = 0xff;

    public string FileName => "OpcodeTable.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        List<string> proposals = Proposals(table);
        code.Line("using System;");
        code.Line();
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Open("public static partial class OpcodeTable");
        code.Summary("One more than the largest opcode; every table below has as many entries.");
        code.Line($"public const int Size = 0x{InstructionTable.Size:x3};");
        code.Line();
        code.Summary("How many opcodes are defined.");
        code.Line($"public const int Count = {table.Rows.Count};");
        code.Line();
        code.Summary("<see cref=\"ImmediateKind\"/> by opcode, 0 where none is defined.");
        code.Table("public static ReadOnlySpan<byte> ImmediateKinds", 1, Column(table, row => (uint)Array.IndexOf(ImmediateKind.All, row.Immediates) + 1));
        code.Line();
        code.Summary("<see cref=\"Proposal\"/> by opcode.");
        code.Table("internal static ReadOnlySpan<byte> Proposals", 1, Column(table, row => (uint)proposals.IndexOf(row.Proposal)));
        code.Line();
        code.Summary("<see cref=\"OpcodeFamily\"/> by opcode, 0 where none is defined.");
        code.Table("private static ReadOnlySpan<byte> Families", 1, Column(table, row => (uint)row.Family.Value));
        code.Line();
        code.Summary("<see cref=\"Binary.NanLanes\"/> by opcode.");
        code.Table("private static ReadOnlySpan<byte> Nans", 1, Column(table, row => (uint)row.Nan));
        code.Line();
        code.Summary("1 where the mnemonic says that something is read as a signed integer, by opcode.");
        code.Table("private static ReadOnlySpan<byte> Signs", 1, Column(table, row => row.IsSigned ? 1u : 0));
        code.Line();
        code.Summary("Bytes of the memory access or of the lane, by opcode; 0 where there is none.");
        code.Table("internal static ReadOnlySpan<byte> Widths", 1, Column(table, row => (uint)row.Width));
        code.Line();
        code.Summary("<see cref=\"OpcodeSignature\"/> by opcode, packed: four bytes each.");
        code.Table("private static ReadOnlySpan<byte> Signatures", sizeof(uint), Column(table, Pack));
        code.Close();
    }

    internal static List<string> Proposals(InstructionTable table) => [.. table.Rows.Select(row => row.Proposal).Distinct()];

    private static uint[] Column(InstructionTable table, Func<InstructionRow, uint> cell)
    {
        uint[] column = new uint[InstructionTable.Size];
        foreach (InstructionRow row in table.Rows)
        {
            column[row.Opcode] = cell(row);
        }

        return column;
    }

    // Operands from the low byte up, deepest first; the result in the high byte.
    private static uint Pack(InstructionRow row)
    {
        uint packed = 0;
        if (row.Operands is null)
        {
            packed = Irregular;
        }
        else
        {
            for (int i = 0; i < row.Operands.Length; i++)
            {
                packed |= TypeByte(row.Operands[i]) << (8 * i);
            }
        }

        uint result = row.Results is null ? Irregular : row.Results.Length == 0 ? Nothing : TypeByte(row.Results[0]);
        return packed | (result << 24);
    }

    private static uint TypeByte(string type) => type switch
    {
        "i32" => 0x7f,
        "i64" => 0x7e,
        "f32" => 0x7d,
        "f64" => 0x7c,
        "v128" => 0x7b,
        _ => Address,
    };
}
