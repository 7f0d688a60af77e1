using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>Compares sections by their sizes and bytes, which is where all else is.</summary>
internal static class SectionComparison
{
    public static void Compare(ComparedModule before, ComparedModule after, DifferenceGroup group)
    {
        Dictionary<string, SectionInfo> first = SectionsOf(before);
        Dictionary<string, SectionInfo> second = SectionsOf(after);
        foreach ((string name, SectionInfo section) in first)
        {
            if (!second.TryGetValue(name, out SectionInfo other))
            {
                group.Add(name, Size(section), null);
            }
            else if (!section.Whole.Of(before.Info.Bytes.Span).SequenceEqual(other.Whole.Of(after.Info.Bytes.Span)))
            {
                bool areAsLong = section.Whole.Length == other.Whole.Length;
                group.Add(name, Size(section), areAsLong ? $"{Size(other)}, other ones" : Size(other));
            }
        }

        foreach ((string name, SectionInfo section) in second)
        {
            if (!first.ContainsKey(name))
            {
                group.Add(name, null, Size(section));
            }
        }

        if (!first.Keys.Where(second.ContainsKey).SequenceEqual(second.Keys.Where(first.ContainsKey)))
        {
            group.Add("order", string.Join(", ", first.Keys), string.Join(", ", second.Keys));
        }
    }

    // Of several custom sections with one name, each is another one.
    private static Dictionary<string, SectionInfo> SectionsOf(ComparedModule module)
    {
        var sections = new Dictionary<string, SectionInfo>();
        foreach (SectionInfo section in module.Info.Sections)
        {
            string kind = section.Id == SectionId.Custom
                ? $"custom {QuotedText.Of(module.Info.NameAt(section.Name))}"
                : module.Summary.SectionName(section);
            string name = kind;
            for (int count = 2; !sections.TryAdd(name, section); count++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{kind} (again, {count})");
            }
        }

        return sections;
    }

    private static string Size(in SectionInfo section) => string.Create(CultureInfo.InvariantCulture, $"{section.Whole.Length:N0} bytes");
}
