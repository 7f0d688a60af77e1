using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>What compiled code computes and accesses in place, from <c>cil.tsv</c>.</summary>
internal sealed class CilEmitter : IEmitter
{
    private const string TablePath = "Wizer.Engine/Compiler/Cil/cil.tsv";
    private const int ColumnCount = 2;

    public string FileName => "CilOperations.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        Dictionary<string, InstructionRow> rows = table.Rows.ToDictionary(row => row.Name);
        code.Line("using System.Diagnostics.CodeAnalysis;");
        code.Line("using System.Reflection;");
        code.Line("using System.Reflection.Emit;");
        code.Line("using Wizer.Binary;");
        code.Line("using Wizer.Engine.Interpreter;");
        code.Line("using Wizer.Engine.Layout;");
        code.Line();
        code.Line("namespace Wizer.Engine.Compiler.Cil;");
        code.Line();
        code.Line("[RequiresDynamicCode(\"Compiles at run time.\")]");
        code.Open("internal static class CilOperations");
        code.Summary("Whether an instruction is computed in place.");
        code.Line("internal static bool Has(Opcode opcode) => TryEmit(null, opcode);");
        code.Line();
        code.Summary("Whether an instruction is a load or a store that is made in place.");
        code.Line("internal static bool IsAccess(Opcode opcode) => TryEmitAccess(null, opcode);");
        string file = Path.Combine(table.SourceDirectory, TablePath);
        List<(string[] Names, string Code)> numeric = [];
        List<(string[] Names, string Code)> accesses = [];
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            string[] names = cells[0].Split(' ');
            InstructionRow? row = null;
            foreach (string name in names)
            {
                if (!rows.Remove(name, out row))
                {
                    throw new TableException(file, line, $"`{name}` is no instruction, or named twice");
                }
            }

            (row!.Immediates == ImmediateKind.None ? numeric : accesses).Add((names, cells[1]));
        }

        Method(code, "TryEmit", "Emits an instruction whose operands are on the stack.", numeric);
        Method(code, "TryEmitAccess", "Emits a load or a store whose address, value and lane are on the stack.", accesses);
        code.Close();
    }

    private static void Method(CodeWriter code, string method, string summary, List<(string[] Names, string Code)> rows)
    {
        code.Line();
        code.Summary(summary);
        code.Open($"internal static bool {method}(CilWriter? il, Opcode opcode)");
        code.Open("switch (opcode)");
        foreach ((string[] names, string tokens) in rows)
        {
            foreach (string name in names)
            {
                code.Line($"case Opcode.{name}:");
            }

            foreach (string token in tokens.Split(' '))
            {
                code.Line("    " + Statement(token));
            }

            code.Line("    return true;");
        }

        code.Line("default:");
        code.Line("    return false;");
        code.Close();
        code.Close();
    }

    private static string Statement(string token)
    {
        int colon = token.IndexOf(':', StringComparison.Ordinal);
        string argument = token[(colon + 1)..];
        return (colon < 0 ? "" : token[..colon]) switch
        {
            "int" => $"il?.Int32({argument});",
            "long" => $"il?.Int64({argument});",
            "call" => Call("CompiledNumerics", argument),
            "vector" => Call("CompiledVectors", argument),
            _ when token is "ldobj" or "stobj" => $"il?.Object(OpCodes.{OpCodeName(token)}, SlotTypes.ClrType(SlotType.V128));",
            _ => $"il?.Emit(OpCodes.{OpCodeName(token)});",
        };
    }

    private static string Call(string type, string method) =>
        $"il?.Call(typeof({type}).GetMethod(nameof({type}.{method}), BindingFlags.Static | BindingFlags.NonPublic)!);";

    // `conv.i4` is OpCodes.Conv_I4.
    private static string OpCodeName(string token) =>
        string.Join('_', token.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
