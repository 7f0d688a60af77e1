using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares two modules part by part.</summary>
internal static class ModuleComparison
{
    /// <summary>What is different.</summary>
    /// <param name="first">The first module.</param>
    /// <param name="second">The second module.</param>
    /// <param name="path">Where they stand in a component; empty when they are the files themselves.</param>
    /// <param name="limit">How many differences of a kind are kept.</param>
    /// <returns>Null when the bytes are equal.</returns>
    public static Differences? Compare(ModuleInfo first, ModuleInfo second, string path, int limit)
    {
        if (first.Bytes.Span.SequenceEqual(second.Bytes.Span))
        {
            return null;
        }

        var before = new ComparedModule(first);
        var after = new ComparedModule(second);
        var differences = new Differences(path, first.Bytes.Length, second.Bytes.Length);
        var types = new TypeShapes(first, second);
        var funcs = new FuncPairing(before, after);
        var bodies = new BodyComparison(before, after, funcs, types);
        var outside = new InterfaceComparison(before, after, funcs);
        var state = new StateComparison(before, after, bodies);
        var segments = new SegmentComparison(before, after, bodies);
        SectionComparison.Compare(before, after, differences.Group("sections", "Sections", limit));
        FuncComparison.CompareTypes(types, differences.Group("types", "Types", limit));
        outside.CompareImports(differences.Group("imports", "Imports", limit));
        outside.CompareExports(differences.Group("exports", "Exports", limit));
        outside.CompareStart(differences.Group("start", "Start function", limit));
        FuncComparison.Compare(before, after, funcs, types, bodies, differences.Group("functions", "Functions", limit));
        state.CompareGlobals(differences.Group("globals", "Globals", limit));
        DifferenceGroup tables = differences.Group("tables", "Tables", limit);
        state.CompareTypes(ExternKind.Table, tables);
        new TableComparison(before, after, funcs, bodies).Compare(tables, limit);
        state.CompareTypes(ExternKind.Tag, differences.Group("tags", "Tags", limit));
        state.CompareTypes(ExternKind.Memory, differences.Group("memories", "Memories", limit));
        DifferenceGroup cuts = differences.Group("segments", "Segments", limit);
        segments.CompareElements(cuts);
        segments.CompareData(cuts);
        MemoryComparison.Compare(before, after, differences, limit);
        if (differences.IsEmpty)
        {
            differences.AddEncoding(first.Bytes.Span, second.Bytes.Span);
        }

        return differences;
    }
}
