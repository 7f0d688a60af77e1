using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>What compiled code computes in place, from <c>cil.tsv</c>.</summary>
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
        code.Line();
        code.Line("namespace Wizer.Engine.Compiler.Cil;");
        code.Line();
        code.Line("[RequiresDynamicCode(\"Compiles at run time.\")]");
        code.Open("internal static class CilOperations");
        code.Summary("Whether an instruction is computed in place.");
        code.Line("internal static bool Has(Opcode opcode) => TryEmit(null, opcode);");
        code.Line();
        code.Summary("Emits an instruction whose operands are on the stack.");
        code.Open("internal static bool TryEmit(CilWriter? il, Opcode opcode)");
        code.Open("switch (opcode)");
        string file = Path.Combine(table.SourceDirectory, TablePath);
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            foreach (string name in cells[0].Split(' '))
            {
                if (!rows.Remove(name))
                {
                    throw new TableException(file, line, $"`{name}` is no instruction, or named twice");
                }

                code.Line($"case Opcode.{name}:");
            }

            foreach (string token in cells[1].Split(' '))
            {
                code.Line("    " + Statement(token));
            }

            code.Line("    return true;");
        }

        code.Line("default:");
        code.Line("    return false;");
        code.Close();
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
            "call" => $"il?.Call(typeof(CompiledNumerics).GetMethod(nameof(CompiledNumerics.{argument}), BindingFlags.Static | BindingFlags.NonPublic)!);",
            _ => $"il?.Emit(OpCodes.{OpCodeName(token)});",
        };
    }

    // `conv.i4` is OpCodes.Conv_I4.
    private static string OpCodeName(string token) =>
        string.Join('_', token.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
