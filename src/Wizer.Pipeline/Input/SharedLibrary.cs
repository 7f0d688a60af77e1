using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// What a shared library of LLVM's needs of the memory and the table that others give it. Tool Conventions, Dynamic Linking: the
/// <c>dylink.0</c> section, and the <c>dylink</c> section before it.
/// </summary>
/// <param name="MemoryByteLength">How many bytes of memory, from <c>env.__memory_base</c> on.</param>
/// <param name="TableElementCount">How many elements of the table, from <c>env.__table_base</c> on.</param>
internal readonly record struct SharedLibrary(uint MemoryByteLength, uint TableElementCount)
{
    /// <summary>What applies relocations to the library's data, once and before anything else of it runs.</summary>
    internal const string RelocationFunc = "__wasm_apply_data_relocs";

    internal static ReadOnlySpan<byte> RelocationFuncUtf8 => "__wasm_apply_data_relocs"u8;

    private const byte MemoryInfo = 1;

    /// <summary>Whether a section is one of these.</summary>
    internal static bool Is(ModuleInfo module, in SectionInfo section) => IsNewer(module, section) || IsOlder(module, section);

    /// <summary>Reads the section; null where there is none, or none that makes sense.</summary>
    internal static SharedLibrary? Find(ModuleInfo module)
    {
        foreach (SectionInfo section in module.Sections)
        {
            if (Is(module, section))
            {
                var contents = new ByteRange(section.Name.End, section.Contents.End - section.Name.End);
                var reader = new WasmReader(contents.Of(module.Bytes.Span), contents.Offset);
                try
                {
                    return IsOlder(module, section) ? Read(ref reader) : FindMemoryInfo(ref reader);
                }
                catch (WasmFormatException)
                {
                    return new SharedLibrary(0, 0);
                }
            }
        }

        return null;
    }

    private static SharedLibrary FindMemoryInfo(ref WasmReader reader)
    {
        while (!reader.IsAtEnd)
        {
            byte id = reader.ReadByte();
            uint size = reader.ReadU32();
            if (id == MemoryInfo)
            {
                return Read(ref reader);
            }

            reader.ReadBytes((int)Math.Min(size, int.MaxValue));
        }

        return new SharedLibrary(0, 0);
    }

    private static SharedLibrary Read(ref WasmReader reader)
    {
        uint memoryByteLength = reader.ReadU32();
        reader.ReadU32();
        return new SharedLibrary(memoryByteLength, reader.ReadU32());
    }

    private static bool IsNewer(ModuleInfo module, in SectionInfo section) =>
        section.Id == SectionId.Custom && section.Name.Of(module.Bytes.Span).SequenceEqual("dylink.0"u8);

    private static bool IsOlder(ModuleInfo module, in SectionInfo section) =>
        section.Id == SectionId.Custom && section.Name.Of(module.Bytes.Span).SequenceEqual("dylink"u8);
}
