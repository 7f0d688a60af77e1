using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>Directories and files that are one user's alone. On Windows, that is for whoever chooses the directory to see to.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OfUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfOthers = (UnixFileMode)0x3f; // 077

    /// <summary>The kind of machine and system that code is for.</summary>
    internal static string Platform => RuntimeInformation.RuntimeIdentifier;

    /// <summary>Makes a directory that is not there.</summary>
    /// <exception cref="IOException">It cannot be made, or is open to others, or belongs to another user.</exception>
    internal static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(directory, OfUser);

        // Of a link, too, it is asked where it leads; who may change the link is a matter of the directory that it is in.
        if ((File.GetUnixFileMode(directory) & OfOthers) != 0)
        {
            throw new IOException("it is open to other users; `chmod 700` closes it");
        }

        if (FileStatus.TryGet(directory, followsLink: true, out FileStatus status, out _) && !IsOwn(status))
        {
            throw new IOException("it belongs to another user");
        }
    }

    /// <summary>A name in the same directory that no other process has made up.</summary>
    internal static string NameBeside(string path) => $"{path}.{Guid.NewGuid():n}";

    /// <summary>How to make a file that only this user can open.</summary>
    internal static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Whether a file is this user's, and nobody else can have written it.</summary>
    internal static bool IsPrivate(SafeFileHandle file) =>
        OperatingSystem.IsWindows()
        || ((File.GetUnixFileMode(file) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0
            && (!FileStatus.TryGet(file, out FileStatus status) || IsOwn(status)));

    private static bool IsOwn(in FileStatus status) => status.Owner == LinuxLibC.geteuid();
}
