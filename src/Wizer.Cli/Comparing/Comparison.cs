using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Two files and what is different in them.</summary>
internal sealed class Comparison
{
    private Comparison(string? beforePath, string? afterPath)
    {
        BeforePath = beforePath;
        AfterPath = afterPath;
    }

    /// <summary>The path of the first file; null for stdin.</summary>
    public string? BeforePath { get; }

    /// <summary>The path of the second file; null for stdin.</summary>
    public string? AfterPath { get; }

    public string BeforeName => BeforePath ?? InputFile.StandardInputName;

    public string AfterName => AfterPath ?? InputFile.StandardInputName;

    public int BeforeByteLength { get; private set; }

    public int AfterByteLength { get; private set; }

    /// <summary>What is different; empty when the bytes are the same.</summary>
    public List<Differences> Found { get; private set; } = [];

    public bool AreEqual => Found.Count == 0;

    /// <summary>Compares them.</summary>
    /// <param name="before">The first.</param>
    /// <param name="beforePath">Its path, as text; null for stdin.</param>
    /// <param name="after">The second.</param>
    /// <param name="afterPath">Its path, as text; null for stdin.</param>
    /// <param name="limit">How many differences of a kind are kept.</param>
    public static Comparison Of(InspectedModule before, string? beforePath, InspectedModule after, string? afterPath, int limit)
    {
        var comparison = new Comparison(beforePath, afterPath)
        {
            BeforeByteLength = before.ByteLength,
            AfterByteLength = after.ByteLength,
        };
        if (before.Module is { } first && after.Module is { } second)
        {
            comparison.Found = ModuleComparison.Compare(first, second, "", limit) is { } differences ? [differences] : [];
        }
        else if (before.Component is { } component && after.Component is { } other)
        {
            comparison.Found = ComponentComparison.Compare(component, other, limit);
        }
        else
        {
            var kinds = new Differences("", before.ByteLength, after.ByteLength);
            kinds.Group("kind", "Kind", 1).Add("file", KindOf(before), KindOf(after));
            comparison.Found = [kinds];
        }

        return comparison;
    }

    private static string KindOf(InspectedModule file) => file.Component is null ? "a module" : "a component";
}
