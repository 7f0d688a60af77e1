namespace Wizer.Binary;

/// <summary>
/// Checks what is in the custom sections that the specification describes. A module is as good with malformed ones, so this is
/// for whoever asks about the sections themselves. Core 3.0, Appendix: Custom Sections and Annotations.
/// </summary>
public static class CustomSectionValidator
{
    private const byte MaxNameSubsection = 11;

    // What a subsection of names is: a bit per id.
    private const int IndirectMaps = (1 << 2) | (1 << 3) | (1 << 10);

    /// <summary>Checks the names and branch hints of a valid module.</summary>
    /// <exception cref="WasmFormatException">One of the sections is malformed.</exception>
    /// <exception cref="WasmValidationException">One of them is about something that the module does not have.</exception>
    public static void Validate(ModuleInfo module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        foreach (SectionInfo section in module.Sections)
        {
            ReadOnlySpan<byte> name = section.Name.Of(bytes);
            if (section.Id != SectionId.Custom)
            {
                continue;
            }

            if (name.SequenceEqual("name"u8))
            {
                CheckNames(module, section);
            }
            else if (name.SequenceEqual(BranchHintSection.Name))
            {
                BranchHintSection.Read(module, section);
            }
        }
    }

    private static void CheckNames(ModuleInfo module, in SectionInfo section)
    {
        ByteRange contents = new(section.Name.End, section.Contents.End - section.Name.End);
        var reader = new WasmReader(contents.Of(module.Bytes.Span), contents.Offset);
        int next = 0;
        while (!reader.IsAtEnd)
        {
            long offset = reader.Offset;
            byte id = reader.ReadByte();
            ByteRange range = reader.ReadByteVector();
            if (id < next || id > MaxNameSubsection)
            {
                Throw.Malformed("malformed name subsection", offset);
            }

            next = id + 1;
            var subsection = new WasmReader(range.Of(module.Bytes.Span), range.Offset);
            if (id == 0)
            {
                subsection.ReadName();
            }
            else
            {
                CheckMap(ref subsection, CountOf(module, id), isIndirect: ((IndirectMaps >> id) & 1) != 0);
            }

            if (!subsection.IsAtEnd)
            {
                Throw.Malformed("section size mismatch", subsection.Offset);
            }
        }
    }

    /// <summary>Checks a map from ascending indices to names, or to such maps again.</summary>
    private static void CheckMap(ref WasmReader reader, long limit, bool isIndirect)
    {
        long next = 0;
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            long offset = reader.Offset;
            uint index = reader.ReadU32();
            if (index < next)
            {
                Throw.Malformed("indices of names out of order", offset);
            }

            if (index >= limit)
            {
                Throw.Invalid("name of an unknown index", offset);
            }

            next = index + 1L;
            if (isIndirect)
            {
                // How many locals, labels or fields there are is not in the index spaces.
                CheckMap(ref reader, long.MaxValue, isIndirect: false);
            }
            else
            {
                reader.ReadName();
            }
        }
    }

    /// <summary>The size of the index space that a subsection's outer indices are from.</summary>
    private static int CountOf(ModuleInfo module, byte subsection) => subsection switch
    {
        1 or 2 or 3 => module.FuncTypeIndices.Length,
        4 or 10 => module.Types.Length,
        5 => module.Tables.Length,
        6 => module.Memories.Length,
        7 => module.Globals.Length,
        8 => module.ElementSegments.Length,
        9 => module.DataSegments.Length,
        _ => module.Tags.Length,
    };
}
