namespace Wizer.Generate.Emitters;

/// <summary><c>enum OpcodeFamily</c>.</summary>
internal sealed class OpcodeFamilyEmitter : IEmitter
{
    public string FileName => "OpcodeFamily.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        code.Line("namespace Wizer.Binary;");
        code.Line();
        code.Summary("What kind of instruction an opcode is, to those that treat many alike.");
        code.Open("public enum OpcodeFamily : byte");
        code.Summary("The opcode is not defined.");
        code.Line("Undefined = 0,");
        foreach (OpcodeFamily family in OpcodeFamily.All)
        {
            code.Line();
            code.Summary(family.Summary);
            code.Line($"{family.Name} = {family.Value},");
        }

        code.Close();
    }
}
