using System.Globalization;

namespace Wizer.Generate.Engine;

/// <summary>The encodings of <c>vex.tsv</c>, by name.</summary>
internal sealed class VexTable
{
    private const string PathInSource = "Wizer.Engine/Compiler/X64/vex.tsv";
    private const int ColumnCount = 5;

    private static readonly string[] s_prefixes = ["-", "66", "F3", "F2"];
    private static readonly string[] s_maps = ["", "0F", "0F38", "0F3A"];

    private readonly Dictionary<string, string[]> _rows = [];

    private VexTable()
    {
    }

    internal static VexTable Load(string sourceDirectory)
    {
        var table = new VexTable();
        string file = Path.Combine(sourceDirectory, PathInSource);
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            if (!table._rows.TryAdd(cells[0], cells))
            {
                throw new TableException(file, line, $"`{cells[0]}` is named twice");
            }
        }

        return table;
    }

    /// <exception cref="FormatException">There is no such row.</exception>
    internal Encoding Find(string name)
    {
        if (!_rows.TryGetValue(name, out string[]? cells))
        {
            throw new FormatException($"vex.tsv has no `{name}`");
        }

        string[] operands = cells[4].Split(' ');
        string[] form = operands[0].Split('/');
        return new Encoding(
            Array.IndexOf(s_maps, cells[2]),
            Array.IndexOf(s_prefixes, cells[1]),
            operands.Length > 1,
            int.Parse(cells[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            form[0],
            form.Length > 1 ? int.Parse(form[1], CultureInfo.InvariantCulture) : 0);
    }

    /// <param name="Map">The first bytes of the opcode, as VEX numbers them.</param>
    /// <param name="Prefix">What it stands for, as VEX numbers it.</param>
    /// <param name="IsWide">VEX.W.</param>
    /// <param name="Opcode">The last byte of the opcode.</param>
    /// <param name="Places">Where the operands are, a letter each.</param>
    /// <param name="Digit">What is in ModRM.reg when no operand is.</param>
    internal sealed record Encoding(int Map, int Prefix, bool IsWide, int Opcode, string Places, int Digit);
}
