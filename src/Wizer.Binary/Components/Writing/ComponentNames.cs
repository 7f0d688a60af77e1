namespace Wizer.Binary.Components;

/// <summary>
/// Rewrites the <c>component-name</c> section after definitions have moved. Component Model, Binary Format: Name Section.
/// </summary>
internal static class ComponentNames
{
    private const byte SortSubsection = 1;

    /// <summary>Whether the section can be read to its end: otherwise its indices cannot be told from the rest, and it stays.</summary>
    internal static bool Check(ComponentInfo component, in ComponentSectionInfo section)
    {
        try
        {
            WasmReader reader = Open(component, section);
            while (!reader.IsAtEnd)
            {
                byte id = reader.ReadByte();
                WasmReader subsection = reader.Slice(reader.ReadByteVector());
                if (id == SortSubsection)
                {
                    SkipNameMap(ref subsection);
                }
            }

            return true;
        }
        catch (WasmFormatException)
        {
            return false;
        }
    }

    /// <summary>Writes the subsections, with names where their definitions have gone.</summary>
    internal static void Write(ComponentPlan plan, in ComponentSectionInfo section, WasmWriter writer)
    {
        WasmReader reader = Open(plan.Component, section);
        while (!reader.IsAtEnd)
        {
            int start = reader.Position;
            byte id = reader.ReadByte();
            WasmReader subsection = reader.Slice(reader.ReadByteVector());
            if (id == SortSubsection && ComponentNameSection.TryReadSort(ref subsection, out Sort sort))
            {
                WriteNameMap(plan, ref subsection, sort, writer);
            }
            else
            {
                writer.WriteBytes(reader.Bytes[start..reader.Position]);
            }
        }
    }

    private static void WriteNameMap(ComponentPlan plan, ref WasmReader reader, Sort sort, WasmWriter writer)
    {
        ComponentInfo component = plan.Component;
        ReadOnlySpan<byte> sortBytes = reader.Bytes[..reader.Position];
        var names = new List<MovedName>();
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            uint index = reader.ReadU32();
            ByteRange name = reader.ReadName();
            if (index >= (uint)component.SpaceOf(sort).Length)
            {
                names.Add(new MovedName(index, name));
            }
            else if (!plan.IsRemoved(component.DefinitionOf(sort, index)))
            {
                names.Add(new MovedName(plan.Map(sort, index), name));
            }
        }

        writer.WriteByte(SortSubsection);
        int mark = writer.BeginSized();
        writer.WriteBytes(sortBytes);
        writer.WriteU32((uint)names.Count);
        foreach ((uint index, ByteRange name) in names)
        {
            writer.WriteU32(index);
            writer.WriteByteVector(name.Of(component.Bytes.Span));
        }

        writer.EndSized(mark);
    }

    private static void SkipNameMap(ref WasmReader reader)
    {
        if (!ComponentNameSection.TryReadSort(ref reader, out _))
        {
            return;
        }

        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            reader.ReadU32();
            reader.ReadName();
        }

        if (!reader.IsAtEnd)
        {
            Throw.Malformed("unexpected data behind a name map", reader.Offset);
        }
    }

    private static WasmReader Open(ComponentInfo component, in ComponentSectionInfo section)
    {
        ByteRange contents = new(section.Name.End, section.Contents.End - section.Name.End);
        return new WasmReader(contents.Of(component.Bytes.Span), contents.Offset);
    }

    private sealed record MovedName(uint Index, ByteRange Name);
}
