using System.Globalization;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine.Platform;

namespace Wizer.Cli;

/// <summary>Compares two components: what they consist of, and the core modules and components in them by their index.</summary>
internal sealed class ComponentComparison(int limit)
{
    private readonly List<Differences> _found = [];

    /// <summary>What is different: of the components themselves first, then of what is in them.</summary>
    public static List<Differences> Compare(ComponentInfo before, ComponentInfo after, int limit)
    {
        var comparison = new ComponentComparison(limit);
        comparison.Compare(before, after, "");
        if (comparison._found.Count != 0 && comparison._found.TrueForAll(static differences => differences.IsEmpty))
        {
            comparison._found[0].AddEncoding(before.Bytes.Span, after.Bytes.Span);
        }

        return comparison._found;
    }

    private void Compare(ComponentInfo before, ComponentInfo after, string path)
    {
        ReadOnlySpan<byte> first = before.Range.Of(before.Bytes.Span);
        ReadOnlySpan<byte> second = after.Range.Of(after.Bytes.Span);
        if (first.SequenceEqual(second))
        {
            return;
        }

        var differences = new Differences(path, first.Length, second.Length);
        _found.Add(differences);
        CompareSections(before, after, differences.Group("sections", "Sections", limit));
        CompareParts(before, after, differences.Group("definitions", "Definitions", limit));
        if (path.Length == 0)
        {
            CompareItems(before, after, differences);
        }

        CompareNested(before, after, path);
    }

    // Sections of one kind may come again and again: what counts is how many bytes and definitions there are, and which bytes.
    private static void CompareSections(ComponentInfo before, ComponentInfo after, DifferenceGroup group)
    {
        Dictionary<string, SectionTotal> first = SectionsOf(before);
        Dictionary<string, SectionTotal> second = SectionsOf(after);
        foreach ((string name, SectionTotal total) in first)
        {
            if (!second.TryGetValue(name, out SectionTotal? other))
            {
                group.Add(name, total.Text, null);
            }
            else if (total.Text != other.Text || !total.Bytes.AsSpan().SequenceEqual(other.Bytes))
            {
                group.Add(name, total.Text, total.Text == other.Text ? $"{other.Text}, other ones" : other.Text);
            }
        }

        foreach ((string name, SectionTotal total) in second)
        {
            if (!first.ContainsKey(name))
            {
                group.Add(name, null, total.Text);
            }
        }
    }

    private static Dictionary<string, SectionTotal> SectionsOf(ComponentInfo component)
    {
        var totals = new Dictionary<string, SectionTotal>();
        foreach (ComponentSectionInfo section in component.Sections)
        {
            string name = section.Id == ComponentSectionId.Custom
                ? $"custom {QuotedText.Of(component.NameAt(section.Name))}"
                : SectionWords.Of(section.Id);
            SectionTotal total = totals.GetValueOrDefault(name) ?? new SectionTotal(0, 0, []);
            ReadOnlySpan<byte> contents = section.Contents.Of(component.Bytes.Span);
            using var hash = new ContentHash(contents.Length);
            hash.Append(total.Bytes);
            hash.Append(contents);
            totals[name] = new SectionTotal(
                total.DefinitionCount + section.DefinitionCount, total.ByteLength + section.Whole.Length, hash.Finish());
        }

        return totals;
    }

    /// <summary>All sections of one kind.</summary>
    /// <param name="DefinitionCount">How many definitions are in them.</param>
    /// <param name="ByteLength">How many bytes they are.</param>
    /// <param name="Bytes">A hash of their bytes.</param>
    private sealed record SectionTotal(int DefinitionCount, int ByteLength, byte[] Bytes)
    {
        public string Text => string.Create(CultureInfo.InvariantCulture, $"{ByteLength:N0} bytes{Definitions}");

        private string Definitions => DefinitionCount == 0 ? ""
            : DefinitionCount == 1 ? ", 1 definition"
            : string.Create(CultureInfo.InvariantCulture, $", {DefinitionCount:N0} definitions");
    }

    private static void CompareParts(ComponentInfo before, ComponentInfo after, DifferenceGroup group) =>
        InterfaceComparison.CompareItems(PartsOf(before), PartsOf(after), group);

    private static Dictionary<string, string> PartsOf(ComponentInfo component)
    {
        var parts = new Dictionary<string, string>();
        foreach (ComponentPart part in ComponentSummary.PartsOf(component))
        {
            parts.Add(
                string.Create(CultureInfo.InvariantCulture, $"{ComponentSummary.NameOf(part.Sort)} {part.Index}"),
                ComponentTextInspection.Describe(part));
        }

        return parts;
    }

    private void CompareItems(ComponentInfo before, ComponentInfo after, Differences differences)
    {
        var first = new ComponentSummary(before);
        var second = new ComponentSummary(after);
        differences.Group("validity", "Validity", limit).AddIfOther("error", first.Error, second.Error);
        if (first.Error is null && second.Error is null)
        {
            InterfaceComparison.CompareItems(
                ItemsOf(first.Imports), ItemsOf(second.Imports), differences.Group("imports", "Imports", limit));
            InterfaceComparison.CompareItems(
                ItemsOf(first.Exports), ItemsOf(second.Exports), differences.Group("exports", "Exports", limit));
        }
    }

    private static Dictionary<string, string> ItemsOf(ComponentItem[] items)
    {
        var texts = new Dictionary<string, string>();
        AddItems(items, "", texts);
        return texts;
    }

    private static void AddItems(ComponentItem[] items, string prefix, Dictionary<string, string> texts)
    {
        foreach (ComponentItem item in items)
        {
            string name = prefix + QuotedText.Of(item.Name);
            texts.TryAdd(name, $"{ComponentSummary.NameOf(item.Sort)}, {item.Type}");
            AddItems(item.Items, name + " ", texts);
        }
    }

    private void CompareNested(ComponentInfo before, ComponentInfo after, string path)
    {
        CoreModuleDefinition[] modules = [.. before.Definitions.OfType<CoreModuleDefinition>()];
        CoreModuleDefinition[] otherModules = [.. after.Definitions.OfType<CoreModuleDefinition>()];
        for (int i = 0; i < Math.Min(modules.Length, otherModules.Length); i++)
        {
            if (ModuleComparison.Compare(
                modules[i].Module, otherModules[i].Module, PathOf(path, "core module", i), limit) is { } differences)
            {
                _found.Add(differences);
            }
        }

        ComponentDefinition[] components = [.. before.Definitions.OfType<ComponentDefinition>()];
        ComponentDefinition[] otherComponents = [.. after.Definitions.OfType<ComponentDefinition>()];
        for (int i = 0; i < Math.Min(components.Length, otherComponents.Length); i++)
        {
            Compare(components[i].Component, otherComponents[i].Component, PathOf(path, "component", i));
        }
    }

    private static string PathOf(string path, string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Length == 0 ? "" : ", ")}{kind} {number}");
}
