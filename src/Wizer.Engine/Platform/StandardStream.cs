using Microsoft.Win32.SafeHandles;

namespace Wizer.Engine;

/// <summary>The standard streams of this process, as files that may block.</summary>
internal static class StandardStream
{
    /// <param name="number">0 for input, 1 for output, 2 for errors.</param>
    public static HostFile Open(int number)
    {
        if (!LinuxLibC.IsSupported)
        {
            return new PortableStream(number);
        }

        // Straight on the descriptor, neither owned nor changed: it is shared with other processes. The type is what a C
        // library makes "is it a terminal" of; what else it is, it does not tell the guest.
        FileType type = LinuxLibC.isatty(number) == 1 ? FileType.CharacterDevice : FileType.Unknown;
        return new LinuxFile(new SafeFileHandle(number, ownsHandle: false), type);
    }
}
