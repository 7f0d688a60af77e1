using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Writes the identifiers of a text as a <c>name</c> section. Core 3.0, Appendix: Custom Sections, Name Section; the subsections
/// beyond functions and locals are those of the extended name section proposal.
/// </summary>
internal static class NameSectionWriter
{
    /// <summary>Writes the section when there is any name.</summary>
    internal static void Write(ModuleNames names, ReadOnlySpan<byte> source, WasmWriter output)
    {
        IndexSpace[] spaces =
            [names.Funcs, names.Types, names.Tables, names.Memories, names.Globals, names.Elems, names.Datas, names.Tags];
        if (names.ModuleSymbol is null && names.LocalNames.Count == 0 && names.LabelNames.Count == 0 && names.Fields.Count == 0
            && Array.TrueForAll(spaces, space => space.Names.Count == 0))
        {
            return;
        }

        int mark = output.BeginCustomSection("name"u8);
        if (names.ModuleSymbol is { } symbol)
        {
            output.WriteByte((byte)NameSubsection.Module);
            int nameMark = output.BeginSized();
            output.WriteByteVector(names.Interner.NameOf(source, symbol));
            output.EndSized(nameMark);
        }

        WriteMap(output, names, source, NameSubsection.Function, names.Funcs);
        WriteIndirectMap(output, names, source, NameSubsection.Local, names.LocalNames);
        WriteIndirectMap(output, names, source, NameSubsection.Label, names.LabelNames);
        WriteMap(output, names, source, NameSubsection.Type, names.Types);
        WriteMap(output, names, source, NameSubsection.Table, names.Tables);
        WriteMap(output, names, source, NameSubsection.Memory, names.Memories);
        WriteMap(output, names, source, NameSubsection.Global, names.Globals);
        WriteMap(output, names, source, NameSubsection.Elem, names.Elems);
        WriteMap(output, names, source, NameSubsection.Data, names.Datas);
        WriteIndirectMap(
            output, names, source, NameSubsection.Field,
            [.. names.Fields.SelectMany(type => type.Value.Names.Select(name => (type.Key, name.Index, name.Symbol)))]);
        WriteMap(output, names, source, NameSubsection.Tag, names.Tags);
        output.EndSized(mark);
    }

    private static void WriteMap(
        WasmWriter output, ModuleNames names, ReadOnlySpan<byte> source, NameSubsection subsection, IndexSpace space)
    {
        if (space.Names.Count == 0)
        {
            return;
        }

        output.WriteByte((byte)subsection);
        int mark = output.BeginSized();
        output.WriteU32((uint)space.Names.Count);
        foreach ((uint index, int symbol) in space.Names)
        {
            output.WriteU32(index);
            output.WriteByteVector(names.Interner.NameOf(source, symbol));
        }

        output.EndSized(mark);
    }

    private static void WriteIndirectMap(
        WasmWriter output,
        ModuleNames names,
        ReadOnlySpan<byte> source,
        NameSubsection subsection,
        List<(uint Outer, uint Inner, int Symbol)> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        output.WriteByte((byte)subsection);
        int mark = output.BeginSized();
        output.WriteU32((uint)entries.DistinctBy(entry => entry.Outer).Count());
        for (int start = 0; start < entries.Count;)
        {
            int end = start;
            while (end < entries.Count && entries[end].Outer == entries[start].Outer)
            {
                end++;
            }

            output.WriteU32(entries[start].Outer);
            output.WriteU32((uint)(end - start));
            for (; start < end; start++)
            {
                output.WriteU32(entries[start].Inner);
                output.WriteByteVector(names.Interner.NameOf(source, entries[start].Symbol));
            }
        }

        output.EndSized(mark);
    }

    private enum NameSubsection : byte
    {
        Module = 0,
        Function = 1,
        Local = 2,
        Label = 3,
        Type = 4,
        Table = 5,
        Memory = 6,
        Global = 7,
        Elem = 8,
        Data = 9,
        Field = 10,
        Tag = 11,
    }
}
