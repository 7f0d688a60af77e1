using System.Text.RegularExpressions;
using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>What machine code does with each instruction, from <c>x64.tsv</c> and the names of <c>x64-vectors.tsv</c>.</summary>
internal sealed partial class MachineEmitter : IEmitter
{
    private const string TablePath = "Wizer.Engine/Compiler/X64/x64.tsv";
    private const string VectorTablePath = "Wizer.Engine/Compiler/X64/x64-vectors.tsv";
    private const int ColumnCount = 2;
    private const int VectorColumnCount = 4;
    private const int LaneNameLength = 5;

    // The value that MachineInstructions reads. What no row names, a helper executes: 0.
    private const uint CallsNothing = 1;

    private readonly uint[] _kinds = new uint[InstructionTable.Size];
    private readonly List<(string Statement, InstructionRow Row)> _computing = [];
    private readonly List<(string Statement, InstructionRow Row)> _accessing = [];

    public string FileName => "MachineInstructions.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        Dictionary<string, InstructionRow> rows = table.Rows.ToDictionary(row => row.Name);
        VexTable encodings = VexTable.Load(table.SourceDirectory);
        string file = Path.Combine(table.SourceDirectory, TablePath);
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            foreach (string name in cells[0].Split(' '))
            {
                if (!rows.Remove(name, out InstructionRow? row))
                {
                    throw new TableException(file, line, $"`{name}` is no instruction, or named twice");
                }

                _kinds[row.Opcode] = CallsNothing;
                if (cells[1] == "-")
                {
                    continue;
                }

                try
                {
                    bool isAccess = row.Immediates.Name is "MemArg" or "MemArgLane";
                    (isAccess ? _accessing : _computing).Add((Fill(cells[1], row, encodings), row));
                }
                catch (FormatException error)
                {
                    throw new TableException(file, line, error.Message);
                }
            }
        }

        string vectorFile = Path.Combine(table.SourceDirectory, VectorTablePath);
        foreach ((int line, string[] cells) in TableFile.Rows(vectorFile, VectorColumnCount))
        {
            foreach (string name in cells[0].Split(' '))
            {
                if (!rows.Remove(name, out InstructionRow? row))
                {
                    throw new TableException(vectorFile, line, $"`{name}` is no instruction, or named in x64.tsv too");
                }

                _kinds[row.Opcode] = CallsNothing;
            }
        }

        code.Line("using System;");
        code.Line("using Wizer.Binary;");
        code.Line("using Wizer.Engine.Layout;");
        code.Line();
        code.Line("namespace Wizer.Engine.Compiler.X64;");
        code.Line();
        code.Open("internal static partial class MachineInstructions");
        code.Summary("By opcode: 1 for what calls nothing, 0 otherwise.");
        code.Table("private static ReadOnlySpan<byte> Kinds", 1, _kinds);
        code.Close();
        code.Line();
        code.Open("internal sealed unsafe partial class MachineCompiler");
        code.Summary("An instruction that only computes.");
        code.Line("/// <returns>Whether there is a row for it.</returns>");
        code.Open("private bool TryEmit(Opcode opcode)");
        Cases(code, _computing, "return true;", "return false;");
        code.Close();
        code.Line();
        code.Summary("The access itself of a load or a store.");
        code.Open("private void EmitAccess(Opcode opcode, Place at, int lane)");
        Cases(code, _accessing, "break;", "throw new InvalidOperationException($\"no code for {OpcodeTable.Mnemonic(opcode)}\");");
        code.Close();
        code.Close();
    }

    private static void Cases(CodeWriter code, List<(string Statement, InstructionRow Row)> rows, string end, string otherwise)
    {
        code.Open("switch (opcode)");
        foreach (IGrouping<string, (string Statement, InstructionRow Row)> group in rows.GroupBy(row => row.Statement))
        {
            foreach ((_, InstructionRow row) in group)
            {
                code.Line($"case Opcode.{row.Name}:");
            }

            code.Line($"    {group.Key};");
            code.Line($"    {end}");
        }

        code.Line("default:");
        code.Line($"    {otherwise}");
        code.Close();
    }

    private static string Fill(string statement, InstructionRow row, VexTable encodings) => Macro().Replace(statement, match =>
    {
        string name = match.Groups[1].Value;
        switch (name)
        {
            case "wide":
                string number = row.Operands!.Concat(row.Results!).First(type => type != "addr");
                return number.EndsWith("64", StringComparison.Ordinal) ? "true" : "false";
            case "result":
                return "SlotType." + row.Results![0].ToUpperInvariant();
            case "lane":
                return row.Name[..LaneNameLength] switch
                {
                    "I8x16" => "8",
                    "I16x8" => "16",
                    "I32x4" => "32",
                    "I64x2" => "64",
                    _ => throw new FormatException($"`{row.Name}` has no lanes"),
                };
            default:
                VexTable.Encoding encoding = encodings.Find(name);
                string isWide = encoding.IsWide ? "true" : "false";
                return $"new VexCode({encoding.Map}, {encoding.Prefix}, {isWide}, 0x{encoding.Opcode:x2})";
        }
    });

    [GeneratedRegex(@"\$([a-z][a-z0-9.]*)")]
    private static partial Regex Macro();
}
