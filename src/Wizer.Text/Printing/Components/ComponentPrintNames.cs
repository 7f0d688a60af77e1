using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>The identifiers that a component's <c>component-name</c> section gives, when all of it is good.</summary>
internal sealed class ComponentPrintNames
{
    private readonly Dictionary<Sort, Dictionary<uint, string>> _names = [];
    private readonly Dictionary<Sort, NameMap> _maps = [];

    private ComponentPrintNames()
    {
    }

    /// <summary>No names, as in types.</summary>
    internal static ComponentPrintNames None { get; } = new();

    /// <summary>What the component calls itself, or null.</summary>
    internal string? Component { get; private set; }

    /// <summary>The index of the section among those of the component, or -1.</summary>
    internal int SectionIndex { get; private set; } = -1;

    /// <summary>Reads the first section of names. What is wrong with it, or not known, makes it a section like others.</summary>
    internal static ComponentPrintNames Read(ComponentInfo component)
    {
        int index = Array.FindIndex(component.Sections, section => ComponentNameSection.IsNameSection(component, section));
        if (index < 0)
        {
            return None;
        }

        var names = new ComponentPrintNames { SectionIndex = index };
        ComponentSectionInfo section = component.Sections[index];
        try
        {
            var contents = new ByteRange(section.Name.End, section.Contents.End - section.Name.End);
            return names.TryRead(component, contents) ? names : None;
        }
        catch (WasmFormatException)
        {
            return None;
        }
    }

    /// <summary>The identifiers of an index space.</summary>
    internal NameMap Of(Sort sort) => _maps.GetValueOrDefault(sort, NameMap.None);

    /// <summary>A name, or null.</summary>
    internal string? NameOf(Sort sort, uint index) =>
        _names.TryGetValue(sort, out Dictionary<uint, string>? names) ? names.GetValueOrDefault(index) : null;

    private bool TryRead(ComponentInfo component, ByteRange contents)
    {
        ReadOnlySpan<byte> file = component.Bytes.Span;
        var reader = new WasmReader(contents.Of(file), contents.Offset);
        while (!reader.IsAtEnd)
        {
            byte id = reader.ReadByte();
            ByteRange range = reader.ReadByteVector();
            var subsection = new WasmReader(range.Of(file), range.Offset);
            if (id == 0 && Component is null)
            {
                Component = component.NameAt(subsection.ReadName());
            }
            else if (id != 1
                || !ComponentNameSection.TryReadSort(ref subsection, out Sort sort)
                || !TryReadMap(component, ref subsection, sort))
            {
                return false;
            }

            if (!subsection.IsAtEnd)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadMap(ComponentInfo component, ref WasmReader reader, Sort sort)
    {
        var names = new Dictionary<uint, string>();
        int entries = component.SpaceOf(sort).Length;
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            uint index = reader.ReadU32();
            string name = component.NameAt(reader.ReadName());
            if (name.Length == 0 || index >= entries || !names.TryAdd(index, name))
            {
                return false;
            }
        }

        // The annotation of a module or component is its own name, so that nothing stands beside the identifier.
        _maps[sort] = sort is Sort.CoreModule or Sort.Component ? NameMap.Plain(names) : NameMap.Annotated(names);
        return _names.TryAdd(sort, names);
    }
}
