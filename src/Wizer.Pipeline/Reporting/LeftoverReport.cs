using System.Text;
using Wizer.Engine;
using Wizer.Engine.Wasi;

namespace Wizer.Pipeline;

/// <summary>What a guest has in its memory of WASI that a run of the new module will not find again.</summary>
internal static class LeftoverReport
{
    /// <summary>The files and directories that it opened and did not close.</summary>
    internal static DescriptorReport[] OfOpenDescriptors(WasiPreview1? wasi) =>
        Find(wasi, static descriptor => descriptor is not DirectoryDescriptor { PreopenName: not null });

    /// <summary>The directories that it found open and whose names it was told.</summary>
    internal static DescriptorReport[] OfDirectories(WasiPreview1? wasi) =>
        Find(wasi, static descriptor => descriptor is DirectoryDescriptor { IsNameKnown: true });

    /// <summary>How many environment variables it was told.</summary>
    internal static int OfEnvironment(WasiPreview1? wasi) => OfEnvironment(wasi?.Context);

    /// <summary>The same for a component.</summary>
    internal static int OfEnvironment(WasiPreview2? wasi) => OfEnvironment(wasi?.Context.Wasi);

    private static int OfEnvironment(WasiContext? wasi) => wasi is { IsEnvironmentKnown: true } ? wasi.EnvironmentVariableCount : 0;

    private static DescriptorReport[] Find(WasiPreview1? wasi, Func<Descriptor, bool> isMeant)
    {
        var found = new List<DescriptorReport>();
        DescriptorTable? table = wasi?.Context.Descriptors;
        for (uint fd = 0; fd < table?.End; fd++)
        {
            if (table.Find(fd) is { Path: { } path } descriptor && isMeant(descriptor))
            {
                found.Add(new DescriptorReport((int)fd, Encoding.UTF8.GetString(path)));
            }
        }

        return found.ToArray();
    }
}
