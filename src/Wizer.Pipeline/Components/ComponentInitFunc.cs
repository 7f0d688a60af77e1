using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>Which exported function initializes a component, and with which arguments.</summary>
/// <param name="Instance">The name of the exported instance that it is in; null for one that the component itself exports.</param>
/// <param name="Function">Its name.</param>
/// <param name="Type">Its type, as WIT writes it.</param>
internal sealed record ComponentInitFunc(string? Instance, string Function, string Type)
{
    private const int MaxNames = 4;

    /// <summary>
    /// Whether it is an export of the component that was asked for by its name alone: one that has served its purpose. What is called
    /// with arguments, and what is in an instance, stays.
    /// </summary>
    internal bool IsRemoved => Instance is null && IsBare;

    /// <summary>The arguments of the call.</summary>
    internal ComponentValue[] Arguments { get; private init; } = [];

    /// <summary>How it is asked for: the version of its interface comes last.</summary>
    internal string Name
    {
        get
        {
            if (Instance is null)
            {
                return Function;
            }

            int version = Instance.IndexOf('@');
            return version < 0 ? $"{Instance}.{Function}" : $"{Instance[..version]}.{Function}{Instance[version..]}";
        }
    }

    private bool IsBare { get; init; }

    private bool TakesAndReturnsNothing => Type is "func()" or "async func()";

    /// <summary>Finds the function of a call, or one that takes and returns nothing.</summary>
    /// <param name="context">The component.</param>
    /// <param name="text">
    /// The name of an export; <c>interface.func@version</c> for a function of an instance; or the name of a function that only one of
    /// the exported instances has. Arguments may follow in parentheses.
    /// </param>
    /// <exception cref="WizerException">
    /// There is none, there are several, it is something else, or the arguments are not of its types.
    /// </exception>
    internal static ComponentInitFunc Find(ComponentContext context, string text)
    {
        ComponentCall call = ComponentCall.Parse(text);
        ComponentInitFunc found = Find(context.Validation.DescribeExports(), call.Name);
        if (call.HasArguments)
        {
            return found with { Arguments = ParseArguments(context, found, call) };
        }

        if (!found.TakesAndReturnsNothing)
        {
            Throw.ComponentInitFuncHasWrongType(
                found.Name,
                $"its type is `{found.Type}`; call it with its arguments: -f {QuotedName.ForShell($"{found.Name}(...)")}");
        }

        return found with { IsBare = true };
    }

    /// <summary>Checks that a function did not return an error, unless it may.</summary>
    /// <exception cref="WizerException">It did.</exception>
    internal static void CheckResult(ComponentValue? result, InitEnvironment environment)
    {
        bool isError = result is { Kind: ComponentValueKind.Result, Label: "err" };
        if (isError && !environment.AllowInitError)
        {
            Throw.ComponentInitFuncReturnedError(result.ToString()!);
        }
    }

    private static ComponentValue[] ParseArguments(ComponentContext context, ComponentInitFunc found, ComponentCall call)
    {
        try
        {
            return call.ParseArguments(context.Compiled.FindFunctionType(found.Instance, found.Function)!);
        }
        catch (WaveFormatException error)
        {
            Throw.BadComponentCall(error);
            throw;
        }
    }

    private static ComponentInitFunc Find(ComponentItem[] exports, string name)
    {
        List<ComponentInitFunc> functions = FindFunctions(exports);
        ComponentItem? export = Array.Find(exports, item => item.Name == name);
        if (export is not null)
        {
            if (export.Sort != Sort.Func)
            {
                Throw.ComponentInitFuncIsNotFunc(name, HintOf(functions, name));
            }

            return new ComponentInitFunc(null, name, export.Type);
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

    private static List<ComponentInitFunc> FindFunctions(ComponentItem[] exports)
    {
        var functions = new List<ComponentInitFunc>();
        foreach (ComponentItem export in exports)
        {
            if (export.Sort == Sort.Func)
            {
                functions.Add(new ComponentInitFunc(null, export.Name, export.Type));
            }

            foreach (ComponentItem item in export.Sort == Sort.Instance ? export.Items : [])
            {
                if (item.Sort == Sort.Func)
                {
                    functions.Add(new ComponentInitFunc(export.Name, item.Name, item.Type));
                }
            }
        }

        return functions;
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
