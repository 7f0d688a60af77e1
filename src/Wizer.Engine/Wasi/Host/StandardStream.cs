using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

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

        // Where the parent left it closed, the number belongs to a file or pipe of the runtime, out of bounds for a guest. Those
        // close on exec, what is inherited does not. Input is then at its end and output goes nowhere.
        if ((LinuxLibC.fcntl(number, LinuxLibC.F_GETFD, 0) & LinuxLibC.FD_CLOEXEC) != 0)
        {
            FileAccess access = number == 0 ? FileAccess.Read : FileAccess.Write;
            return new LinuxFile(File.OpenHandle(LinuxLibC.NullDevice, FileMode.Open, access, FileShare.ReadWrite), FileType.Unknown);
        }

        // Straight on the descriptor, neither owned nor changed: it is shared with other processes. The type is what a C
        // library makes "is it a terminal" of; what else it is, it does not tell the guest.
        FileType type = LinuxLibC.isatty(number) == 1 ? FileType.CharacterDevice : FileType.Unknown;
        return new LinuxFile(new SafeFileHandle(number, ownsHandle: false), type);
    }
}
