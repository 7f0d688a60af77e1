using System.Text;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Custom sections, as annotations: the names are identifiers, branch hints stand before their branches, and all else is
/// <c>(@custom …)</c>. Core 3.0, Appendix: Custom Sections and Annotations.
/// </summary>
internal sealed partial class ModulePrinter
{
    // The hints that are shown at their branches, and the next of them.
    private BranchHint[] _hints = [];
    private int _nextHint;

    private void PrintCustoms()
    {
        ReadOnlySpan<SectionInfo> sections = module.Sections;
        int lastNames = -1;
        int lastKnown = -1;
        for (int i = 0; i < sections.Length; i++)
        {
            lastKnown = IsKept(sections[i]) ? i : lastKnown;
            lastNames = IsNames(sections[i]) ? i : lastNames;
        }

        string place = "(before type)";
        for (int i = 0; i < sections.Length; i++)
        {
            if (IsKept(sections[i]))
            {
                place = PlaceBehind(sections[i].Id);
            }
            else if (sections[i].Id == SectionId.Custom && !IsNames(sections[i]) && !TryTakeHints(i))
            {
                // Without a place, a section goes behind all others, the names included.
                PrintCustom(sections[i], i > lastKnown && i > lastNames ? "" : place);
            }
        }
    }

    /// <summary>The place behind a section, in words that every tool knows: they differ on functions, tags and the data count.</summary>
    private static string PlaceBehind(SectionId id) => id switch
    {
        SectionId.Function => "(before table)",
        SectionId.Tag => "(before global)",
        SectionId.DataCount => "(before code)",
        _ => $"(after {Encoding.UTF8.GetString(CustomSections.Keyword(id))})",
    };

    /// <summary>Whether the text has a section, which it does not when there is nothing in it.</summary>
    private bool IsKept(in SectionInfo section) =>
        section.Id is SectionId.Start or SectionId.DataCount
        || (section.Id != SectionId.Custom && new WasmReader(section.Contents.Of(Bytes), section.Contents.Offset).ReadU32() != 0);

    private bool IsNames(in SectionInfo section) => section.Id == SectionId.Custom && section.Name.Of(Bytes).SequenceEqual("name"u8);

    private void PrintCustom(in SectionInfo section, string place)
    {
        output.Write($"  (@custom {Quote(section.Name)} {place}{(place.Length == 0 ? "" : " ")}");
        StringText.WriteBytes(output, new ByteRange(section.Name.End, section.Contents.End - section.Name.End).Of(Bytes));
        output.WriteLine(')');
    }

    /// <summary>Takes the branch hints when they are good, and where the text puts them: right before the code.</summary>
    private bool TryTakeHints(int index)
    {
        if (_hints.Length != 0
            || index + 1 >= module.Sections.Length
            || module.Sections[index + 1].Id != SectionId.Code
            || !module.Sections[index].Name.Of(Bytes).SequenceEqual(BranchHintSection.Name))
        {
            return false;
        }

        try
        {
            _hints = BranchHintSection.Read(module, module.Sections[index]);
        }
        catch (WasmException)
        {
            return false;
        }

        return _hints.Length != 0;
    }

    /// <summary>Prints the hint, if any, of the instruction at an offset from the start of a body.</summary>
    private void PrintHint(uint funcIndex, int offset)
    {
        if (_nextHint < _hints.Length && _hints[_nextHint].FuncIndex == funcIndex && _hints[_nextHint].Offset == offset)
        {
            output.Write($"(@metadata.code.branch_hint \"\\0{(_hints[_nextHint++].IsLikely ? 1 : 0)}\") ");
        }
    }
}
