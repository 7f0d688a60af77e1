namespace Wizer.Engine.Symbols;

/// <summary>
/// The name of a function: the one that linkers see, mangled, before the one in the source. Entries of code that was inlined, and of
/// members, leave it to the entry they refer to. DWARF 5, 3.3.8 Inlinable and Inlined Subroutines, 5.7.7 Member Function Entries.
/// </summary>
internal static class EntryName
{
    // From a concrete instance to the abstract one, from there to the declaration. What is longer goes in circles.
    private const int MaxReferences = 16;

    /// <summary>Finds the name of an entry, or null.</summary>
    internal static string? Find(DwarfContext context, UnitTable units, DwarfUnit unit, int offset)
    {
        var at = (ulong)offset;
        for (int i = 0; i < MaxReferences; i++)
        {
            var entry = new EntryReader(context, unit, at);
            if (!entry.TryRead())
            {
                return null;
            }

            DwarfValue linkageName = default;
            DwarfValue name = default;
            DwarfValue reference = default;
            foreach (AttributeSpec spec in entry.Attributes)
            {
                DwarfValue value = entry.ReadAttribute(spec);
                switch (spec.Name)
                {
                    case DwarfAttribute.LinkageName or DwarfAttribute.MipsLinkageName:
                        linkageName = value;
                        break;
                    case DwarfAttribute.Name:
                        name = value;
                        break;
                    case DwarfAttribute.AbstractOrigin or DwarfAttribute.Specification:
                        reference = value;
                        break;
                }
            }

            string? text = context.TextOf(unit, linkageName, context.Sections.Info)
                ?? context.TextOf(unit, name, context.Sections.Info);
            if (text is not null || !reference.IsPresent)
            {
                return text;
            }

            (unit, at) = units.Resolve(unit, reference);
        }

        return null;
    }
}
