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
        ushort[] starts = new ushort[sorted.Length + 1];
        ushort[] ranks = new ushort[InstructionTable.Size];
        StringBuilder blob = new();
        for (int rank = 0; rank < sorted.Length; rank++)
        {
            starts[rank] = (ushort)blob.Length;
            blob.Append(sorted[rank].Text);
            foreach (InstructionRow row in table.Rows.Where(row => row.Text == sorted[rank].Text))
            {
                ranks[row.Opcode] = (ushort)rank;
            }
        }

        starts[sorted.Length] = (ushort)blob.Length;

        code.Line("using System;");
        code.Line();
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Open("public static partial class OpcodeTable");
        code.Summary("Every mnemonic once, sorted by bytes, one after the other.");
        code.Line($"private static ReadOnlySpan<byte> MnemonicBytes => \"{blob}\"u8;");
        code.Line();
        code.Summary("Where the mnemonic of each rank starts, and where the last one ends.");
        code.SpanProperty("private static ReadOnlySpan<ushort> MnemonicStarts", starts);
        code.Line();
        code.Summary("The opcode of each rank.");
        code.SpanProperty("private static ReadOnlySpan<ushort> MnemonicOpcodes", sorted.Select(row => (ushort)row.Opcode));
        code.Line();
        code.Summary("The rank of each opcode's mnemonic; meaningless where none is defined.");
        code.SpanProperty("private static ReadOnlySpan<ushort> MnemonicRanks", ranks);
        code.Close();
    }
}
