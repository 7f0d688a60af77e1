using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Finds the renames that came to nothing: the original says nothing of them, and they are mostly misspelled.</summary>
internal static class RenameReport
{
    internal static IReadOnlyList<UnmatchedRename> Find(ModuleContext context, WizerOptions options)
    {
        if (options.FuncRenames.Count == 0)
        {
            return [];
        }

        ModuleInfo module = context.Module;
        var unmatched = new List<UnmatchedRename>();
        foreach (FuncRename rename in options.FuncRenames)
        {
            if (IsDropped(rename.Source, options))
            {
                unmatched.Add(new UnmatchedRename(rename) { IsSourceDropped = module.FindExport(rename.Source) >= 0 });
            }
            else if (module.FindExport(rename.Source) < 0)
            {
                unmatched.Add(new UnmatchedRename(rename) { Closest = FindClosest(module, rename, options) });
            }
        }

        return unmatched;
    }

    private static bool IsDropped(string name, WizerOptions options) =>
        name == ModuleContext.ReactorInit || (name == options.InitFunc && !options.KeepInitFunc);

    private static string? FindClosest(ModuleInfo module, FuncRename rename, WizerOptions options)
    {
        var names = new List<string>();
        foreach (ExportInfo export in module.Exports)
        {
            string name = module.NameAt(export.Name);
            if (!IsDropped(name, options) && name != rename.Destination)
            {
                names.Add(name);
            }
        }

        return Similarity.Closest(rename.Source, names, Similarity.StricterThreshold);
    }
}
