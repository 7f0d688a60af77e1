using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// The sections that a module has to have and the input has not, and where they come: before the first section that has to be behind them.
/// Core 3.0, Binary Format: Modules.
/// </summary>
internal sealed class MissingSections
{
    // In the order of modules.
    private static readonly SectionId[] s_candidates =
    [
        SectionId.Type, SectionId.Function, SectionId.Table, SectionId.Memory, SectionId.Global, SectionId.Export, SectionId.Start,
        SectionId.Element, SectionId.DataCount, SectionId.Code,
    ];

    private readonly ModuleInfo _module;
    private readonly SectionId[] _ids = new SectionId[s_candidates.Length];
    private readonly int _count;
    private int _next;

    /// <param name="module">The input.</param>
    /// <param name="isNeeded">Whether a section has to be there.</param>
    internal MissingSections(ModuleInfo module, Predicate<SectionId> isNeeded)
    {
        _module = module;
        foreach (SectionId id in s_candidates)
        {
            if (isNeeded(id) && !IsThere(id))
            {
                _ids[_count++] = id;
            }
        }
    }

    /// <summary>Takes the next one that comes before a section of the input.</summary>
    /// <param name="place">The index of the section, or how many there are.</param>
    /// <param name="dataPlace">The same of the section that the data section comes before.</param>
    /// <param name="id">Which one.</param>
    internal bool TryTake(int place, int dataPlace, out SectionId id)
    {
        id = default;
        if (_next == _count)
        {
            return false;
        }

        id = _ids[_next];
        bool isLast = place >= dataPlace || place == _module.Sections.Length;
        bool isBefore = !isLast && _module.Sections[place].Id != SectionId.Custom
            && ModuleReader.OrderOf((byte)_module.Sections[place].Id) > ModuleReader.OrderOf((byte)id);
        if (!isLast && !isBefore)
        {
            return false;
        }

        _next++;
        return true;
    }

    private bool IsThere(SectionId id)
    {
        foreach (SectionInfo section in _module.Sections)
        {
            if (section.Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
