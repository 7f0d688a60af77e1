using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Wizer.Generate.Emitters;

namespace Wizer.Generate.Wasi;

/// <summary>
/// <c>Preview2Interfaces</c>: what <c>preview2.tsv</c> lists, with the fingerprint of each function's type and the method that answers.
/// </summary>
internal sealed partial class Preview2Emitter : IEmitter
{
    private const string TablePath = "Wizer.Engine/Wasi/Preview2/preview2.tsv";
    private const int ColumnCount = 5;

    public string FileName => "Preview2Interfaces.g.cs";

    public void Emit(InstructionTable table, CodeWriter code)
    {
        string file = Path.Combine(table.SourceDirectory, TablePath);
        Dictionary<string, string> types = [];
        List<(string Interface, string Name)> resources = [];
        List<(int Line, string[] Cells)> functions = [];
        foreach ((int line, string[] cells) in TableFile.Rows(file, ColumnCount))
        {
            switch (cells[0])
            {
                case "resource":
                    resources.Add((cells[1], cells[2]));
                    break;
                case "type":
                    types.Add($"{cells[1]}.{cells[2]}", cells[3]);
                    break;
                case "func":
                    functions.Add((line, cells));
                    break;
                default:
                    throw new TableException(file, line, $"`{cells[0]}` is no kind");
            }
        }

        HashSet<string> known = [.. resources.Select(resource => $"{resource.Interface}.{resource.Name}")];
        code.Line("namespace Wizer.Engine.Wasi.Preview2;");
        code.Line();
        code.Summary("The interfaces of WASI 0.2 that a component may import.");
        code.Open("internal static class Preview2Interfaces");
        code.Summary("The resource types, with the interfaces that define them.");
        code.Line("internal static (string Interface, string Name)[] Resources() =>");
        code.Line("[");
        foreach ((string owner, string name) in resources)
        {
            code.Line($"    (\"{owner}\", \"{name}\"),");
        }

        code.Line("];");
        code.Line();
        code.Summary("The functions, by interface.");
        code.Line("internal static Preview2Definition[] Functions() =>");
        code.Line("[");
        foreach ((int line, string[] cells) in functions)
        {
            string expanded = Expand(cells[3], types, known, file, line);
            code.Line($"    new(\"{cells[1]}\", \"{cells[2]}\", \"{cells[3]}\", 0x{Fingerprint(expanded):x16}, {BodyOf(cells, file, line)}),");
        }

        code.Line("];");
        code.Close();
    }

    // FNV-1a, of 64 bits; the engine computes the same of what a component imports.
    private static ulong Fingerprint(string text)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001b3;
        }

        return hash;
    }

    private static string Expand(string type, Dictionary<string, string> types, HashSet<string> resources, string file, int line) =>
        QualifiedName().Replace(type, match =>
            types.TryGetValue(match.Value, out string? definition) ? Expand(definition, types, resources, file, line)
            : resources.Contains(match.Value) ? match.Value
            : throw new TableException(file, line, $"there is no type `{match.Value}`"));

    private static string BodyOf(string[] cells, string file, int line) => cells[4] switch
    {
        // `wasi:io/streams` and `[method]input-stream.read` are IoStreams.InputStreamRead.
        "host" => $"{Pascal(cells[1]["wasi:".Length..])}.{Pascal(cells[2][(cells[2].IndexOf(']') + 1)..])}",
        "not-supported" => "Preview2Answers.NotSupported",
        "none" => "Preview2Answers.None",
        "trap" => "Preview2Answers.Trap",
        _ => throw new TableException(file, line, $"`{cells[4]}` is no answer"),
    };

    private static string Pascal(string name)
    {
        var text = new StringBuilder();
        foreach (string word in name.Split('-', '/', '.'))
        {
            text.Append(char.ToUpper(word[0], CultureInfo.InvariantCulture)).Append(word[1..]);
        }

        return text.ToString();
    }

    [GeneratedRegex(@"[a-z]+:[a-z0-9-]+/[a-z0-9-]+\.[A-Za-z0-9-]+")]
    private static partial Regex QualifiedName();
}
