using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>
/// The addresses of the operations that begin with an access, computed once more: the loop keeps none for its traps. Where an
/// access comes later in a superinstruction, its handler notes it, since the slots may no longer be what they were then.
/// </summary>
internal sealed class FaultAddressEmitter : IEmitter
{
    private const string Declaration = "ulong address";

    public string FileName => "FaultAddresses.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        OperationTable operations = new(table);
        code.Line("namespace Wizer.Engine.Interpreter;");
        code.Line();
        code.Open("internal static unsafe partial class FaultAddresses");
        code.Summary("The address of the access that an operation of the loop begins with.");
        code.Open("private static bool TryFind(ushort* ip, ulong* fp, out ulong address)");
        code.Open("switch (*ip)");
        foreach (IGrouping<string, Operation> group in operations.Operations
            .Where(operation => Address(operation) is not null)
            .GroupBy(operation => Address(operation)!))
        {
            foreach (Operation operation in group)
            {
                code.Line($"case {operations.NumberOf(operation.Name)}:");
            }

            code.Line($"    address = {group.Key};");
            code.Line("    return true;");
        }

        code.Line("default:");
        code.Line("    address = 0;");
        code.Line("    return false;");
        code.Close();
        code.Close();
        code.Close();
    }

    // What the handler computes first of all; null when that is no address.
    private static string? Address(Operation operation)
    {
        string? first = HandlerWriter.Statements(operation).Select(statement => statement.Trim()).FirstOrDefault(text => text != "{");
        if (first?.StartsWith(Declaration, StringComparison.Ordinal) != true)
        {
            return null;
        }

        int start = first.IndexOf('=', StringComparison.Ordinal) + 1;
        return first[start..first.IndexOf(';', StringComparison.Ordinal)].Trim();
    }
}
