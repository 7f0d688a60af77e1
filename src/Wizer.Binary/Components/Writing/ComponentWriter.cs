namespace Wizer.Binary.Components;

/// <summary>
/// Writes a component with changes. What is not changed stays byte for byte, down to integers that are longer than they need be; where
/// a definition goes away, indices behind it follow, those in the <c>component-name</c> section too. Component Model, Binary Format.
/// </summary>
/// <param name="component">The outermost component of a file.</param>
internal sealed class ComponentWriter(ComponentInfo component)
{
    private readonly Dictionary<ModuleInfo, IReadOnlyList<ReadOnlyMemory<byte>>> _modules = [];
    private readonly HashSet<ExportDefinition> _removed = [];

    // What stands in the place of ranges of the file, in their order.
    private readonly List<(ByteRange Range, byte[] Bytes)> _patches = [];
    private uint[][] _maps = [];

    private ReadOnlySpan<byte> File => component.Bytes.Span;

    /// <summary>
    /// Puts other bytes, in any number of pieces, in the place of a core module, of the component itself or of one nested in it.
    /// </summary>
    internal void Replace(ModuleInfo module, params IReadOnlyList<ReadOnlyMemory<byte>> by) => _modules[module] = by;

    /// <summary>
    /// Leaves out an export of the component itself. What refers to the export refers to what was exported instead.
    /// </summary>
    internal void Remove(ExportDefinition export) => _removed.Add(export);

    /// <summary>Writes the component.</summary>
    /// <returns>Its bytes, of which those of the file and of new core modules are not copied.</returns>
    /// <exception cref="OverflowException">A section is longer than the binary format allows.</exception>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Write()
    {
        FindPatches();
        var output = new ComponentPieces();
        Write(component, output);
        return output.All;
    }

    private void FindPatches()
    {
        _patches.Clear();
        if (_removed.Count == 0)
        {
            return;
        }

        _maps = MakeMaps();
        var sites = new List<IndexSite>();
        ComponentReader.Parse(component.Bytes, sites);
        foreach (IndexSite site in sites)
        {
            // What is invalid stays so.
            uint[] map = _maps[(int)site.Sort];
            if (site.Scope == 0 && site.Index < (uint)map.Length && map[site.Index] != site.Index)
            {
                _patches.Add((site.Range, Encode(map[site.Index], site.IsSigned)));
            }
        }
    }

    /// <summary>For each sort, where the indices of the outermost component go.</summary>
    private uint[][] MakeMaps()
    {
        var maps = new uint[Sorts.Count][];
        for (int i = 0; i < maps.Length; i++)
        {
            ReadOnlySpan<int> space = component.SpaceOf((Sort)i);
            uint[] map = new uint[space.Length];
            uint next = 0;
            for (int index = 0; index < map.Length; index++)
            {
                // An export is of something before it, so that is where it goes, or went, itself.
                map[index] = component.Definitions[space[index]] is ExportDefinition export && _removed.Contains(export)
                    ? map[export.Index]
                    : next++;
            }

            maps[i] = map;
        }

        return maps;
    }

    private void Write(ComponentInfo part, ComponentPieces output)
    {
        // What stays is one piece as far as it goes.
        int start = part.Range.Offset;
        int end = start + 8;
        foreach (ComponentSectionInfo section in part.Sections)
        {
            if (!IsChanged(part, section))
            {
                end = section.Whole.End;
                continue;
            }

            output.Add(component.Bytes[start..end]);
            start = end = section.Whole.End;
            int kept = part == component ? CountKept(section) : section.DefinitionCount;
            if (kept == 0)
            {
                continue;
            }

            var contents = new ComponentPieces();
            WriteContents(part, section, kept, contents);
            output.AddSection(section.Id, contents);
        }

        output.Add(component.Bytes[start..end]);
    }

    private bool IsChanged(ComponentInfo part, in ComponentSectionInfo section)
    {
        switch (section.Id)
        {
            case ComponentSectionId.CoreModule:
                return _modules.ContainsKey(((CoreModuleDefinition)part.Definitions[section.FirstDefinition]).Module);
            case ComponentSectionId.Component:
                ComponentInfo nested = ((ComponentDefinition)part.Definitions[section.FirstDefinition]).Component;
                foreach (ComponentSectionInfo inner in nested.Sections)
                {
                    if (IsChanged(nested, inner))
                    {
                        return true;
                    }
                }

                return false;
            case ComponentSectionId.Custom:
                return part == component && _removed.Count != 0 && ComponentNameSection.IsNameSection(part, section)
                    && ComponentNames.Check(component, section);
            default:
                return HasPatch(section.Contents) || (part == component && CountKept(section) != section.DefinitionCount);
        }
    }

    private bool HasPatch(ByteRange range)
    {
        int next = FirstPatchFrom(range.Offset);
        return next < _patches.Count && _patches[next].Range.Offset < range.End;
    }

    /// <summary>The first patch that stands at an offset or behind it.</summary>
    private int FirstPatchFrom(int offset)
    {
        int low = 0;
        int high = _patches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_patches[middle].Range.Offset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // A custom section has no definitions and counts as one.
    private int CountKept(in ComponentSectionInfo section)
    {
        if (section.Id == ComponentSectionId.Custom)
        {
            return 1;
        }

        int kept = section.DefinitionCount;
        for (int i = 0; i < section.DefinitionCount; i++)
        {
            if (component.Definitions[section.FirstDefinition + i] is ExportDefinition export && _removed.Contains(export))
            {
                kept--;
            }
        }

        return kept;
    }

    private void WriteContents(ComponentInfo part, ComponentSectionInfo section, int kept, ComponentPieces output)
    {
        switch (section.Id)
        {
            case ComponentSectionId.CoreModule:
                foreach (ReadOnlyMemory<byte> piece in _modules[((CoreModuleDefinition)part.Definitions[section.FirstDefinition]).Module])
                {
                    output.Add(piece);
                }

                return;
            case ComponentSectionId.Component:
                Write(((ComponentDefinition)part.Definitions[section.FirstDefinition]).Component, output);
                return;
            case ComponentSectionId.Custom:
                output.Add(component.Bytes[section.Contents.Offset..section.Name.End]);
                output.Add(writer => ComponentNames.Write(component, section, _maps, _removed, writer));
                return;
            default:
                output.Add(writer => WriteDefinitions(part, section, kept, writer));
                return;
        }
    }

    private void WriteDefinitions(ComponentInfo part, in ComponentSectionInfo section, int kept, WasmWriter writer)
    {
        int at = section.Contents.Offset;
        if (kept != section.DefinitionCount)
        {
            writer.WriteU32((uint)kept);
            at = part.Definitions[section.FirstDefinition].Offset;
        }

        for (int i = 0; i < section.DefinitionCount; i++)
        {
            Definition definition = part.Definitions[section.FirstDefinition + i];
            if (definition is ExportDefinition export && _removed.Contains(export))
            {
                at = definition.Range.End;
                continue;
            }

            WritePatched(new ByteRange(at, definition.Range.End - at), writer);
            at = definition.Range.End;
        }
    }

    private void WritePatched(ByteRange range, WasmWriter writer)
    {
        int at = range.Offset;
        for (int i = FirstPatchFrom(at); i < _patches.Count && _patches[i].Range.Offset < range.End; i++)
        {
            writer.WriteBytes(File[at.._patches[i].Range.Offset]);
            writer.WriteBytes(_patches[i].Bytes);
            at = _patches[i].Range.End;
        }

        writer.WriteBytes(File[at..range.End]);
    }

    private static byte[] Encode(uint index, bool isSigned)
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        if (isSigned)
        {
            writer.WriteS33(index);
        }
        else
        {
            writer.WriteU32(index);
        }

        return buffer.ToArray();
    }
}
