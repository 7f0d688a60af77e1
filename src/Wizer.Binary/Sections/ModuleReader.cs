namespace Wizer.Binary;

/// <summary>Reads the structure of a module, section by section. Core 3.0, Binary Format: Modules.</summary>
public static class ModuleReader
{
    private static ReadOnlySpan<byte> Magic => "\0asm"u8;

    private static ReadOnlySpan<byte> Version => [1, 0, 0, 0];

    // The order in which sections must come, by id: tags stand before globals and the data count before the code.
    private static ReadOnlySpan<byte> SectionOrder => [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

    /// <summary>The place of a section among all; 0 for custom ones, which may be anywhere, and -1 for what is no section.</summary>
    internal static int OrderOf(byte id) => id < SectionOrder.Length ? SectionOrder[id] : -1;

    /// <summary>Whether the bytes begin like a component instead of a core module. Component Model, Binary Format.</summary>
    public static bool IsComponent(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && bytes.StartsWith(Magic) && bytes[6] == 1 && bytes[7] == 0;

    /// <summary>Whether the bytes begin with the magic of the binary format.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>Parses a module. Nothing is copied: the result refers to <paramref name="module"/>.</summary>
    /// <param name="module">The binary format; must stay unchanged as long as the result is used.</param>
    /// <exception cref="WasmFormatException">The bytes are malformed.</exception>
    public static ModuleInfo Parse(ReadOnlyMemory<byte> module)
    {
        var info = new ModuleInfo(module);
        try
        {
            Parse(info);
        }
        catch (WasmFormatException) when (info.Bodies.Length != 0)
        {
            // What is wrong behind the code section comes second to what is wrong within it.
            CodeSection.CheckBodies(info);
            throw;
        }

        return info;
    }

    private static void Parse(ModuleInfo info)
    {
        ReadOnlyMemory<byte> module = info.Bytes;
        var reader = new WasmReader(module.Span);
        ReadPreamble(ref reader);
        var sections = new ItemList<SectionInfo>(16);
        int lastOrder = 0;
        uint declaredFuncs = 0;
        while (!reader.IsAtEnd)
        {
            int offset = (int)reader.Offset;
            byte id = reader.ReadByte();
            if (id >= SectionOrder.Length)
            {
                Throw.Malformed("malformed section id", offset);
            }

            ByteRange contents = reader.ReadByteVector();

            // Like the scripts, let the contents run on to the end of the module and compare the extent afterwards: what is
            // wrong with an item then comes before what is wrong with its size.
            var section = new WasmReader(module.Span[contents.Offset..], contents.Offset);
            if (id == (byte)SectionId.Custom)
            {
                ByteRange name = reader.Slice(contents).ReadName();
                sections.Add(new SectionInfo(SectionId.Custom, offset, contents, name));
                if (info.NameSection.Length == 0 && name.Of(module.Span).SequenceEqual("name"u8))
                {
                    info.NameSection = new ByteRange(name.End, contents.End - name.End);
                }

                continue;
            }

            if (SectionOrder[id] <= lastOrder)
            {
                Throw.Malformed("unexpected content after last section", offset);
            }

            lastOrder = SectionOrder[id];
            sections.Add(new SectionInfo((SectionId)id, offset, contents, default));
            ReadSection((SectionId)id, ref section, info, ref declaredFuncs);
            if (section.Offset != contents.End)
            {
                Throw.Malformed("section size mismatch", section.Offset);
            }
        }

        info.Sections = sections.ToArray();
        CheckLengths(info, declaredFuncs, reader.Offset);
    }

    private static void ReadPreamble(ref WasmReader reader)
    {
        CheckBytes(ref reader, Magic, "magic header not detected");
        CheckBytes(ref reader, Version, "unknown binary version");
    }

    private static void CheckBytes(ref WasmReader reader, ReadOnlySpan<byte> expected, string message)
    {
        ReadOnlySpan<byte> actual = reader.Bytes[reader.Position..];
        if (actual.Length < 4)
        {
            Throw.UnexpectedEnd(reader.Bytes.Length);
        }

        if (!actual.StartsWith(expected))
        {
            Throw.Malformed(message, reader.Offset);
        }

        reader.Position += 4;
    }

    private static void ReadSection(SectionId id, ref WasmReader section, ModuleInfo info, ref uint declaredFuncs)
    {
        switch (id)
        {
            case SectionId.Type:
                TypeSection.Read(ref section, info);
                break;
            case SectionId.Import:
                ImportSection.Read(ref section, info);
                break;
            case SectionId.Function:
                declaredFuncs = FunctionSection.Read(ref section, info);
                break;
            case SectionId.Table:
                TableSection.Read(ref section, info);
                break;
            case SectionId.Memory:
                MemorySection.Read(ref section, info);
                break;
            case SectionId.Tag:
                TagSection.Read(ref section, info);
                break;
            case SectionId.Global:
                GlobalSection.Read(ref section, info);
                break;
            case SectionId.Export:
                ExportSection.Read(ref section, info);
                break;
            case SectionId.Start:
                info.StartFunc = section.ReadU32();
                break;
            case SectionId.Element:
                ElementSection.Read(ref section, info);
                break;
            case SectionId.DataCount:
                info.DataCount = section.ReadU32();
                break;
            case SectionId.Code:
                CodeSection.Read(ref section, info);
                break;
            case SectionId.Data:
                DataSection.Read(ref section, info);
                break;
        }
    }

    private static void CheckLengths(ModuleInfo info, uint declaredFuncs, long end)
    {
        if (declaredFuncs != (uint)info.Bodies.Length)
        {
            Throw.Malformed("function and code section have inconsistent lengths", end);
        }

        if (info.DataCount is uint count && count != (uint)info.DataSegments.Length)
        {
            Throw.Malformed("data count and data section have inconsistent lengths", end);
        }
    }
}
