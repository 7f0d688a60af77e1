using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wizer.Generate;

/// <summary>The rows of <c>instructions.tsv</c>, parsed and checked.</summary>
internal sealed partial class InstructionTable
{
    internal const string PathInSource = "Wizer.Binary/Instructions/instructions.tsv";

    /// <summary>One more than the largest value that <c>enum Opcode</c> can have.</summary>
    internal const int Size = 0x600;

    private const int ColumnCount = 11;
    private const int MaxOperands = 3;

    // Relaxed SIMD continues after 0xff, so the vector prefix has two pages.
    private static readonly (int Prefix, int Base, int Limit)[] s_pages =
    [
        (0xfb, 0x100, 0x100),
        (0xfc, 0x200, 0x100),
        (0xfd, 0x300, 0x200),
        (0xfe, 0x500, 0x100),
    ];

    private static readonly string[] s_types = ["i32", "i64", "f32", "f64", "v128", "addr"];

    /// <summary>The cells of the column <c>nan</c>, in the order of <c>enum NanLanes</c>.</summary>
    private static readonly string[] s_nans = ["-", "f32", "f64", "f32x4", "f64x2"];

    private readonly string _file;

    private InstructionTable(string file) => _file = file;

    /// <summary>Every row, in the table's order.</summary>
    internal List<InstructionRow> Rows { get; } = [];

    /// <summary>The root of the sources, for emitters that read tables of their own.</summary>
    internal required string SourceDirectory { get; init; }

    internal static InstructionTable Load(string file, string sourceDirectory) => Parse(file, File.ReadAllLines(file), sourceDirectory);

    internal static InstructionTable Parse(string file, string[] lines, string sourceDirectory)
    {
        InstructionTable table = new(file) { SourceDirectory = sourceDirectory };
        for (int i = 0; i < lines.Length; i++)
        {
            if (!string.IsNullOrWhiteSpace(lines[i]) && lines[i][0] != '#')
            {
                table.Rows.Add(table.ParseRow(lines[i], i + 1));
            }
        }

        table.CheckUniqueness();
        return table;
    }

    private InstructionRow ParseRow(string text, int line)
    {
        string[] cells = Array.ConvertAll(text.Split('\t'), cell => cell.Trim());
        if (cells.Length != ColumnCount || Array.Exists(cells, cell => cell.Length == 0))
        {
            throw Bad(line, $"expected {ColumnCount} cells separated by tabs, none of them empty");
        }

        if (!Mnemonic().IsMatch(cells[1]))
        {
            throw Bad(line, $"`{cells[1]}` is not a mnemonic");
        }

        if (!cells[0].StartsWith(PascalCase(cells[1]), StringComparison.Ordinal))
        {
            throw Bad(line, $"`{cells[0]}` is not the Pascal case of `{cells[1]}`, nor that with a suffix");
        }

        if (!Proposal().IsMatch(cells[8]))
        {
            throw Bad(line, $"`{cells[8]}` is not the name of a proposal");
        }

        (int prefix, int code, int opcode) = ParseCode(cells[2], line);
        return new InstructionRow
        {
            Name = cells[0],
            Text = cells[1],
            Prefix = prefix,
            Code = code,
            Opcode = opcode,
            Immediates = ImmediateKind.Find(cells[3]) ?? throw Bad(line, $"unknown kind of immediates `{cells[3]}`"),
            Operands = ParseTypes(cells[4], MaxOperands, line),
            Results = ParseTypes(cells[5], 1, line),
            Family = OpcodeFamily.Find(cells[6]) ?? throw Bad(line, $"unknown family `{cells[6]}`"),
            Nan = ParseNan(cells[7], line),
            Proposal = cells[8],
            Width = ParseWidth(cells[9], line),
            Spec = cells[10],
            Line = line,
        };
    }

    private (int Prefix, int Code, int Opcode) ParseCode(string cell, int line)
    {
        string[] parts = cell.Split(' ');
        int[] numbers = Array.ConvertAll(parts, part => ParseHex(part, line));
        if (numbers.Length == 1 && numbers[0] <= 0xff && !Array.Exists(s_pages, page => page.Prefix == numbers[0]))
        {
            return (0, numbers[0], numbers[0]);
        }

        foreach ((int prefix, int first, int limit) in s_pages)
        {
            if (numbers.Length == 2 && numbers[0] == prefix && numbers[1] < limit)
            {
                return (prefix, numbers[1], first + numbers[1]);
            }
        }

        throw Bad(line, $"`{cell}` is not an opcode");
    }

    private int ParseHex(string text, int line)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value >= 0)
        {
            return value;
        }

        throw Bad(line, $"`{text}` is not a hexadecimal number");
    }

    private string[]? ParseTypes(string cell, int maximum, int line)
    {
        switch (cell)
        {
            case "*": return null;
            case "-": return [];
        }

        string[] types = cell.Split(' ');
        foreach (string type in types)
        {
            if (Array.IndexOf(s_types, type) < 0)
            {
                throw Bad(line, $"unknown type `{type}`");
            }
        }

        return types.Length <= maximum ? types : throw Bad(line, $"`{cell}` is more than {maximum}: write `*` and do it by hand");
    }

    private int ParseWidth(string cell, int line) => cell switch
    {
        "-" => 0,
        "1" or "2" or "4" or "8" or "16" => int.Parse(cell, CultureInfo.InvariantCulture),
        _ => throw Bad(line, $"`{cell}` is not a width in bytes"),
    };

    private int ParseNan(string cell, int line)
    {
        int index = Array.IndexOf(s_nans, cell);
        return index >= 0 ? index : throw Bad(line, $"`{cell}` is not a kind of NaN");
    }

    private void CheckUniqueness()
    {
        HashSet<string> names = [];
        HashSet<int> opcodes = [];
        HashSet<string> texts = [];
        string previousText = "";
        foreach (InstructionRow row in Rows)
        {
            if (!names.Add(row.Name))
            {
                throw Bad(row.Line, $"a second row is named `{row.Name}`");
            }

            if (!opcodes.Add(row.Opcode))
            {
                throw Bad(row.Line, "a second row has this code");
            }

            if (!texts.Add(row.Text) && row.Text != previousText)
            {
                throw Bad(row.Line, $"rows that share the text `{row.Text}` must be adjacent");
            }

            previousText = row.Text;
        }
    }

    private TableException Bad(int line, string what) => new(_file, line, what);

    /// <summary><c>i32.load8_s</c> → <c>I32Load8S</c>, <c>wide-arithmetic</c> → <c>WideArithmetic</c>.</summary>
    internal static string PascalCase(string text)
    {
        StringBuilder result = new(text.Length);
        foreach (string part in text.Split('.', '_', '-'))
        {
            if (part.Length != 0)
            {
                result.Append(char.ToUpperInvariant(part[0])).Append(part, 1, part.Length - 1);
            }
        }

        return result.ToString();
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Mnemonic();

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Proposal();
}
