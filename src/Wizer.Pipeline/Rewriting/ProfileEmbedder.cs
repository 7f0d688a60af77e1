using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes a module as it is, but with another profile.</summary>
internal static class ProfileEmbedder
{
    /// <summary>Writes it, the profile behind everything else.</summary>
    internal static void Write(ModuleInfo module, ReadOnlySpan<byte> profile, ModuleAssembler output)
    {
        output.Writer.WritePreamble();
        foreach (SectionInfo section in module.Sections)
        {
            if (!ProfileSection.Is(module, section))
            {
                output.AddSection(section);
            }
        }

        WasmWriter writer = output.Writer;
        int start = writer.BeginSection(SectionId.Custom);
        writer.WriteByteVector(ProfileSection.NameUtf8);
        writer.WriteBytes(profile);
        writer.EndSized(start);
    }
}
