using System.Text.RegularExpressions;

namespace Wizer.Generate.Wasi;

/// <summary>Reads as much of WIT as the definitions of WASI 0.2 use. Component Model, WIT.</summary>
internal sealed partial class WitReader
{
    private readonly List<string> _tokens = [];
    private readonly string _file;
    private int _next;
    private string _package = "";

    private WitReader(string file)
    {
        _file = file;
        string text = Comment().Replace(File.ReadAllText(file), " ");
        foreach (Match token in Token().Matches(text))
        {
            _tokens.Add(token.Value);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="package">The name of the package it belongs to, if no other file has told; then the one it tells.</param>
    /// <param name="interfaces">Gets its interfaces.</param>
    /// <param name="exported">Gets the names of those that worlds export, and no host has.</param>
    internal static void Read(string file, ref string package, List<WitInterface> interfaces, HashSet<string> exported)
    {
        var reader = new WitReader(file) { _package = package };
        reader.ReadAll(interfaces, exported);
        package = reader._package;
    }

    [GeneratedRegex("//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\d+\.\d+\.\d+|->|%?[A-Za-z_][A-Za-z0-9_-]*|[^\s]")]
    private static partial Regex Token();

    private void ReadAll(List<WitInterface> interfaces, HashSet<string> exported)
    {
        while (_next < _tokens.Count)
        {
            SkipAttributes();
            string keyword = Take();
            switch (keyword)
            {
                case "package":
                    _package = $"{Take()}{Take(":")}{Take()}";
                    SkipVersion();
                    Take(";");
                    break;
                case "interface":
                    interfaces.Add(ReadInterface());
                    break;
                case "world":
                    ReadWorld(exported);
                    break;
                default:
                    throw Error($"unexpected `{keyword}`");
            }
        }
    }

    private void ReadWorld(HashSet<string> exported)
    {
        Take();
        Take("{");
        while (!TryTake("}"))
        {
            SkipAttributes();
            bool isExport = Take() == "export";
            string name = ReadPath();
            if (isExport)
            {
                exported.Add(name);
            }

            Take(";");
        }
    }

    private WitInterface ReadInterface()
    {
        var result = new WitInterface($"{_package}/{Take()}");
        Take("{");
        while (!TryTake("}"))
        {
            ReadItem(result, SkipAttributes());
        }

        return result;
    }

    private void ReadItem(WitInterface into, bool isUnstable)
    {
        string word = Take();
        switch (word)
        {
            case "use":
                ReadUse(into);
                break;
            case "type":
                string name = TakeName();
                Take("=");
                into.Types.Add(new WitTypeDefinition(into, name, word) { Alias = ReadType() });
                Take(";");
                break;
            case "record" or "variant" or "enum" or "flags":
                ReadItems(into, word);
                break;
            case "resource":
                ReadResource(into);
                break;
            default:
                Take(":");
                into.Functions.Add(ReadFunction(Plain(word), null, isUnstable));
                break;
        }
    }

    private void ReadUse(WitInterface into)
    {
        string from = ReadPath();
        Take(".");
        Take("{");
        while (!TryTake("}"))
        {
            string name = TakeName();
            string local = TryTake("as") ? TakeName() : name;
            into.Types.Add(new WitTypeDefinition(into, local, "use") { Used = (from, name) });
            TryTake(",");
        }

        Take(";");
    }

    private void ReadItems(WitInterface into, string kind)
    {
        var type = new WitTypeDefinition(into, TakeName(), kind);
        Take("{");
        while (!TryTake("}"))
        {
            SkipAttributes();
            string label = TakeName();
            WitType? carried = null;
            if (TryTake(":"))
            {
                carried = ReadType();
            }
            else if (TryTake("("))
            {
                carried = ReadType();
                Take(")");
            }

            type.Items.Add((label, carried));
            TryTake(",");
        }

        into.Types.Add(type);
    }

    private void ReadResource(WitInterface into)
    {
        string resource = TakeName();
        into.Types.Add(new WitTypeDefinition(into, resource, "resource"));
        if (TryTake(";"))
        {
            return;
        }

        Take("{");
        while (!TryTake("}"))
        {
            bool isUnstable = SkipAttributes();
            if (TryTake("constructor"))
            {
                List<(string Label, WitType Type)> parameters = ReadParameters();
                Take(";");
                into.Functions.Add(new WitFunction($"[constructor]{resource}", parameters, new WitType(resource, []), isUnstable));
                continue;
            }

            string name = TakeName();
            Take(":");
            bool isStatic = TryTake("static");
            into.Functions.Add(ReadFunction(
                $"[{(isStatic ? "static" : "method")}]{resource}.{name}", isStatic ? null : resource, isUnstable));
        }
    }

    private WitFunction ReadFunction(string name, string? self, bool isUnstable)
    {
        Take("func");
        List<(string Label, WitType Type)> parameters = ReadParameters();
        if (self is not null)
        {
            parameters.Insert(0, ("self", new WitType("borrow", [new WitType(self, [])])));
        }

        WitType? result = TryTake("->") ? ReadType() : null;
        Take(";");
        return new WitFunction(name, parameters, result, isUnstable);
    }

    private List<(string Label, WitType Type)> ReadParameters()
    {
        List<(string Label, WitType Type)> parameters = [];
        Take("(");
        while (!TryTake(")"))
        {
            string label = TakeName();
            Take(":");
            parameters.Add((label, ReadType()));
            TryTake(",");
        }

        return parameters;
    }

    private WitType ReadType()
    {
        string name = TakeName();
        List<WitType?> arguments = [];
        if (TryTake("<"))
        {
            while (!TryTake(">"))
            {
                arguments.Add(TryTake("_") ? null : ReadType());
                TryTake(",");
            }
        }

        return new WitType(name, [.. arguments]);
    }

    // Of an interface, in this package or with the name of another one.
    private string ReadPath()
    {
        string name = TakeName();
        if (!TryTake(":"))
        {
            return $"{_package}/{name}";
        }

        string path = $"{name}:{TakeName()}{Take("/")}{TakeName()}";
        SkipVersion();
        return path;
    }

    private void SkipVersion()
    {
        if (TryTake("@"))
        {
            Take();
        }
    }

    private bool SkipAttributes()
    {
        bool isUnstable = false;
        while (TryTake("@"))
        {
            isUnstable |= Take() == "unstable";
            while (!TryTake(")"))
            {
                Take();
            }
        }

        return isUnstable;
    }

    // A name that is a keyword elsewhere has a percent sign.
    private static string Plain(string name) => name.TrimStart('%');

    private string TakeName() => Plain(Take());

    private string Take() => _next < _tokens.Count ? _tokens[_next++] : throw Error("unexpected end");

    private string Take(string expected) => TryTake(expected)
        ? expected
        : throw Error($"expected `{expected}`, found `{(_next < _tokens.Count ? _tokens[_next] : "the end")}`");

    private bool TryTake(string expected)
    {
        bool found = _next < _tokens.Count && _tokens[_next] == expected;
        _next += found ? 1 : 0;
        return found;
    }

    private InvalidDataException Error(string what) => new($"{_file}: token {_next}: {what}");
}
