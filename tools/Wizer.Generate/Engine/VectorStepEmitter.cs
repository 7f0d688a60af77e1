using System.Globalization;
using Wizer.Generate.Emitters;

namespace Wizer.Generate.Engine;

/// <summary>What machine code computes of vectors in place, as steps: from <c>Compiler/X64/x64-vectors.tsv</c> and <c>vex.tsv</c>.</summary>
internal sealed class VectorStepEmitter : IEmitter
{
    private const string TablePath = "Wizer.Engine/Compiler/X64/x64-vectors.tsv";
    private const int ColumnCount = 4;
    private const int VectorPrefix = 0xfd;
    private const string OperandNames = "rxyzabc";
    private const int ConstantOperand = 7;
    private const int FormFlag = 5;
    private const int ImmediateFlag = 0x80;

    private readonly List<uint> _steps = [];
    private readonly List<ulong> _constants = [];

    public string FileName => "VectorSteps.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        VexTable encodings = VexTable.Load(table.SourceDirectory);
        Dictionary<string, InstructionRow> rows = table.Rows
            .Where(row => row.Prefix == VectorPrefix && row.Immediates == ImmediateKind.None).ToDictionary(row => row.Name);
        int first = table.Rows.Where(row => row.Prefix == VectorPrefix).Min(row => row.Opcode);
        int count = table.Rows.Where(row => row.Prefix == VectorPrefix).Max(row => row.Opcode) - first + 1;
        var sequences = new uint[count];
        var hostSequences = new uint[count];
        string file = Path.Combine(table.SourceDirectory, TablePath);
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            foreach (string name in cells[0].Split(' '))
            {
                if (!rows.Remove(name, out InstructionRow? row))
                {
                    throw new TableException(file, line, $"`{name}` is no vector instruction without immediates, or named twice");
                }

                try
                {
                    int index = row.Opcode - first;
                    sequences[index] = Sequence(encodings, row, cells[2], cells[1] == "=");
                    hostSequences[index] = cells[3] == "-" ? sequences[index] : Sequence(encodings, row, cells[3], swaps: false);
                }
                catch (FormatException error)
                {
                    throw new TableException(file, line, error.Message);
                }
            }
        }

        code.Line("using System;");
        code.Line("using System.Runtime.CompilerServices;");
        code.Line("using System.Runtime.InteropServices;");
        code.Line("using Wizer.Binary;");
        code.Line();
        code.Line("namespace Wizer.Engine.Compiler.X64;");
        code.Line();
        code.Open("internal static class VectorSteps");
        code.Summary("The steps of an instruction: the first one's number, how many from bit 16 on, from bit 24 on which of y and z they use, and in bit 31 whether operands may be swapped; 0 when there are none.");
        code.Open("internal static uint Of(Opcode opcode, bool isDeterministic)");
        code.Line($"int index = (int)opcode - {first};");
        code.Line($"return (uint)index >= {count} ? 0 : At(isDeterministic ? Sequences : HostSequences, index);");
        code.Close();
        code.Line();
        code.Summary("A half of a constant.");
        code.Line("internal static ulong Constant(int index) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Constants), 8 * index));");
        code.Line();
        code.Line("private static uint At(ReadOnlySpan<byte> table, int index) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(table), 4 * index));");
        code.Line();
        code.Summary("Six bytes each: prefix, map, W, form; the opcode; destination and first source; last source; immediate; constant.");
        code.Table("internal static ReadOnlySpan<byte> Steps", 1, _steps);
        code.Line();
        code.Table("private static ReadOnlySpan<byte> Sequences", sizeof(uint), sequences);
        code.Line();
        code.Table("private static ReadOnlySpan<byte> HostSequences", sizeof(uint), hostSequences);
        code.Line();
        code.Table("private static ReadOnlySpan<byte> Constants", sizeof(uint), _constants.SelectMany(half => (uint[])[(uint)half, (uint)(half >> 32)]));
        code.Close();
    }

    private uint Sequence(VexTable encodings, InstructionRow row, string code, bool swaps)
    {
        string[] steps = code.Replace("$", Suffix(row.Name), StringComparison.Ordinal).Split(';', StringSplitOptions.TrimEntries);
        int first = _steps.Count / 6;
        uint used = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            string[] tokens = steps[i].Split(' ');
            if ((tokens[1] == "r") != (i == steps.Length - 1) || tokens.Skip(2).Contains("r"))
            {
                throw new FormatException("the last instruction writes the result, and no other");
            }

            used |= (tokens.Contains("y") ? 1U : 0) | (tokens.Contains("z") ? 2U : 0);
            Step(encodings, tokens);
        }

        return (uint)first | ((uint)steps.Length << 16) | (used << 24) | (swaps ? 1U << 31 : 0);
    }

    private void Step(VexTable encodings, string[] tokens)
    {
        VexTable.Encoding encoding = encodings.Find(tokens[0]);
        string places = encoding.Places;
        if (places[0] == 'm')
        {
            throw new FormatException($"`{tokens[0]}` writes memory, and steps have registers");
        }

        if (tokens.Length != places.Length + 1)
        {
            throw new FormatException($"`{tokens[0]}` takes {places.Length} operands");
        }

        int formNumber = places[..2] == "vm" ? 2 : places[..2] == "rm" ? 1 : 0;
        int last = formNumber == 0 ? 3 : 2;
        int second = formNumber switch { 0 => Operand(tokens[2]), 2 => encoding.Digit, _ => 0 };
        bool hasImmediate = places.Length > last;
        int immediate = !hasImmediate ? 0
            : places[^1] == 'r' ? Operand(tokens[^1])
            : int.Parse(tokens[^1], CultureInfo.InvariantCulture);
        bool isConstant = tokens[last][0] == '#';
        _steps.Add((uint)(encoding.Prefix | (encoding.Map << 2)
            | (encoding.IsWide ? 0x10 : 0) | (formNumber << FormFlag) | (hasImmediate ? ImmediateFlag : 0)));
        _steps.Add((uint)encoding.Opcode);
        _steps.Add((uint)(Operand(tokens[1]) | (second << 4)));
        _steps.Add((uint)((isConstant ? ConstantOperand : Operand(tokens[last])) | (hasImmediate && places[^1] == 'r' ? 0x80 : 0)));
        _steps.Add((uint)immediate);
        _steps.Add(isConstant ? (uint)ConstantIndex(tokens[last][1..]) : 0);
    }

    private static int Operand(string name)
    {
        int index = name.Length == 1 ? OperandNames.IndexOf(name[0], StringComparison.Ordinal) : -1;
        return index >= 0 ? index : throw new FormatException($"`{name}` is no operand");
    }

    // Of two halves each.
    private int ConstantIndex(string text)
    {
        string[] halves = text.Split(':');
        ulong low = Half(halves[0]);
        ulong high = Half(halves[^1]);
        for (int i = 0; i < _constants.Count; i += 2)
        {
            if (_constants[i] == low && _constants[i + 1] == high)
            {
                return i / 2;
            }
        }

        _constants.Add(low);
        _constants.Add(high);
        return (_constants.Count / 2) - 1;
    }

    private static ulong Half(string digits) => ulong.Parse(
        string.Concat(Enumerable.Repeat(digits, 16 / digits.Length)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Suffix(string name) => name[..Math.Min(5, name.Length)] switch
    {
        "I8x16" => "b",
        "I16x8" => "w",
        "I32x4" => "d",
        "I64x2" => "q",
        "F32x4" => "ps",
        "F64x2" => "pd",
        _ => "?",
    };
}
