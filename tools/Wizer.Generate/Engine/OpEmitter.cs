using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary><c>enum Op</c>: the operations of the interpreter, hot ones first.</summary>
internal sealed class OpEmitter : IEmitter
{
    public string FileName => "Op.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        OperationTable operations = new(table);
        code.Line("namespace Wizer.Engine.Code;");
        code.Line();
        code.Summary("What the interpreter executes: the first unit of each operation in translated code.");
        code.Open("internal enum Op : ushort");
        foreach (Operation operation in operations.Operations)
        {
            code.Line($"{operation.Name},");
        }

        code.Line("None = 0xffff,");
        code.Close();
    }
}
