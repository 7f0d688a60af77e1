using System.Text;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>
/// A directory by its path, through the framework, for systems without a file of their own. Every component is looked at
/// before it is used and links are refused just as on Linux, but between look and use another process could exchange it:
/// what is safe against the guest is not safe against the guest's accomplices on the host.
/// </summary>
internal sealed class PortableDirectory : HostDirectory
{
    // Of a name, as most file systems have it: in bytes on Linux, in UTF-16 on Windows.
    private const int MaxNameLength = 255;

    private readonly string _path;

    private PortableDirectory(string path) => _path = path;

    public static Errno OpenPath(string hostPath, out HostDirectory? directory)
    {
        directory = null;
        try
        {
            string path = Path.GetFullPath(hostPath);
            if (!Directory.Exists(path))
            {
                return File.Exists(path) ? Errno.Notdir : Errno.Noent;
            }

            directory = new PortableDirectory(path);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno OpenDirectory(ReadOnlySpan<byte> name, out HostDirectory? directory)
    {
        directory = null;
        Errno errno = Find(name, out string path, out FileType type);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (type != FileType.Directory)
        {
            return type == FileType.SymbolicLink ? Errno.Loop : Errno.Notdir;
        }

        directory = new PortableDirectory(path);
        return Errno.Success;
    }

    public override Errno Open(ReadOnlySpan<byte> name, in OpenMode mode, out HostFile? file, out HostDirectory? directory)
    {
        file = null;
        directory = null;
        Errno errno = Find(name, out string path, out FileType type);
        bool create = (mode.Open & OpenFlags.Create) != 0;
        bool exists = errno == Errno.Success;
        if (!exists && (errno != Errno.Noent || !create))
        {
            return errno;
        }

        if (exists && create && (mode.Open & OpenFlags.Exclusive) != 0)
        {
            return Errno.Exist;
        }

        if (type == FileType.SymbolicLink)
        {
            return Errno.Loop;
        }

        bool wantsDirectory = (mode.Open & OpenFlags.Directory) != 0;
        if (type == FileType.Directory)
        {
            if (!wantsDirectory && (mode.Write || create || (mode.Open & OpenFlags.Truncate) != 0))
            {
                return Errno.Isdir;
            }

            directory = new PortableDirectory(path);
            return Errno.Success;
        }

        if (wantsDirectory)
        {
            return Errno.Notdir;
        }

        try
        {
            bool truncate = (mode.Open & OpenFlags.Truncate) != 0;
            bool write = mode.Write || truncate;
            FileAccess access = !write ? FileAccess.Read : mode.Read ? FileAccess.ReadWrite : FileAccess.Write;
            if (!exists)
            {
                // The framework creates only what it can write to; opened again below as the guest wanted it.
                File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            }

            FileOptions options = (mode.Flags & (FdFlags.Sync | FdFlags.Dsync | FdFlags.Rsync)) != 0
                ? FileOptions.WriteThrough
                : FileOptions.None;
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, options);
            if (truncate && exists)
            {
                RandomAccess.SetLength(handle, 0);
            }

            file = new PortableFile(handle, path, (mode.Flags & FdFlags.Append) != 0);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno Stat(ReadOnlySpan<byte> name, out Filestat result)
    {
        Errno errno = Find(name, out string path, out _);
        result = default;
        return errno == Errno.Success ? StatPath(path, out result) : errno;
    }

    public override Errno SetTimes(ReadOnlySpan<byte> name, FileTimes times)
    {
        Errno errno = Find(name, out string path, out FileType type);
        return errno == Errno.Success ? SetPathTimes(path, type == FileType.Directory, times) : errno;
    }

    public override Errno ReadLink(ReadOnlySpan<byte> name, out byte[] target)
    {
        target = [];
        Errno errno = Find(name, out string path, out FileType type);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (type != FileType.SymbolicLink)
        {
            return Errno.Inval;
        }

        try
        {
            string link = HostNames.ToSlashes(new FileInfo(path).LinkTarget ?? "");
            target = Encoding.UTF8.GetBytes(link);
            return target.Length == 0 ? Errno.Io : Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno List(out HostEntry[] entries)
    {
        entries = [];
        try
        {
            var found = new List<HostEntry>();
            foreach (FileSystemInfo info in new DirectoryInfo(_path).EnumerateFileSystemInfos())
            {
                if (found.Count == EntryLimit)
                {
                    return Errno.Overflow;
                }

                // A name that is no UTF-8 arrives with replacement characters, under which it cannot be opened.
                if (!info.Name.Contains('\ufffd', StringComparison.Ordinal))
                {
                    found.Add(new HostEntry(Encoding.UTF8.GetBytes(info.Name), InodeOf(info.FullName), TypeOf(info)));
                }
            }

            entries = found.ToArray();
            Sort(entries);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    public override Errno CreateDirectory(ReadOnlySpan<byte> name)
    {
        Errno errno = Find(TrimSlash(name), out string path, out _);
        if (errno != Errno.Noent)
        {
            return errno == Errno.Success ? Errno.Exist : errno;
        }

        return Try(() => Directory.CreateDirectory(path));
    }

    public override Errno RemoveDirectory(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("."u8))
        {
            return Errno.Inval;
        }

        Errno errno = Find(TrimSlash(name), out string path, out FileType type);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (type != FileType.Directory)
        {
            return Errno.Notdir;
        }

        return Try(() => Directory.Delete(path, recursive: false), notEmptyAt: path);
    }

    public override Errno RemoveFile(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> trimmed = TrimSlash(name);
        Errno errno = Find(trimmed, out string path, out FileType type);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (type == FileType.Directory)
        {
            return Errno.Isdir;
        }

        return trimmed.Length != name.Length ? Errno.Notdir
            : type == FileType.SymbolicLink ? Try(() => HostNames.DeleteLink(path))
            : Try(() => File.Delete(path));
    }

    public override Errno CreateSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> trimmed = TrimSlash(name);
        Errno errno = Find(trimmed, out string path, out _);
        if (errno != Errno.Noent)
        {
            return errno == Errno.Success ? Errno.Exist : errno;
        }

        string text = Encoding.UTF8.GetString(target);
        return trimmed.Length != name.Length ? Errno.Noent : Try(() => File.CreateSymbolicLink(path, text));
    }

    public override Errno Rename(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        if (name.SequenceEqual("."u8) || newName.SequenceEqual("."u8))
        {
            return Errno.Busy;
        }

        Errno errno = Find(TrimSlash(name), out string path, out FileType type);
        if (errno != Errno.Success)
        {
            return errno;
        }

        errno = ((PortableDirectory)newDirectory).Find(TrimSlash(newName), out string newPath, out FileType newType);
        bool exists = errno == Errno.Success;
        if (!exists && errno != Errno.Noent)
        {
            return errno;
        }

        // In Linux's order: the slashes, the places, the kinds.
        bool slash = name.Length != TrimSlash(name).Length || newName.Length != TrimSlash(newName).Length;
        if (slash && type != FileType.Directory)
        {
            return Errno.Notdir;
        }

        if (IsBelow(newPath, path))
        {
            return Errno.Inval;
        }

        if (IsBelow(path, newPath))
        {
            return Errno.Notempty;
        }

        if (type != FileType.Directory)
        {
            return newType == FileType.Directory ? Errno.Isdir
                : string.Equals(path, newPath, StringComparison.Ordinal) ? Errno.Success
                : type == FileType.SymbolicLink ? Try(() => MoveLink(path, newPath))
                : Try(() => File.Move(path, newPath, overwrite: true));
        }

        if (exists && newType != FileType.Directory)
        {
            return Errno.Notdir;
        }

        if (string.Equals(path, newPath, StringComparison.Ordinal))
        {
            return Errno.Success;
        }

        errno = exists ? Try(() => Directory.Delete(newPath, recursive: false), notEmptyAt: newPath) : Errno.Success;
        return errno == Errno.Success ? Try(() => Directory.Move(path, newPath)) : errno;
    }

    /// <summary>The framework cannot make hard links.</summary>
    public override Errno Link(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName)
    {
        Errno errno = Find(TrimSlash(name), out _, out _);
        if (errno != Errno.Success)
        {
            return errno;
        }

        errno = ((PortableDirectory)newDirectory).Find(TrimSlash(newName), out _, out _);
        return errno == Errno.Success ? Errno.Exist : errno == Errno.Noent ? Errno.Notsup : errno;
    }

    public override Errno Sync(bool dataOnly) => Errno.Success;

    public override void Dispose()
    {
        // Only a path.
    }

    internal static Errno StatPath(string path, out Filestat result)
    {
        result = default;
        try
        {
            var info = new FileInfo(path);
            result.Type = TypeOf(info);
            result.Inode = InodeOf(path);
            result.LinkCount = 1;
            result.Size = result.Type switch
            {
                FileType.RegularFile => (ulong)info.Length,
                FileType.SymbolicLink => (ulong)Encoding.UTF8.GetByteCount(info.LinkTarget ?? ""),
                _ => 0,
            };
            result.AccessTime = Nanoseconds(info.LastAccessTimeUtc);
            result.ModificationTime = Nanoseconds(info.LastWriteTimeUtc);
            result.ChangeTime = result.ModificationTime;
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    internal static Errno SetPathTimes(string path, bool isDirectory, FileTimes times) => Try(() =>
    {
        DateTime now = SystemClock.UtcNow;
        FileSystemInfo info = isDirectory ? new DirectoryInfo(path) : new FileInfo(path);
        if ((times.Flags & (TimeFlags.Access | TimeFlags.AccessNow)) != 0)
        {
            info.LastAccessTimeUtc = (times.Flags & TimeFlags.AccessNow) != 0 ? now : Time(times.Access);
        }

        if ((times.Flags & (TimeFlags.Modification | TimeFlags.ModificationNow)) != 0)
        {
            info.LastWriteTimeUtc = (times.Flags & TimeFlags.ModificationNow) != 0 ? now : Time(times.Modification);
        }
    });

    /// <summary>The path of an entry and what it is, without following it.</summary>
    private Errno Find(ReadOnlySpan<byte> name, out string path, out FileType type)
    {
        path = _path;
        type = FileType.Directory;
        if (name.SequenceEqual("."u8))
        {
            return Errno.Success;
        }

        type = FileType.Unknown;
        string text = Encoding.UTF8.GetString(name);

        // Windows would only say that there is none.
        if (text.Length > MaxNameLength)
        {
            return Errno.Nametoolong;
        }

        if (!HostNames.IsPlain(text))
        {
            return Errno.Inval;
        }

        try
        {
            path = Path.Join(_path, text);
            var info = new FileInfo(path);
            if (info.Attributes == (FileAttributes)(-1))
            {
                return Errno.Noent;
            }

            type = TypeOf(info);
            return Errno.Success;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    private static FileType TypeOf(FileSystemInfo info)
    {
        // On Unix only links are reparse points; on Windows other kinds may lead anywhere too, so they count as links.
        FileAttributes attributes = info.Attributes;
        return (attributes & FileAttributes.ReparsePoint) != 0 ? FileType.SymbolicLink
            : (attributes & FileAttributes.Directory) != 0 ? FileType.Directory
            : (attributes & FileAttributes.Device) != 0 ? FileType.Unknown
            : FileType.RegularFile;
    }

    /// <summary>The framework does not tell inodes; guests only compare them, so the name's hash (FNV-1a) stands in.</summary>
    private static ulong InodeOf(string path)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in path)
        {
            hash = (hash ^ c) * 0x100000001b3;
        }

        return hash;
    }

    private static ulong Nanoseconds(DateTime time) =>
        time < DateTime.UnixEpoch ? 0 : (ulong)(time - DateTime.UnixEpoch).Ticks * 100;

    private static DateTime Time(ulong nanoseconds) => DateTime.UnixEpoch.AddTicks((long)(nanoseconds / 100));

    private static bool IsBelow(string path, string directory) =>
        path.Length > directory.Length && path[directory.Length] == Path.DirectorySeparatorChar
        && path.StartsWith(directory, StringComparison.Ordinal);

    private static ReadOnlySpan<byte> TrimSlash(ReadOnlySpan<byte> name) => name.TrimEnd((byte)'/');

    /// <summary>The framework moves only what a link leads to, or nothing when that is a directory.</summary>
    private static void MoveLink(string path, string newPath)
    {
        string target = new FileInfo(path).LinkTarget ?? throw new FileNotFoundException();
        if (new FileInfo(newPath).LinkTarget is not null)
        {
            HostNames.DeleteLink(newPath);
        }

        File.Delete(newPath);
        File.CreateSymbolicLink(newPath, target);
        HostNames.DeleteLink(path);
    }

    private static Errno Try(Action action, string? notEmptyAt = null)
    {
        try
        {
            action();
            return Errno.Success;
        }
        catch (IOException) when (notEmptyAt is not null && HasEntries(notEmptyAt))
        {
            return Errno.Notempty;
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return PortableErrno.From(exception);
        }
    }

    private static bool HasEntries(string path)
    {
        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
            return entries.MoveNext();
        }
        catch (Exception exception) when (PortableErrno.IsExpected(exception))
        {
            return false;
        }
    }
}
