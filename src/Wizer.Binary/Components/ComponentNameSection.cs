using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary.Components;

/// <summary>
/// The <c>component-name</c> custom section: what the source called things. Only for people; so what is malformed in it is left
/// out and never an error. Component Model, Binary Format: Name Section.
/// </summary>
public sealed class ComponentNameSection
{
    private const byte ComponentSubsection = 0;
    private const byte SortSubsection = 1;

    private readonly Dictionary<(Sort Sort, uint Index), ByteRange> _names = [];
    private readonly ComponentInfo _component;

    private ComponentNameSection(ComponentInfo component) => _component = component;

    /// <summary>What the component is called, or null.</summary>
    public string? Component { get; private set; }

    /// <summary>Reads the names of a component: those of its first such section, as far as it is well-formed.</summary>
    public static ComponentNameSection Read(ComponentInfo component)
    {
        ArgumentNullException.ThrowIfNull(component);
        var names = new ComponentNameSection(component);
        foreach (ComponentSectionInfo section in component.Sections)
        {
            if (IsNameSection(component, section))
            {
                names.ReadSubsections(section);
                break;
            }
        }

        return names;
    }

    /// <summary>What a definition is called.</summary>
    /// <returns>False when it has no name.</returns>
    public bool TryGetName(Sort sort, uint index, [NotNullWhen(true)] out string? name)
    {
        name = _names.TryGetValue((sort, index), out ByteRange range) ? _component.NameAt(range) : null;
        return name is not null;
    }

    internal static bool IsNameSection(ComponentInfo component, in ComponentSectionInfo section) =>
        section.Id == ComponentSectionId.Custom && section.Name.Of(component.Bytes.Span).SequenceEqual("component-name"u8);

    /// <summary>Reads a sort as name maps are marked with it.</summary>
    internal static bool TryReadSort(ref WasmReader reader, out Sort sort)
    {
        byte code = reader.ReadByte();
        return code == 0x00 ? Sorts.TryGetCore(reader.ReadByte(), out sort) : Sorts.TryGet(code, out sort);
    }

    private void ReadSubsections(in ComponentSectionInfo section)
    {
        ByteRange contents = new(section.Name.End, section.Contents.End - section.Name.End);
        ReadOnlySpan<byte> file = _component.Bytes.Span;
        var reader = new WasmReader(contents.Of(file), contents.Offset);
        try
        {
            while (!reader.IsAtEnd)
            {
                byte id = reader.ReadByte();
                ByteRange range = reader.ReadByteVector();
                var subsection = new WasmReader(range.Of(file), range.Offset);
                if (id == ComponentSubsection)
                {
                    Component = _component.NameAt(subsection.ReadName());
                }
                else if (id == SortSubsection)
                {
                    ReadNameMap(ref subsection);
                }
            }
        }
        catch (WasmFormatException)
        {
            // What came before it is good.
        }
    }

    private void ReadNameMap(ref WasmReader reader)
    {
        if (!TryReadSort(ref reader, out Sort sort))
        {
            return;
        }

        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            uint index = reader.ReadU32();
            _names.TryAdd((sort, index), reader.ReadName());
        }
    }
}
