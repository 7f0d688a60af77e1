using System.Text;

namespace Wizer.Generate.Wasi;

/// <summary>
/// Writes <c>preview2.tsv</c>: the interfaces of WASI 0.2 that a host has, from the WIT that defines them. A step by hand, as WASI has a
/// new version a few times a year.
/// </summary>
internal static class WitTable
{
    private const string Header = """
        # The interfaces of WASI 0.2.12 that a component may import. Made from their WIT, which stands a directory for each package below WIT:
        #   dotnet run --project tools/Wizer.Generate -- wit WIT src/Wizer.Engine/Wasi/Preview2
        # `func`: what a call is answered with, `host` (a method of ours of that name), `not-supported` (that error), `none` or a `trap`.
        # A type has the whole name that a function or another type calls it by; what only has another name for a type is not listed.
        # kind	interface	name	type	answer
        """;

    private static readonly string[] s_builtIn =
    [
        "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
        "list", "option", "result", "tuple", "own", "borrow",
    ];

    // What initializations need; the rest exists.
    private static readonly string[] s_implemented =
        ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/instance-network"];

    /// <summary>Reads WIT and writes the table.</summary>
    /// <param name="witDirectory">A directory of directories, one for each package.</param>
    /// <param name="outputDirectory">Where the table goes.</param>
    /// <returns>The exit code.</returns>
    internal static int Write(string witDirectory, string outputDirectory)
    {
        List<WitInterface> interfaces = [];
        HashSet<string> exported = [];
        foreach (string directory in Directory.GetDirectories(witDirectory).Order(StringComparer.Ordinal))
        {
            // Some files do not name the package, since another one does.
            string package = $"wasi:{Path.GetFileName(directory)}";
            foreach (string file in Directory.GetFiles(directory, "*.wit").Order(StringComparer.Ordinal))
            {
                WitReader.Read(file, ref package, interfaces, exported);
            }
        }

        interfaces.RemoveAll(item => exported.Contains(item.Name));
        interfaces.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var text = new StringBuilder(Header).Append('\n');
        foreach (WitInterface item in interfaces)
        {
            Append(text, interfaces, item);
        }

        File.WriteAllText(Path.Combine(outputDirectory, "preview2.tsv"), text.ToString());
        return 0;
    }

    private static void Append(StringBuilder text, List<WitInterface> all, WitInterface item)
    {
        foreach (WitTypeDefinition type in item.Types)
        {
            if (type.Kind == "resource")
            {
                text.Append($"resource\t{item.Name}\t{type.Name}\t-\t-\n");
            }
            else if (type.Kind is not ("type" or "use"))
            {
                string items = string.Join(", ", type.Items.Select(entry => entry.Type is null ? entry.Label
                    : type.Kind == "record" ? $"{entry.Label}: {TextOf(all, item, entry.Type)}"
                    : $"{entry.Label}({TextOf(all, item, entry.Type)})"));
                text.Append($"type\t{item.Name}\t{type.Name}\t{type.Kind}{{{items}}}\t-\n");
            }
        }

        foreach (WitFunction function in item.Functions)
        {
            string parameters = string.Join(
                ", ", function.Parameters.Select(parameter => $"{parameter.Label}: {TextOf(all, item, parameter.Type)}"));
            string result = function.Result is null ? "" : " -> " + TextOf(all, item, function.Result);
            text.Append($"func\t{item.Name}\t{function.Name}\tfunc({parameters}){result}\t{AnswerOf(all, item, function)}\n");
        }
    }

    private static string AnswerOf(List<WitInterface> all, WitInterface item, WitFunction function)
    {
        if (!function.IsUnstable && Array.Exists(s_implemented, prefix => item.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return "host";
        }

        // No error is one of a network that is not there.
        if (function.Name.EndsWith("-error-code", StringComparison.Ordinal))
        {
            return "none";
        }

        return function.Result is { Name: "result", Arguments: [_, { Arguments: [] } error] }
            && Find(all, item, error.Name) is { Kind: "enum" } type && type.Items.Exists(entry => entry.Label == "not-supported")
                ? "not-supported"
                : "trap";
    }

    private static string TextOf(List<WitInterface> all, WitInterface item, WitType type)
    {
        if (Array.IndexOf(s_builtIn, type.Name) < 0)
        {
            WitTypeDefinition definition = Find(all, item, type.Name);
            return definition.Kind switch
            {
                "type" => TextOf(all, definition.Interface, definition.Alias!),
                "resource" => $"own<{definition.QualifiedName}>",
                _ => definition.QualifiedName,
            };
        }

        if (type.Name is "own" or "borrow")
        {
            return $"{type.Name}<{ResourceOf(all, item, type.Arguments[0]!.Name).QualifiedName}>";
        }

        string[] arguments = Array.ConvertAll(type.Arguments, argument => argument is null ? "_" : TextOf(all, item, argument));
        return arguments.Length == 0 ? type.Name : $"{type.Name}<{string.Join(", ", arguments)}>";
    }

    private static WitTypeDefinition ResourceOf(List<WitInterface> all, WitInterface item, string name)
    {
        WitTypeDefinition definition = Find(all, item, name);
        return definition.Kind == "type" ? ResourceOf(all, definition.Interface, definition.Alias!.Name) : definition;
    }

    private static WitTypeDefinition Find(List<WitInterface> all, WitInterface item, string name)
    {
        WitTypeDefinition definition = item.Types.Find(type => type.Name == name)
            ?? throw new InvalidDataException($"{item.Name} has no type `{name}`");
        if (definition.Kind != "use")
        {
            return definition;
        }

        WitInterface other = all.Find(candidate => candidate.Name == definition.Used.Interface)
            ?? throw new InvalidDataException($"{item.Name} uses {definition.Used.Interface}, which is not there");
        return Find(all, other, definition.Used.Name);
    }
}
