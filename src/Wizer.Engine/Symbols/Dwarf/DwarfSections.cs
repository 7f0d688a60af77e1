using Wizer.Binary;

namespace Wizer.Engine.Symbols;

/// <summary>The debug sections of a module. Those it has not are empty.</summary>
internal sealed class DwarfSections
{
    private const string Prefix = ".debug_";

    internal ReadOnlyMemory<byte> Abbrev { get; private set; }

    internal ReadOnlyMemory<byte> Addr { get; private set; }

    internal ReadOnlyMemory<byte> Info { get; private set; }

    internal ReadOnlyMemory<byte> Line { get; private set; }

    internal ReadOnlyMemory<byte> LineStr { get; private set; }

    internal ReadOnlyMemory<byte> Ranges { get; private set; }

    internal ReadOnlyMemory<byte> Rnglists { get; private set; }

    internal ReadOnlyMemory<byte> Str { get; private set; }

    internal ReadOnlyMemory<byte> StrOffsets { get; private set; }

    internal long ByteLength => (long)Abbrev.Length + Addr.Length + Info.Length + Line.Length + LineStr.Length + Ranges.Length
        + Rnglists.Length + Str.Length + StrOffsets.Length;

    /// <summary>Whether a module has debug sections, of whatever kind.</summary>
    internal static bool AreIn(ModuleInfo module)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        foreach (SectionInfo section in module.Sections)
        {
            if (IsOne(section, bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds them. Of two with one name the later one counts.</summary>
    internal static DwarfSections Find(ModuleInfo module)
    {
        var found = new DwarfSections();
        foreach (SectionInfo section in module.Sections)
        {
            if (!IsOne(section, module.Bytes.Span))
            {
                continue;
            }

            ReadOnlyMemory<byte> contents = module.Bytes[section.Name.End..section.Contents.End];
            switch (module.NameAt(section.Name)[Prefix.Length..])
            {
                case "abbrev":
                    found.Abbrev = contents;
                    break;
                case "addr":
                    found.Addr = contents;
                    break;
                case "info":
                    found.Info = contents;
                    break;
                case "line":
                    found.Line = contents;
                    break;
                case "line_str":
                    found.LineStr = contents;
                    break;
                case "ranges":
                    found.Ranges = contents;
                    break;
                case "rnglists":
                    found.Rnglists = contents;
                    break;
                case "str":
                    found.Str = contents;
                    break;
                case "str_offsets":
                    found.StrOffsets = contents;
                    break;
            }
        }

        return found;
    }

    private static bool IsOne(in SectionInfo section, ReadOnlySpan<byte> module) =>
        section.Id == SectionId.Custom && section.Name.Of(module).StartsWith(".debug_"u8);
}
