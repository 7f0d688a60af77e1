using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares what two modules import, export and start with.</summary>
/// <param name="before">The first module.</param>
/// <param name="after">The second module.</param>
/// <param name="funcs">Which functions are the same.</param>
internal sealed class InterfaceComparison(ComparedModule before, ComparedModule after, FuncPairing funcs)
{
    public void CompareImports(DifferenceGroup group)
    {
        Dictionary<string, string> first = ImportsOf(before);
        Dictionary<string, string> second = ImportsOf(after);
        CompareItems(first, second, group);
        if (group.Count == 0 && !first.Keys.SequenceEqual(second.Keys))
        {
            group.Add("order", "as they are", "another one");
        }
    }

    public void CompareExports(DifferenceGroup group)
    {
        var second = new Dictionary<string, ExportInfo>();
        foreach (ExportInfo export in after.Info.Exports)
        {
            second.TryAdd(after.Info.NameAt(export.Name), export);
        }

        var seen = new HashSet<string>();
        var order = new List<string>();
        foreach (ExportInfo export in before.Info.Exports)
        {
            string name = before.Info.NameAt(export.Name);
            seen.Add(name);
            if (!second.TryGetValue(name, out ExportInfo other))
            {
                group.Add(QuotedText.Of(name), Describe(before, export), null);
                continue;
            }

            order.Add(name);
            if (!AreEqual(export, other))
            {
                group.Add(QuotedText.Of(name), Describe(before, export), Describe(after, other));
            }
        }

        foreach ((string name, ExportInfo export) in second)
        {
            if (!seen.Contains(name))
            {
                group.Add(QuotedText.Of(name), null, Describe(after, export));
            }
        }

        if (!order.SequenceEqual(second.Keys.Where(seen.Contains)))
        {
            group.Add("order", "as they are", "another one");
        }
    }

    public void CompareStart(DifferenceGroup group)
    {
        uint? first = before.Info.StartFunc;
        uint? second = after.Info.StartFunc;
        if (first is { } left && second is { } right ? !funcs.AreEqual(left, right) : first != second)
        {
            group.Add("start", first is { } old ? before.FuncName(old) : null, second is { } other ? after.FuncName(other) : null);
        }
    }

    /// <summary>What one has and the other has not, or has otherwise, in the order of the first and then of the second.</summary>
    internal static void CompareItems(Dictionary<string, string> first, Dictionary<string, string> second, DifferenceGroup group)
    {
        foreach ((string item, string text) in first)
        {
            group.AddIfOther(item, text, second.GetValueOrDefault(item));
        }

        foreach ((string item, string text) in second)
        {
            if (!first.ContainsKey(item))
            {
                group.Add(item, null, text);
            }
        }
    }

    // Of several imports with one name, each is another one.
    private static Dictionary<string, string> ImportsOf(ComparedModule module)
    {
        var imports = new Dictionary<string, string>();
        foreach (ImportInfo import in module.Info.Imports)
        {
            string name = $"{QuotedText.Of(module.Info.NameAt(import.Module))} {QuotedText.Of(module.Info.NameAt(import.Name))}";
            string type = $"{NameOf(import.Kind)}, {module.Summary.TypeOf(import.Kind, import.Index)}";
            for (int count = 2; !imports.TryAdd(name, type); count++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{name} (again, {count})");
            }
        }

        return imports;
    }

    private bool AreEqual(in ExportInfo first, in ExportInfo second) =>
        first.Kind == second.Kind
        && (first.Kind == ExternKind.Func ? funcs.AreEqual(first.Index, second.Index) : first.Index == second.Index)
        && before.Summary.TypeOf(first.Kind, first.Index) == after.Summary.TypeOf(second.Kind, second.Index);

    private static string Describe(ComparedModule module, in ExportInfo export)
    {
        string index = export.Index.ToString(CultureInfo.InvariantCulture);
        return $"{NameOf(export.Kind)} {index}, {module.Summary.TypeOf(export.Kind, export.Index)}";
    }

    private static string NameOf(ExternKind kind) => kind.ToString().ToLowerInvariant();
}
