using System.Diagnostics;

namespace Wizer.Binary.Components;

/// <summary>
/// Writes a component with changes. What is not changed stays byte for byte, down to integers that are longer than they need be; where
/// a definition goes away or comes in, indices behind it follow, those in the <c>component-name</c> section too. Component Model, Binary
/// Format.
/// </summary>
internal sealed class ComponentWriter
{
    private const int PreambleLength = 8;

    private readonly ReadOnlyMemory<byte> _file;

    // In the order of the file; none as long as nothing moves.
    private readonly List<IndexSite> _sites = [];

    private ComponentWriter(ReadOnlyMemory<byte> file) => _file = file;

    /// <summary>Writes a component.</summary>
    /// <param name="plan">That of the outermost component of a file.</param>
    /// <returns>Its bytes, of which those of the file and of new core modules are not copied.</returns>
    /// <exception cref="OverflowException">A section is longer than the binary format allows.</exception>
    internal static ReadOnlyMemory<byte>[] Write(ComponentPlan plan)
    {
        ReadOnlyMemory<byte> file = plan.Component.Bytes;
        var writer = new ComponentWriter(file);
        if (plan.Moves)
        {
            ComponentReader.Parse(file, writer._sites);
        }

        var output = new ComponentPieces();
        writer.Write(plan, output);
        return output.ToArray();
    }

    /// <summary>Whether all that the outer aliases of a copy mean can be reached from where it is written.</summary>
    /// <param name="copy">A copy that is written elsewhere than what it is a copy of.</param>
    /// <param name="sites">Where indices stand in the file.</param>
    internal static bool ReachesItsScope(ComponentPlan copy, List<IndexSite> sites)
    {
        foreach (IndexSite site in sites)
        {
            bool isOuter = site.Range.Offset >= copy.Component.Range.Offset && site.Range.End <= copy.Component.Range.End
                && site.Scope < copy.Depth;
            if (isOuter && copy.DistanceTo(copy.ScopeAt(site.Scope)) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a component.</summary>
    /// <returns>Whether it is not what stands in the file.</returns>
    private bool Write(ComponentPlan plan, ComponentPieces output)
    {
        // What stays is one piece as far as it goes.
        ComponentInfo part = plan.Component;
        int start = part.Range.Offset;
        int end = start + PreambleLength;
        bool isChanged = false;
        foreach (ComponentSectionInfo section in part.Sections)
        {
            ComponentPieces before = WriteAdded(plan, section);
            if (TryWriteChanged(plan, section) is not { } contents)
            {
                end = section.Whole.End;
                continue;
            }

            isChanged = true;
            output.Add(_file[start..end]);
            output.Add(before);
            start = end = section.Whole.End;
            if (contents.ByteLength != 0)
            {
                output.AddSection(section.Id, contents);
            }
        }

        output.Add(_file[start..end]);
        foreach ((ComponentSectionId id, IReadOnlyList<ReadOnlyMemory<byte>> bytes) in plan.Appended)
        {
            isChanged = true;
            output.AddSection(id, ComponentPieces.Of(bytes));
        }

        return isChanged;
    }

    /// <summary>Writes what comes before a section.</summary>
    private ComponentPieces WriteAdded(ComponentPlan plan, in ComponentSectionInfo section)
    {
        var added = new ComponentPieces();
        if (section.Id is not (ComponentSectionId.CoreInstance or ComponentSectionId.Instance))
        {
            return added;
        }

        for (int i = section.FirstDefinition; i < section.FirstDefinition + section.DefinitionCount; i++)
        {
            if (plan.FindAddedModule(i) is { } module)
            {
                added.AddSection(ComponentSectionId.CoreModule, ComponentPieces.Of(module));
            }
            else if (plan.FindAddedComponent(i) is { } copy)
            {
                var contents = new ComponentPieces();
                Write(copy, contents);
                added.AddSection(ComponentSectionId.Component, contents);
            }
        }

        return added;
    }

    /// <summary>What is in a section; null when that stays, and empty when nothing is left.</summary>
    private ComponentPieces? TryWriteChanged(ComponentPlan plan, ComponentSectionInfo section)
    {
        switch (section.Id)
        {
            case ComponentSectionId.CoreModule:
                var module = (CoreModuleDefinition)plan.Component.Definitions[section.FirstDefinition];
                return plan.FindModule(module.Module) is { } bytes ? ComponentPieces.Of(bytes) : null;
            case ComponentSectionId.Component:
                ComponentInfo nested = ((ComponentDefinition)plan.Component.Definitions[section.FirstDefinition]).Component;

                // One without a plan may have aliases of what moves.
                ComponentPlan? nestedPlan = plan.FindNested(nested) ?? (_sites.Count != 0 ? plan.Nest(nested) : null);
                var contents = new ComponentPieces();
                return nestedPlan is not null && Write(nestedPlan, contents) ? contents : null;
            case ComponentSectionId.Custom:
                if (!plan.MovesOwn || !ComponentNameSection.IsNameSection(plan.Component, section)
                    || !ComponentNames.Check(plan.Component, section))
                {
                    return null;
                }

                var names = new ComponentPieces();
                names.Add(_file[section.Contents.Offset..section.Name.End]);
                names.Add(writer => ComponentNames.Write(plan, section, writer));
                return names;
            default:
                return TryWriteDefinitions(plan, section);
        }
    }

    private ComponentPieces? TryWriteDefinitions(ComponentPlan plan, ComponentSectionInfo section)
    {
        int kept = 0;
        for (int i = 0; i < section.DefinitionCount; i++)
        {
            kept += plan.IsRemoved(plan.Component.Definitions[section.FirstDefinition + i]) ? 0 : 1;
        }

        List<Patch> patches = FindPatches(plan, section);
        if (patches.Count == 0 && kept == section.DefinitionCount)
        {
            return null;
        }

        var contents = new ComponentPieces();
        if (kept != 0)
        {
            contents.Add(writer => WriteDefinitions(plan, section, kept, patches, writer));
        }

        return contents;
    }

    private void WriteDefinitions(
        ComponentPlan plan, in ComponentSectionInfo section, int kept, List<Patch> patches, WasmWriter writer)
    {
        ReadOnlySpan<byte> file = _file.Span;
        int at = section.Contents.Offset;
        if (kept != section.DefinitionCount)
        {
            writer.WriteU32((uint)kept);
            at = plan.Component.Definitions[section.FirstDefinition].Offset;
        }

        int next = 0;
        for (int i = 0; i < section.DefinitionCount; i++)
        {
            Definition definition = plan.Component.Definitions[section.FirstDefinition + i];
            bool isRemoved = plan.IsRemoved(definition);
            for (; next < patches.Count && patches[next].Range.Offset < definition.Range.End; next++)
            {
                if (!isRemoved)
                {
                    writer.WriteBytes(file[at..patches[next].Range.Offset]);
                    writer.WriteBytes(patches[next].Bytes);
                    at = patches[next].Range.End;
                }
            }

            if (!isRemoved)
            {
                writer.WriteBytes(file[at..definition.Range.End]);
            }

            at = definition.Range.End;
        }
    }

    /// <summary>What stands in the place of ranges of a section with definitions, in their order.</summary>
    private List<Patch> FindPatches(ComponentPlan plan, in ComponentSectionInfo section)
    {
        var patches = new List<Patch>();
        int next = FirstSiteFrom(section.Contents.Offset);
        for (int i = section.FirstDefinition; i < section.FirstDefinition + section.DefinitionCount; i++)
        {
            bool isAdded = plan.FindAddedModule(i) is not null || plan.FindAddedComponent(i) is not null;
            for (int end = plan.Component.Definitions[i].Range.End; next < _sites.Count && _sites[next].Range.Offset < end; next++)
            {
                // The first index of an instantiation is that of what is instantiated.
                AddPatches(plan, _sites[next], isAdded ? plan.IndexOfAdded(_sites[next].Sort, i) : null, patches);
                isAdded = false;
            }
        }

        return patches;
    }

    private void AddPatches(ComponentPlan plan, IndexSite site, uint? index, List<Patch> patches)
    {
        if (site.Scope > plan.Depth)
        {
            // An index of a type's own.
            return;
        }

        ComponentPlan scope = plan.ScopeAt(site.Scope);
        if (site.Scope < plan.Depth)
        {
            int distance = plan.DistanceTo(scope);
            if (distance < 0)
            {
                throw new UnreachableException("an outer alias of a copy that does not reach its scope");
            }

            int move = distance - (plan.Depth - site.Scope);
            if (move != 0)
            {
                uint count = new WasmReader(site.Count.Of(_file.Span), site.Count.Offset).ReadU32();
                patches.Add(new Patch(site.Count, Encode((uint)(count + move), isSigned: false)));
            }
        }

        uint moved = index ?? scope.Map(site.Sort, site.Index);
        if (moved != site.Index)
        {
            patches.Add(new Patch(site.Range, Encode(moved, site.IsSigned)));
        }
    }

    /// <summary>The first index that stands at an offset or behind it.</summary>
    private int FirstSiteFrom(int offset)
    {
        int low = 0;
        int high = _sites.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sites[middle].Range.Offset < offset)
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

    /// <summary>What stands in the place of a range.</summary>
    private sealed record Patch(ByteRange Range, byte[] Bytes);
}
