using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>Which exported function initializes a component.</summary>
/// <param name="Instances">The names of the exported instances that it is in, from the outside to the inside.</param>
/// <param name="Function">Its name.</param>
/// <param name="Type">Its type, as WIT writes it.</param>
internal sealed record ComponentInitFunc(string[] Instances, string Function, string Type)
{
    private const int MaxNames = 4;

    /// <summary>Whether the component itself exports it.</summary>
    internal bool IsRootExport => Instances.Length == 0;

    /// <summary>How it is asked for: the version of its interface comes last.</summary>
    internal string Name
    {
        get
        {
            if (IsRootExport)
            {
                return Function;
            }

            string path = string.Join('.', Instances);
            int version = path.IndexOf('@');
            return version < 0 ? $"{path}.{Function}" : $"{path[..version]}.{Function}{path[version..]}";
        }
    }

    private bool TakesAndReturnsNothing => Type is "func()" or "async func()";

    /// <summary>Finds a function that takes and returns nothing.</summary>
    /// <param name="exports">What the component exports.</param>
    /// <param name="name">
    /// The name of an export; <c>interface.func@version</c> for a function of an instance; or the name of a function that only one of
    /// the exported instances has.
    /// </param>
    /// <exception cref="WizerException">There is none, there are several, or it is something else.</exception>
    internal static ComponentInitFunc Find(ComponentItem[] exports, string name)
    {
        ComponentInitFunc found = FindAny(exports, name);
        if (!found.TakesAndReturnsNothing)
        {
            Throw.ComponentInitFuncHasWrongType(
                found.Name, $"its type is `{found.Type}`; only a function that takes and returns nothing is called by its name alone");
        }

        return found;
    }

    private static ComponentInitFunc FindAny(ComponentItem[] exports, string name)
    {
        var functions = new List<ComponentInitFunc>();
        AddFunctions(exports, [], functions);
        ComponentItem? export = Array.Find(exports, item => item.Name == name);
        if (export is not null)
        {
            if (export.Sort != Sort.Func)
            {
                Throw.ComponentInitFuncIsNotFunc(name, HintOf(functions, name));
            }

            return new ComponentInitFunc([], name, export.Type);
        }

        List<ComponentInitFunc> matches = functions.FindAll(function => function.Name == name || function.Function == name);
        if (matches.Count == 0)
        {
            Throw.NoComponentInitFunc(name, HintOf(functions, name));
        }

        if (matches.Count > 1)
        {
            Throw.SeveralComponentInitFuncs(name, string.Join(", ", matches.ConvertAll(function => function.Name)));
        }

        return matches[0];
    }

    private static void AddFunctions(ComponentItem[] items, string[] instances, List<ComponentInitFunc> functions)
    {
        foreach (ComponentItem item in items)
        {
            if (item.Sort == Sort.Func)
            {
                functions.Add(new ComponentInitFunc(instances, item.Name, item.Type));
            }
            else if (item.Sort == Sort.Instance)
            {
                AddFunctions(item.Items, [.. instances, item.Name], functions);
            }
        }
    }

    private static string HintOf(List<ComponentInitFunc> functions, string wanted)
    {
        List<string> names = functions.FindAll(function => function.TakesAndReturnsNothing).ConvertAll(function => function.Name);
        if (names.Count == 0)
        {
            return "the component exports no function that takes and returns nothing";
        }

        if (Similarity.Closest(wanted, names, Similarity.StricterThreshold) is { } closest)
        {
            names.Remove(closest);
            names.Insert(0, closest);
        }

        int count = Math.Min(names.Count, MaxNames);
        string list = string.Join(", ", names.GetRange(0, count).ConvertAll(QuotedName.Of));
        string more = names.Count > count ? $" and {names.Count - count} more" : "";
        return $"it exports {list}{more}; pass one of them, for example -f {QuotedName.ForShell(names[0])}";
    }
}
