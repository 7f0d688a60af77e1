namespace Wizer.Generate.Emitters;

/// <summary><c>enum ImmediateKind</c>.</summary>
internal sealed class ImmediateKindEmitter : IEmitter
{
    public string FileName => "ImmediateKind.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Summary("What follows an opcode in the binary format.");
        code.Open("public enum ImmediateKind : byte");
        code.Summary("The opcode is not defined.");
        code.Line("Undefined = 0,");
        for (int i = 0; i < ImmediateKind.All.Length; i++)
        {
            code.Line();
            code.Summary(ImmediateKind.All[i].Summary);
            code.Line($"{ImmediateKind.All[i].Name} = {i + 1},");
        }

        code.Close();
    }
}
