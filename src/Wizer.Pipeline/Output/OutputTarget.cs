using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>How an output gets to its place.</summary>
internal enum OutputWay
{
    /// <summary>Another file takes the place of what is there, if anything is.</summary>
    Replace,

    /// <summary>The file that is there stays, and gets other bytes.</summary>
    Overwrite,

    /// <summary>What is there takes the bytes and keeps none.</summary>
    Stream,
}

/// <summary>
/// Where an output goes, and how: all that can be known before a guest runs. Links are followed now, and a file that has to stay is
/// opened now, so that nobody can redirect the output afterwards. Nothing is created or changed.
/// </summary>
internal sealed class OutputTarget
{
    private OutputTarget(string path, FileKind kind, OutputWay way)
    {
        Path = path;
        Kind = kind;
        Way = way;
    }

    /// <summary>The path, with links followed.</summary>
    public string Path { get; }

    public FileKind Kind { get; }

    public OutputWay Way { get; }

    /// <summary>What is known about what is there; null where nothing is, or the platform does not say.</summary>
    public FileStatus? Status { get; private init; }

    /// <summary>The file to be overwritten.</summary>
    public SafeFileHandle? File { get; private init; }

    public string Directory => HostFiles.DirectoryOf(Path);

    /// <summary>Whether another output goes to the same file, or would make one of the same name.</summary>
    /// <remarks>Devices take any number of them.</remarks>
    public bool IsSamePlace(OutputTarget other)
    {
        if (Kind != other.Kind || Kind == FileKind.Stream)
        {
            return false;
        }

        if (Status is { } status && other.Status is { } otherStatus)
        {
            return status.IsSameFile(otherStatus);
        }

        if (FileStatus.IsTold)
        {
            return IsSameName(other.Path) && FileStatus.TryGet(Directory, followsLink: true, out FileStatus directory, out _)
                && FileStatus.TryGet(other.Directory, followsLink: true, out FileStatus otherDirectory, out _)
                && directory.IsSameFile(otherDirectory);
        }

        return IsSamePath(other.Path);
    }

    /// <summary>Whether the output goes to a file that is to be read.</summary>
    public bool IsFileAt(string path)
    {
        if (Kind != FileKind.Regular)
        {
            return false;
        }

        return Status is { } status
            ? FileStatus.TryGet(path, followsLink: true, out FileStatus other, out _) && status.IsSameFile(other)
            : IsSamePath(HostFiles.ResolveLinks(path));
    }

    /// <summary>Whether the output goes to a file that the process holds open.</summary>
    public bool IsFileOf(int descriptor) =>
        Kind == FileKind.Regular && Status is { } status && FileStatus.TryGet(descriptor, out FileStatus other) && status.IsSameFile(other);

    /// <summary>Whether a file is there now that begins as a module or a component does.</summary>
    public bool HoldsModule()
    {
        try
        {
            if (FileKinds.Of(Path) != FileKind.Regular)
            {
                return false;
            }

            Span<byte> start = stackalloc byte[4];
            using SafeFileHandle file = HostFiles.OpenToRead(Path);
            return RandomAccess.Read(file, start, 0) == start.Length && start.SequenceEqual("\0asm"u8);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            return false; // what cannot be read can be written all the same
        }
    }

    private bool IsSameName(string other) => System.IO.Path.GetFileName(Path) == System.IO.Path.GetFileName(other);

    // Where there are no file numbers, names differ by more than case, or not at all.
    private bool IsSamePath(string other) => string.Equals(
        System.IO.Path.GetFullPath(Path), System.IO.Path.GetFullPath(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds out where a path leads.</summary>
    /// <exception cref="IOException">Nothing could be written there; so with the others that file operations throw.</exception>
    public static OutputTarget At(string path)
    {
        if (!FileStatus.TryGet(path, followsLink: true, out FileStatus status, out _))
        {
            return AtUnknown(path);
        }

        if (status.Kind == FileKind.Directory)
        {
            const int IsDirectory = 21; // EISDIR
            throw new UnauthorizedAccessException { HResult = IsDirectory };
        }

        if (status.Kind == FileKind.Stream)
        {
            const int NoDevice = 6; // ENXIO, as opening it would say
            HostFiles.DemandWritable(path, FileKind.Regular);
            return status.IsSocket
                ? throw new IOException("", NoDevice)
                : new OutputTarget(path, FileKind.Stream, OutputWay.Stream) { Status = status };
        }

        string target = HostFiles.FollowLinks(path, out bool isHeldOpen);
        if (isHeldOpen || MustStay(status) || !AcceptsFiles(HostFiles.DirectoryOf(target)))
        {
            SafeFileHandle file = HostFiles.OpenToWrite(target, followsLink: isHeldOpen);
            return new OutputTarget(target, FileKind.Regular, OutputWay.Overwrite) { Status = status, File = file };
        }

        HostFiles.DemandWritable(target, FileKind.Regular);
        return new OutputTarget(target, FileKind.Regular, OutputWay.Replace) { Status = status };
    }

    // Nothing is there, or nothing is known about it.
    private static OutputTarget AtUnknown(string path)
    {
        FileKind kind = FileKinds.Of(path);
        if (kind == FileKind.Directory)
        {
            throw new UnauthorizedAccessException();
        }

        if (kind == FileKind.Stream)
        {
            return new OutputTarget(path, kind, OutputWay.Stream);
        }

        string target = HostFiles.FollowLinks(path, out _);
        if (kind == FileKind.Regular)
        {
            HostFiles.DemandWritable(target, kind);
            return new OutputTarget(target, kind, OutputWay.Replace);
        }

        string directory = HostFiles.DirectoryOf(target);
        switch (FileKinds.Of(directory))
        {
            case FileKind.Directory:
                HostFiles.DemandWritable(directory, FileKind.Directory);
                return new OutputTarget(target, kind, OutputWay.Replace);
            case FileKind.Absent:
                throw new DirectoryNotFoundException();
            default:
                const int NotADirectory = 20;
                throw new IOException("", NotADirectory);
        }
    }

    // A mount point cannot be replaced, other links to the file would keep the old bytes, and only root can give a file away.
    private static bool MustStay(in FileStatus status) => status.IsMountPoint || status.LinkCount > 1 || !status.IsOfThisUser;

    private static bool AcceptsFiles(string directory)
    {
        try
        {
            HostFiles.DemandWritable(directory, FileKind.Directory);
            return true;
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            return false;
        }
    }
}
