using System.Security.Cryptography;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>Computes the hash of a module, and lists its sections, once another sink has taken it.</summary>
internal sealed class HashingSink(IModuleSink inner, Outcome outcome, Timeline timeline) : IModuleSink
{
    public void Write(ModuleSlices module)
    {
        inner.Write(module);
        timeline.Begin("hash");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < module.Count; i++)
        {
            hash.AppendData(module[i].Span);
        }

        outcome.SectionsAfter = SectionSizes.Of(module);
        outcome.OutputHash = hash.GetHashAndReset();
    }
}
