using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Computes the hash of a module, and lists its sections, once another sink has taken it.</summary>
internal sealed class HashingSink(IModuleSink inner, Outcome outcome, Timeline timeline) : IModuleSink
{
    public void Write(ModuleSlices module)
    {
        inner.Write(module);
        timeline.Begin("hash");
        using var hash = new ContentHash(module.ByteLength);
        for (int i = 0; i < module.Count; i++)
        {
            hash.Append(module[i].Span);
        }

        outcome.SectionsAfter = SectionSizes.Of(module);
        outcome.OutputHash = hash.Finish();
    }
}
