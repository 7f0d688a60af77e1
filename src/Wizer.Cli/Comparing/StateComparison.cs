using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares globals, and the types of tables, memories and tags, each by its index.</summary>
/// <param name="before">The first module.</param>
/// <param name="after">The second module.</param>
/// <param name="bodies">Compares initial values.</param>
internal sealed class StateComparison(ComparedModule before, ComparedModule after, BodyComparison bodies)
{
    public void CompareGlobals(DifferenceGroup group)
    {
        int count = Math.Max(before.Info.Globals.Length, after.Info.Globals.Length);
        for (int i = 0; i < count; i++)
        {
            string? first = Describe(before, ExternKind.Global, i);
            string? second = Describe(after, ExternKind.Global, i);
            bool areEqual = first is not null && second is not null
                && before.Info.Globals[i].Type == after.Info.Globals[i].Type
                && bodies.AreEqual(before.Info.Globals[i].Init, after.Info.Globals[i].Init);
            if (!areEqual)
            {
                group.Add(NameOf(ExternKind.Global, i), first, second);
            }
        }
    }

    public void CompareTypes(ExternKind kind, DifferenceGroup group)
    {
        for (int i = 0; i < Math.Max(CountOf(before, kind), CountOf(after, kind)); i++)
        {
            group.AddIfOther(NameOf(kind, i), Describe(before, kind, i), Describe(after, kind, i));
        }
    }

    private string NameOf(ExternKind kind, int index)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{kind.ToString().ToLowerInvariant()} {index}");
        foreach (ComparedModule module in new[] { before, after })
        {
            foreach (ExportInfo export in module.Info.Exports)
            {
                if (export.Kind == kind && export.Index == index)
                {
                    return $"{name} {QuotedText.Of(module.Info.NameAt(export.Name))}";
                }
            }
        }

        return name;
    }

    private static string? Describe(ComparedModule module, ExternKind kind, int index)
    {
        if (index >= CountOf(module, kind))
        {
            return null;
        }

        string type = module.Summary.TypeOf(kind, (uint)index);
        return kind switch
        {
            ExternKind.Global when index < module.Info.ImportedGlobalCount => $"{type}, imported",
            ExternKind.Global => $"{type} = {module.ConstText(module.Info.Globals[index].Init)}",
            ExternKind.Table when module.Info.Tables[index].Init is { Length: > 0 } init => $"{type} = {module.ConstText(init)}",
            ExternKind.Table when index < module.Info.ImportedTableCount => $"{type}, imported",
            ExternKind.Memory when index < module.Info.ImportedMemoryCount => $"{type}, imported",
            _ => type,
        };
    }

    private static int CountOf(ComparedModule module, ExternKind kind) => kind switch
    {
        ExternKind.Global => module.Info.Globals.Length,
        ExternKind.Table => module.Info.Tables.Length,
        ExternKind.Memory => module.Info.Memories.Length,
        _ => module.Info.Tags.Length,
    };
}
