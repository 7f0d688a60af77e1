namespace Wizer.Generate.Emitters;

/// <summary><c>enum Opcode</c>: a member for every row.</summary>
internal sealed class OpcodeEmitter : IEmitter
{
    public string FileName => "Opcode.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Summary("Every instruction. A one-byte opcode is its byte; 0xFB n is 0x100 + n, 0xFC n is 0x200 + n, 0xFD n is 0x300 + n, 0xFE n is 0x500 + n.");
        code.Line("/// <remarks>Core 3.0, Binary Format: Instructions.</remarks>");
        code.Open("public enum Opcode : ushort");
        bool first = true;
        foreach (InstructionRow row in table.Rows)
        {
            if (!first)
            {
                code.Line();
            }

            first = false;
            code.Summary($"<c>{row.Text}</c>: {row.SignatureText}. {row.Spec}.");
            code.Line($"{row.Name} = 0x{row.Opcode:x3},");
        }

        code.Close();
    }
}
