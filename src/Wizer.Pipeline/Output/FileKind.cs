using System.Runtime.InteropServices;

namespace Wizer.Pipeline;

/// <summary>What a path leads to, links followed; it decides how an output gets there.</summary>
internal enum FileKind
{
    Absent,
    Regular,
    Directory,

    /// <summary>A device, a pipe, a socket: something that takes bytes and keeps no earlier ones to protect.</summary>
    Stream,
}

/// <summary>Asks the platform for a <see cref="FileKind"/>, which .NET does not tell.</summary>
internal static unsafe partial class FileKinds
{
    private const int CurrentDirectory = -100;
    private const uint TypeMask = 0x1;
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int NoEntry = 2;
    private const int Link = 10;

    // `struct statx` is the same on every Linux: 256 bytes, the mode at 28.
    private const int StatLength = 256;

    /// <summary>The kind of what a path leads to.</summary>
    /// <exception cref="IOException">It leads in circles; the <c>HResult</c> is the error number.</exception>
    public static FileKind Of(string path)
    {
        if (OperatingSystem.IsLinux() && TryStat(path, out FileKind kind))
        {
            return kind;
        }

        return Guess(path);
    }

    /// <summary>Whether a path is known to be no link, without following it; the directories it goes through may be links.</summary>
    /// <remarks>What is not there is none either. Asking .NET where that leads would end in an exception, which takes milliseconds.</remarks>
    internal static bool IsNoLink(string path)
    {
        byte* stat = stackalloc byte[StatLength];
        try
        {
            return OperatingSystem.IsLinux()
                && (StatX(CurrentDirectory, path, NoFollow, TypeMask, stat) == 0 ? TypeIn(stat) != Link : Marshal.GetLastPInvokeError() == NoEntry);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    // The portable answer: .NET tells files from directories, and devices have places and names of their own.
    internal static FileKind Guess(string path)
    {
        if (Directory.Exists(path))
        {
            return FileKind.Directory;
        }

        if (!File.Exists(path))
        {
            return FileKind.Absent;
        }

        string full = Path.GetFullPath(path);
        return full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith(@"\\.\", StringComparison.Ordinal)
            ? FileKind.Stream
            : FileKind.Regular;
    }

    private static bool TryStat(string path, out FileKind kind)
    {
        byte* stat = stackalloc byte[StatLength];
        try
        {
            if (StatX(CurrentDirectory, path, 0, TypeMask, stat) != 0)
            {
                const int LinkLoop = 40;
                int error = Marshal.GetLastPInvokeError();
                kind = FileKind.Absent;
                return error == LinkLoop ? throw new IOException("", error) : error == NoEntry;
            }
        }
        catch (EntryPointNotFoundException)
        {
            kind = default;
            return false;
        }

        kind = TypeIn(stat) switch
        {
            4 => FileKind.Directory,
            8 => FileKind.Regular,
            _ => FileKind.Stream,
        };
        return true;
    }

    private static int TypeIn(byte* stat) => *(ushort*)(stat + 28) >> 12;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, byte* stat);
}
