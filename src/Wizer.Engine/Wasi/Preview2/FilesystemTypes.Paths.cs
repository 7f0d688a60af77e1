using System.Text;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

// All that takes a path. Each goes through the resolver, which never leaves the directory, and then is one step in one directory.
internal static partial class FilesystemTypes
{
    private const string Follow = "symlink-follow";
    private const string FileSync = "file-integrity-sync";
    private const string DataSync = "data-integrity-sync";
    private const string ReadSync = "requested-write-sync";

    /// <summary><c>[method]descriptor.create-directory-at</c></summary>
    internal static ComponentValue? DescriptorCreateDirectoryAt(scoped in Preview2Call call)
    {
        Errno errno = Find(call, 0, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return Preview2Call.Result(errno == Errno.Success ? path!.Directory.CreateDirectory(path.Name) : errno);
        }
    }

    /// <summary><c>[method]descriptor.remove-directory-at</c></summary>
    internal static ComponentValue? DescriptorRemoveDirectoryAt(scoped in Preview2Call call)
    {
        Errno errno = Find(call, 0, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return Preview2Call.Result(errno == Errno.Success ? path!.Directory.RemoveDirectory(path.Name) : errno);
        }
    }

    /// <summary><c>[method]descriptor.unlink-file-at</c></summary>
    internal static ComponentValue? DescriptorUnlinkFileAt(scoped in Preview2Call call)
    {
        Errno errno = Find(call, 0, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return Preview2Call.Result(errno == Errno.Success ? path!.Directory.RemoveFile(path.Name) : errno);
        }
    }

    /// <summary><c>[method]descriptor.stat-at</c></summary>
    internal static ComponentValue? DescriptorStatAt(scoped in Preview2Call call)
    {
        Errno errno = StatAt(call, out Filestat stat, out ulong identity);
        return errno == Errno.Success ? StatOf(call, stat, identity) : Preview2Call.Failed(errno);
    }

    /// <summary><c>[method]descriptor.metadata-hash-at</c></summary>
    internal static ComponentValue? DescriptorMetadataHashAt(scoped in Preview2Call call)
    {
        Errno errno = StatAt(call, out Filestat stat, out ulong identity);
        return errno == Errno.Success ? HashOf(call, stat, identity) : Preview2Call.Failed(errno);
    }

    /// <summary><c>[method]descriptor.set-times-at</c></summary>
    internal static ComponentValue? DescriptorSetTimesAt(scoped in Preview2Call call)
    {
        Errno errno = ReadTimes(call, 3, out FileTimes times);
        if (errno != Errno.Success)
        {
            return Preview2Call.Failed(errno);
        }

        errno = Find(call, 0, 2, UseOf(call, 1), out PathResolver? path);
        using (path)
        {
            return Preview2Call.Result(errno == Errno.Success ? path!.Directory.SetTimes(path.Name, times) : errno);
        }
    }

    /// <summary><c>[method]descriptor.link-at</c></summary>
    internal static ComponentValue? DescriptorLinkAt(scoped in Preview2Call call)
    {
        // As in preview 1.
        if (call.Has(1, Follow))
        {
            return Preview2Call.Failed(Errno.Inval);
        }

        PathResolver? to = null;
        Errno errno = Find(call, 0, 2, PathUse.Entry, out PathResolver? from);
        errno = errno == Errno.Success ? Find(call, 3, 4, PathUse.Name, out to) : errno;
        using (from)
        using (to)
        {
            return Preview2Call.Result(errno == Errno.Success ? from!.Directory.Link(from.Name, to!.Directory, to.Name) : errno);
        }
    }

    /// <summary><c>[method]descriptor.rename-at</c></summary>
    internal static ComponentValue? DescriptorRenameAt(scoped in Preview2Call call)
    {
        PathResolver? to = null;
        Errno errno = Find(call, 0, 1, PathUse.Name, out PathResolver? from);
        errno = errno == Errno.Success ? Find(call, 2, 3, PathUse.Name, out to) : errno;
        using (from)
        using (to)
        {
            return Preview2Call.Result(errno == Errno.Success ? from!.Directory.Rename(from.Name, to!.Directory, to.Name) : errno);
        }
    }

    /// <summary><c>[method]descriptor.symlink-at</c></summary>
    internal static ComponentValue? DescriptorSymlinkAt(scoped in Preview2Call call)
    {
        Errno errno = ReadPath(call[1].AsString, out byte[] target);

        // The guest itself could never go through a link to an absolute path, only others could be led astray by it.
        errno = errno != Errno.Success ? errno
            : target.Length == 0 ? Errno.Noent
            : target[0] == '/' ? Errno.Perm
            : Errno.Success;
        if (errno != Errno.Success)
        {
            return Preview2Call.Failed(errno);
        }

        errno = Find(call, 0, 2, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return Preview2Call.Result(errno == Errno.Success ? path!.Directory.CreateSymbolicLink(path.Name, target) : errno);
        }
    }

    /// <summary><c>[method]descriptor.readlink-at</c></summary>
    internal static ComponentValue? DescriptorReadlinkAt(scoped in Preview2Call call)
    {
        Errno errno = Find(call, 0, 1, PathUse.Entry, out PathResolver? path);
        using (path)
        {
            byte[] target = [];
            errno = errno == Errno.Success ? path!.Directory.ReadLink(path.Name, out target) : errno;

            // Where the host keeps things is not told.
            errno = errno != Errno.Success ? errno
                : target[0] == '/' ? Errno.Perm
                : System.Text.Unicode.Utf8.IsValid(target) ? Errno.Success
                : Errno.Ilseq;
            return errno == Errno.Success
                ? ComponentValue.Ok(ComponentValue.Of(Encoding.UTF8.GetString(target)))
                : Preview2Call.Failed(errno);
        }
    }

    /// <summary><c>[method]descriptor.open-at</c></summary>
    internal static ComponentValue? DescriptorOpenAt(scoped in Preview2Call call)
    {
        OpenFlags open = (call.Has(3, "create") ? OpenFlags.Create : 0)
            | (call.Has(3, "directory") ? OpenFlags.Directory : 0)
            | (call.Has(3, "exclusive") ? OpenFlags.Exclusive : 0)
            | (call.Has(3, "truncate") ? OpenFlags.Truncate : 0);
        var mode = new OpenMode
        {
            Read = call.Has(4, "read"),
            Write = call.Has(4, "write"),
            Open = open,
            Flags = (call.Has(4, FileSync) ? FdFlags.Sync : 0)
                | (call.Has(4, DataSync) ? FdFlags.Dsync : 0)
                | (call.Has(4, ReadSync) ? FdFlags.Rsync : 0),
        };
        const OpenFlags FileOnly = OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate;
        if ((open & OpenFlags.Directory) != 0 && (open & FileOnly) != 0)
        {
            return Preview2Call.Failed(Errno.Inval);
        }

        Errno errno = DirectoryAt(call, 0, out DirectoryDescriptor directory);
        byte[] path = [];
        errno = errno == Errno.Success ? ReadPath(call[2].AsString, out path) : errno;
        if (errno != Errno.Success)
        {
            return Preview2Call.Failed(errno);
        }

        errno = PathOpening.Open(call.Wasi, directory, path, call.Has(1, Follow), mode, out Descriptor? opened);
        return errno == Errno.Success
            ? ComponentValue.Ok(call.Context.Own(Preview2Context.Descriptor, new SharedDescriptor(opened!, isOwned: true)))
            : Preview2Call.Failed(errno);
    }

    private static PathUse UseOf(scoped in Preview2Call call, int index) => call.Has(index, Follow) ? PathUse.Target : PathUse.Entry;

    /// <summary>What is known about what a path leads to; flags and path are the first arguments.</summary>
    private static Errno StatAt(scoped in Preview2Call call, out Filestat stat, out ulong identity)
    {
        stat = default;
        identity = 0;
        Errno errno = Find(call, 0, 2, UseOf(call, 1), out PathResolver? path);
        using (path)
        {
            if (errno != Errno.Success)
            {
                return errno;
            }

            identity = path!.Identity;
            return path.Directory.Stat(path.Name, out stat);
        }
    }

    /// <summary>Resolves a path whose directory and text are among the arguments.</summary>
    private static Errno Find(scoped in Preview2Call call, int directoryIndex, int pathIndex, PathUse use, out PathResolver? path)
    {
        path = null;
        Errno errno = DirectoryAt(call, directoryIndex, out DirectoryDescriptor directory);
        byte[] text = [];
        errno = errno == Errno.Success ? ReadPath(call[pathIndex].AsString, out text) : errno;
        return errno == Errno.Success ? PathResolver.Resolve(directory, text, use, out path) : errno;
    }

    private static Errno ReadPath(string text, out byte[] path)
    {
        path = Encoding.UTF8.GetBytes(text);
        return path.Length >= PathResolver.PathByteLimit ? Errno.Nametoolong
            : path.AsSpan().Contains((byte)0) ? Errno.Inval
            : Errno.Success;
    }
}
