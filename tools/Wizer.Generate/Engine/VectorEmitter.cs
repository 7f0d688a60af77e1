using System.Text.RegularExpressions;
using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>A method for each vector instruction without immediates, from <c>vectors.tsv</c>, and the way from opcodes to methods.</summary>
internal sealed partial class VectorEmitter : IEmitter
{
    private const string TablePath = "Wizer.Engine/Interpreter/vectors.tsv";
    private const string HostSuffix = "OfHost";
    private const string ValueSuffix = "OfValues";
    private const int VectorPrefix = 0xfd;
    private const int ColumnCount = 4;

    private static readonly string[] s_parameters = ["a", "b", "c"];

    public string FileName => "VectorOperations.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        Dictionary<string, InstructionRow> missing = table.Rows
            .Where(row => row.Prefix == VectorPrefix && row.Immediates == ImmediateKind.None)
            .ToDictionary(row => row.Name);
        List<(InstructionRow Row, string Lanes, string Expression, string Host)> found = [];
        string file = Path.Combine(table.SourceDirectory, TablePath);
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            foreach (string name in cells[0].Split(' '))
            {
                if (!missing.Remove(name, out InstructionRow? row))
                {
                    throw new TableException(file, line, $"`{name}` is no vector instruction without immediates, or named twice");
                }

                found.Add((row, LaneType(cells[1], name), cells[2], cells[3]));
            }
        }

        if (missing.Count != 0)
        {
            throw new TableException(file, 1, $"nothing says what `{missing.Keys.First()}` computes");
        }

        code.Line("using System;");
        code.Line("using System.Diagnostics.CodeAnalysis;");
        code.Line("using System.Reflection;");
        code.Line("using System.Runtime.CompilerServices;");
        code.Line("using System.Runtime.Intrinsics;");
        code.Line("using Wizer.Binary;");
        code.Line("using Wizer.Engine.Layout;");
        code.Line();
        code.Line("namespace Wizer.Engine.Interpreter;");
        code.Line();
        code.Open("internal static unsafe partial class VectorOperations");
        code.Summary("The method of an instruction: where its result goes, and its operands.");
        code.Open("internal static delegate*<ulong*, ulong*, ulong*, ulong*, void> Of(Opcode opcode, bool isDeterministic)");
        code.Open("switch (opcode)");
        foreach ((InstructionRow row, _, _, string host) in found)
        {
            string method = host == "-" ? $"&{row.Name}" : $"isDeterministic ? &{row.Name} : &{row.Name}{HostSuffix}";
            code.Line($"case Opcode.{row.Name}: return {method};");
        }

        code.Line("default: return null;");
        code.Close();
        code.Close();
        code.Line();
        code.Summary("The method that takes an instruction's operands as values, for compiled code to call; null when there is none.");
        code.Line("[RequiresDynamicCode(\"Compiles at run time.\")]");
        code.Open("internal static MethodInfo? OfValues(Opcode opcode, bool isDeterministic)");
        code.Open("switch (opcode)");
        foreach ((InstructionRow row, _, _, string host) in found)
        {
            string method = MethodInfo(row.Name);
            method = host == "-" ? method : $"isDeterministic ? {method} : {MethodInfo(row.Name + HostSuffix)}";
            code.Line($"case Opcode.{row.Name}: return {method};");
        }

        code.Line("default: return null;");
        code.Close();
        code.Close();
        foreach ((InstructionRow row, string lanes, string expression, string host) in found)
        {
            Method(code, row, row.Name, lanes, expression);
            ValueMethod(code, row, row.Name, lanes, expression);
            if (host != "-")
            {
                Method(code, row, row.Name + HostSuffix, lanes, host);
                ValueMethod(code, row, row.Name + HostSuffix, lanes, host);
            }
        }

        code.Close();
    }

    private static void Method(CodeWriter code, InstructionRow row, string name, string lanes, string expression)
    {
        // They are never precompiled, outside of the runtime's own library, and small: so at once, and as they should be.
        code.Line();
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        code.Open($"private static void {name}(ulong* r, ulong* a, ulong* b, ulong* c)");
        for (int i = 0; i < row.Operands!.Length; i++)
        {
            string slot = s_parameters[i];
            code.Line(row.Operands[i] switch
            {
                "v128" => $"Vector128<{lanes}> x{i} = *(Vector128<{lanes}>*){slot};",
                "i32" => $"int x{i} = (int)*{slot};",
                "i64" => $"long x{i} = (long)*{slot};",
                "f32" => $"float x{i} = *(float*){slot};",
                _ => $"double x{i} = *(double*){slot};",
            });
        }

        string value = Fill(expression, lanes);
        code.Line(row.Results![0] == "v128" ? $"*(Vector128<ulong>*)r = ({value}).AsUInt64();" : $"*r = {value};");
        code.Close();
    }

    // The same for compiled code, of which it becomes a part.
    private static void ValueMethod(CodeWriter code, InstructionRow row, string name, string lanes, string expression)
    {
        bool isVector = row.Results![0] == "v128";
        string parameters = string.Join(", ", row.Operands!.Select((type, i) => type switch
        {
            "v128" => $"Vector128<byte> {s_parameters[i]}",
            "i32" => $"int x{i}",
            "i64" => $"long x{i}",
            "f32" => $"float x{i}",
            _ => $"double x{i}",
        }));
        code.Line();
        code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        code.Open($"private static {(isVector ? "Vector128<byte>" : "int")} {name}{ValueSuffix}({parameters})");
        for (int i = 0; i < row.Operands!.Length; i++)
        {
            if (row.Operands[i] == "v128")
            {
                code.Line($"Vector128<{lanes}> x{i} = {s_parameters[i]}.As<byte, {lanes}>();");
            }
        }

        string value = Fill(expression, lanes);
        code.Line(isVector ? $"return ({value}).AsByte();" : $"return (int)({value});");
        code.Close();
    }

    private static string MethodInfo(string name) =>
        $"typeof(VectorOperations).GetMethod(nameof({name}{ValueSuffix}), BindingFlags.Static | BindingFlags.NonPublic)!";

    private static string Fill(string expression, string lanes) =>
        Operand().Replace(expression, match => "x" + match.Groups[1].Value)
            .Replace("$T", lanes, StringComparison.Ordinal)
            .Replace("$M", LaneMask(lanes), StringComparison.Ordinal);

    private static string LaneMask(string lanes) => lanes switch
    {
        "sbyte" or "byte" => "7",
        "short" or "ushort" => "15",
        "int" or "uint" => "31",
        _ => "63",
    };

    private static string LaneType(string lanes, string name) => (lanes, name[..Math.Min(5, name.Length)]) switch
    {
        ("s", "I8x16") => "sbyte",
        ("s", "I16x8") => "short",
        ("s", "I32x4") => "int",
        ("s", "I64x2") => "long",
        ("u", "I8x16") => "byte",
        ("u", "I16x8") => "ushort",
        ("u", "I32x4") => "uint",
        ("u", "I64x2") => "ulong",
        ("f" or "s", "F32x4") => "float",
        ("f" or "s", "F64x2") => "double",
        _ => lanes,
    };

    [GeneratedRegex(@"\$([0-2])")]
    private static partial Regex Operand();
}
