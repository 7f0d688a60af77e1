using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The custom section in which whoever publishes a module can put a profile of its initialization.</summary>
internal static class ProfileSection
{
    /// <summary>What it is called.</summary>
    internal static ReadOnlySpan<byte> NameUtf8 => "wizer.profile"u8;

    /// <summary>Whether a section is one.</summary>
    internal static bool Is(ModuleInfo module, in SectionInfo section) =>
        section.Id == SectionId.Custom && section.Name.Of(module.Bytes.Span).SequenceEqual(NameUtf8);

    /// <summary>The profile in the first of them; empty when there is none.</summary>
    internal static ReadOnlyMemory<byte> Find(ModuleInfo module)
    {
        foreach (SectionInfo section in module.Sections)
        {
            if (Is(module, section))
            {
                return module.Bytes[section.Name.End..section.Contents.End];
            }
        }

        return default;
    }
}
