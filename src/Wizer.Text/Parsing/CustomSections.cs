using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The custom sections that a text asks for, each with its place among the others.</summary>
internal sealed class CustomSections : IDisposable
{
    /// <summary>Before every section.</summary>
    internal const int First = -1;

    /// <summary>Behind every section, and behind the names.</summary>
    internal const int Last = int.MaxValue;

    private readonly List<Section> _sections = [];
    private readonly PooledBuffer _bytes = new();

    /// <summary>The sections in the order of a module, by the keywords of their fields.</summary>
    private static readonly SectionId[] s_order =
    [
        SectionId.Type, SectionId.Import, SectionId.Function, SectionId.Table, SectionId.Memory, SectionId.Tag, SectionId.Global,
        SectionId.Export, SectionId.Start, SectionId.Element, SectionId.DataCount, SectionId.Code, SectionId.Data,
    ];

    /// <summary>The place right before a section, whether the module has it or not.</summary>
    internal static int Before(SectionId id)
    {
        // A loop: what the framework has for this is compiled at run time.
        int index = 0;
        while (s_order[index] != id)
        {
            index++;
        }

        return 2 * index;
    }

    /// <summary>The place right behind a section.</summary>
    internal static int After(SectionId id) => Before(id) + 1;

    /// <summary>Finds the section that a placement names.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> keyword, out SectionId id)
    {
        foreach (SectionId candidate in s_order)
        {
            if (keyword.SequenceEqual(Keyword(candidate)))
            {
                id = candidate;
                return true;
            }
        }

        id = default;
        return false;
    }

    /// <summary>What placements call a section.</summary>
    internal static ReadOnlySpan<byte> Keyword(SectionId id) => id switch
    {
        SectionId.Type => "type"u8,
        SectionId.Import => "import"u8,
        SectionId.Function => "func"u8,
        SectionId.Table => "table"u8,
        SectionId.Memory => "memory"u8,
        SectionId.Tag => "tag"u8,
        SectionId.Global => "global"u8,
        SectionId.Export => "export"u8,
        SectionId.Start => "start"u8,
        SectionId.Element => "elem"u8,
        SectionId.DataCount => "datacount"u8,
        SectionId.Code => "code"u8,
        _ => "data"u8,
    };

    /// <summary>Starts a section's name and contents; <see cref="End"/> places it.</summary>
    internal WasmWriter Begin(out int mark)
    {
        mark = _bytes.Length;
        return new WasmWriter(_bytes);
    }

    /// <summary>Ends what <see cref="Begin"/> started.</summary>
    internal void End(int mark, int place) => _sections.Add(new Section(place, mark, _bytes.Length - mark));

    /// <summary>Writes the sections of a place, in the order in which they came.</summary>
    internal void WriteTo(WasmWriter output, int place)
    {
        foreach ((int at, int start, int length) in _sections)
        {
            if (at == place)
            {
                int mark = output.BeginSection(SectionId.Custom);
                output.WriteBytes(_bytes.WrittenSpan.Slice(start, length));
                output.EndSized(mark);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private sealed record Section(int Place, int Start, int Length);
}
