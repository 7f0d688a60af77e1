using System.Runtime.CompilerServices;
using System.Text;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary>
/// Writes a component that imports every function of <c>preview2.tsv</c>, with the type that stands there: the text format's types are
/// made of the table's, and nothing of the engine's code has a part in it.
/// </summary>
internal sealed class Preview2World
{
    private readonly List<string[]> _rows = [];
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _written = [];
    private readonly string _version;

    private Preview2World(string version, string? only)
    {
        _version = version;
        foreach (string line in File.ReadLines(TableFile()))
        {
            if (line.Length != 0 && line[0] != '#')
            {
                _rows.Add(line.Split('\t'));
            }
        }

        foreach (string name in _rows.Select(row => row[1]).Distinct().Where(name => only is null || name == only).ToArray())
        {
            Write(name);
        }
    }

    /// <summary>The fields of the component.</summary>
    /// <param name="version">The version of the imported interfaces.</param>
    /// <param name="only">The interface to import, with what it needs; null for all.</param>
    internal static string Write(string version, string? only = null) => new Preview2World(version, only)._text.ToString();

    /// <summary>The interfaces and names of all functions.</summary>
    internal static List<(string Interface, string Name, string Answer)> Functions() =>
        [.. new Preview2World("0.2.0", "")._rows.Where(row => row[0] == "func").Select(row => (row[1], row[2], row[4]))];

    private static string TableFile([CallerFilePath] string file = "") => Path.Join(
        Path.GetDirectoryName(file), "..", "..", "..", "..", "src", "Wizer.Engine", "Wasi", "Preview2", "preview2.tsv");

    private void Write(string name)
    {
        if (!_written.Add(name))
        {
            return;
        }

        List<string[]> rows = _rows.FindAll(row => row[1] == name);
        foreach (string other in rows.SelectMany(row => NamesIn(row[3])).Select(OwnerOf).Where(other => other != name).Distinct().ToArray())
        {
            Write(other);
        }

        var types = new StringBuilder();
        HashSet<string> written = [];
        foreach (string[] row in rows.Where(row => row[0] != "func"))
        {
            WriteType(types, rows, row, written);
        }

        _text.Append($"(import \"{name}@{_version}\" (instance ${name}\n").Append(types);
        foreach (string[] row in rows.Where(row => row[0] == "func"))
        {
            _text.Append($"  (export \"{row[2]}\" {new TypeReader(row[3]).ReadFunction()})\n");
        }

        _text.Append("))\n");
        foreach (string[] row in rows.Where(row => row[0] != "func"))
        {
            _text.Append($"(alias export ${name} \"{row[2]}\" (type ${name}.{row[2]}))\n");
        }
    }

    // A type may stand before one that it speaks of.
    private static void WriteType(StringBuilder text, List<string[]> rows, string[] row, HashSet<string> written)
    {
        string whole = $"{row[1]}.{row[2]}";
        if (!written.Add(whole))
        {
            return;
        }

        if (row[0] == "resource")
        {
            text.Append($"  (export \"{row[2]}\" (type ${whole} (sub resource)))\n");
            return;
        }

        foreach (string other in NamesIn(row[3]))
        {
            if (rows.Find(candidate => candidate[0] != "func" && $"{candidate[1]}.{candidate[2]}" == other) is { } needed)
            {
                WriteType(text, rows, needed, written);
            }
        }

        text.Append($"  (type ${whole}-anonymous {new TypeReader(row[3]).Read()})\n");
        text.Append($"  (export \"{row[2]}\" (type ${whole} (eq ${whole}-anonymous)))\n");
    }

    private static string OwnerOf(string name) => name[..name.LastIndexOf('.')];

    private static IEnumerable<string> NamesIn(string type) =>
        type.Split([' ', ',', '<', '>', '(', ')', '{', '}'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Contains('/', StringComparison.Ordinal));

    /// <summary>Reads a type of the table and writes it as the text format does.</summary>
    private sealed class TypeReader(string text)
    {
        private int _at;

        internal string ReadFunction()
        {
            Take("func(");
            var result = new StringBuilder("(func");
            while (!TryTake(")"))
            {
                string label = Word();
                Take(": ");
                result.Append($" (param \"{label}\" {Read()})");
                TryTake(", ");
            }

            return result.Append(TryTake(" -> ") ? $" (result {Read()})" : "").Append(')').ToString();
        }

        internal string Read()
        {
            string name = Word();
            if (TryTake("{"))
            {
                return ReadItems(name);
            }

            if (!TryTake("<"))
            {
                return name == "result" ? "(result)" : name.Contains('/', StringComparison.Ordinal) ? "$" + name : name;
            }

            List<string> arguments = [];
            while (!TryTake(">"))
            {
                arguments.Add(TryTake("_") ? "" : name is "own" or "borrow" ? "$" + Word() : Read());
                TryTake(", ");
            }

            return name == "result"
                ? $"(result {arguments[0]}{(arguments.Count > 1 ? $" (error {arguments[1]})" : "")})"
                : $"({name} {string.Join(' ', arguments)})";
        }

        private string ReadItems(string kind)
        {
            var result = new StringBuilder($"({kind}");
            while (!TryTake("}"))
            {
                string label = Word();
                result.Append(kind switch
                {
                    "record" => TryTake(": ") ? $" (field \"{label}\" {Read()})" : "",
                    "variant" => TryTake("(") ? $" (case \"{label}\" {Read()})" : $" (case \"{label}\")",
                    _ => $" \"{label}\"",
                });
                TryTake(")");
                TryTake(", ");
            }

            return result.Append(')').ToString();
        }

        // Up to what no name has in it; a colon is in the names of packages, without a blank behind it.
        private string Word()
        {
            int start = _at;
            while (_at < text.Length && !" ,<>(){}".Contains(text[_at], StringComparison.Ordinal) && !text.AsSpan(_at).StartsWith(": "))
            {
                _at++;
            }

            return text[start.._at];
        }

        private void Take(string expected)
        {
            if (!TryTake(expected))
            {
                throw new InvalidDataException($"expected `{expected}` at {_at} of `{text}`");
            }
        }

        private bool TryTake(string expected)
        {
            bool found = text.AsSpan(_at).StartsWith(expected);
            _at += found ? expected.Length : 0;
            return found;
        }
    }
}
