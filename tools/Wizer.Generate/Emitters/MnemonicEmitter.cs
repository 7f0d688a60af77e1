using System.Text;

namespace Wizer.Generate.Emitters;

/// <summary>The mnemonics as one sorted blob, for <c>OpcodeTable.Mnemonic</c> and <c>OpcodeTable.TryParse</c>.</summary>
internal sealed class MnemonicEmitter : IEmitter
{
    public string FileName => "OpcodeTable.Mnemonics.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        // Ordinal order of ASCII is the order of the bytes. Rows that share a text share an entry; the first is what it parses to.
        InstructionRow[] sorted = [.. table.Rows.DistinctBy(row => row.Text).OrderBy(row => row.Text, StringComparer.Ordinal)];
        uint[] starts = new uint[sorted.Length + 1];
        uint[] ranks = new uint[InstructionTable.Size];
        StringBuilder blob = new();
        for (int rank = 0; rank < sorted.Length; rank++)
        {
            starts[rank] = (uint)blob.Length;
            blob.Append(sorted[rank].Text);
            foreach (InstructionRow row in table.Rows.Where(row => row.Text == sorted[rank].Text))
            {
                ranks[row.Opcode] = (uint)rank;
            }
        }

        starts[sorted.Length] = (uint)blob.Length;

        code.Line("using System;");
        code.Line();
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Open("public static partial class OpcodeTable");
        code.Summary("Every mnemonic once, sorted by bytes, one after the other.");
        code.Line($"private static ReadOnlySpan<byte> MnemonicBytes => \"{blob}\"u8;");
        code.Line();
        code.Summary("Where the mnemonic of each rank starts, and where the last one ends: two bytes each.");
        code.Table("private static ReadOnlySpan<byte> MnemonicStarts", sizeof(ushort), starts);
        code.Line();
        code.Summary("The opcode of each rank: two bytes each.");
        code.Table("private static ReadOnlySpan<byte> MnemonicOpcodes", sizeof(ushort), sorted.Select(row => (uint)row.Opcode));
        code.Line();
        code.Summary("The rank of each opcode's mnemonic, two bytes each; meaningless where none is defined.");
        code.Table("private static ReadOnlySpan<byte> MnemonicRanks", sizeof(ushort), ranks);
        code.Close();
    }
}
