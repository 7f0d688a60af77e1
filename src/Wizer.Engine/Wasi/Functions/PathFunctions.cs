using System.Text.Unicode;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Everything that takes a path. Each path goes through <see cref="PathResolver"/> and then is one step of it.</summary>
internal static class PathFunctions
{
    private const uint FollowLinks = 1;

    /// <summary><c>path_open(fd, lookup, path, path_len, oflags, base, inheriting, fdflags, opened*)</c></summary>
    public static Errno Open(scoped in WasiCall call)
    {
        var flags = (OpenFlags)call.U32(4);
        var requested = (Rights)call.U64(5);
        var fdFlags = (FdFlags)call.U32(7);
        uint resultAddress = call.U32(8);
        Rights needed = Rights.PathOpen;
        needed |= (flags & OpenFlags.Create) != 0 ? Rights.PathCreateFile : Rights.None;
        needed |= (flags & OpenFlags.Truncate) != 0 ? Rights.PathFilestatSetSize : Rights.None;
        if ((flags & ~OpenFlags.All) != 0 || (fdFlags & ~FdFlags.All) != 0)
        {
            return Errno.Inval;
        }

        const OpenFlags FileOnly = OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.Truncate;
        if ((flags & OpenFlags.Directory) != 0 && (flags & FileOnly) != 0)
        {
            return Errno.Inval;
        }

        if (!call.Contains(resultAddress, sizeof(uint)))
        {
            return Errno.Fault;
        }

        Errno errno = call.Context.FindDirectory(call.U32(0), needed, out DirectoryDescriptor parent);
        if (errno != Errno.Success)
        {
            return errno;
        }

        errno = ReadPath(call, 2, out ReadOnlySpan<byte> path);
        if (errno != Errno.Success)
        {
            return errno;
        }

        var mode = new OpenMode
        {
            Read = (requested & ~parent.LostInheriting & Rights.FdRead) != 0,
            Write = (requested & ~parent.LostInheriting & Rights.FdWrite) != 0,
            Open = flags,
            Flags = fdFlags,
        };
        errno = PathOpening.Open(call.Context, parent, path, (call.U32(1) & FollowLinks) != 0, mode, out Descriptor? descriptor);
        if (errno != Errno.Success)
        {
            return errno;
        }

        Rights rights = descriptor is DirectoryDescriptor ? Rights.Directory : RightsOf(descriptor!);
        descriptor!.Grant(rights, rights, parent.LostInheriting);
        errno = call.Context.Descriptors.Add(descriptor, out uint fd);
        if (errno == Errno.Success)
        {
            call.TryWriteU32(resultAddress, fd);
        }

        return errno;
    }

    /// <summary><c>path_filestat_get(fd, lookup, path, path_len, filestat*)</c></summary>
    public static Errno FilestatGet(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathFilestatGet, 2, Use(call.U32(1)), out PathResolver? path);
        using (path)
        {
            if (errno == Errno.Success)
            {
                errno = path!.Directory.Stat(path.Name, out Filestat stat);
                if (errno == Errno.Success)
                {
                    errno = FileFunctions.WriteFilestat(call, call.U32(4), stat, path.Identity);
                }
            }

            return errno;
        }
    }

    /// <summary><c>path_filestat_set_times(fd, lookup, path, path_len, atim, mtim, flags)</c></summary>
    public static Errno FilestatSetTimes(scoped in WasiCall call)
    {
        var times = new FileTimes(call.U64(4), call.U64(5), (TimeFlags)call.U32(6));
        if (!times.IsValid)
        {
            return Errno.Inval;
        }

        Errno errno = Find(call, 0, Rights.PathFilestatSetTimes, 2, Use(call.U32(1)), out PathResolver? path);
        using (path)
        {
            return errno == Errno.Success ? path!.Directory.SetTimes(path.Name, times) : errno;
        }
    }

    /// <summary><c>path_create_directory(fd, path, path_len)</c></summary>
    public static Errno CreateDirectory(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathCreateDirectory, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return errno == Errno.Success ? path!.Directory.CreateDirectory(path.Name) : errno;
        }
    }

    /// <summary><c>path_remove_directory(fd, path, path_len)</c></summary>
    public static Errno RemoveDirectory(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathRemoveDirectory, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return errno == Errno.Success ? path!.Directory.RemoveDirectory(path.Name) : errno;
        }
    }

    /// <summary><c>path_unlink_file(fd, path, path_len)</c></summary>
    public static Errno UnlinkFile(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathUnlinkFile, 1, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return errno == Errno.Success ? path!.Directory.RemoveFile(path.Name) : errno;
        }
    }

    /// <summary><c>path_rename(fd, old, old_len, new_fd, new, new_len)</c></summary>
    public static Errno Rename(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathRenameSource, 1, PathUse.Name, out PathResolver? from);
        errno = FindNext(call, errno, 3, Rights.PathRenameTarget, out PathResolver? to);
        using (from)
        using (to)
        {
            return errno == Errno.Success ? from!.Directory.Rename(from.Name, to!.Directory, to.Name) : errno;
        }
    }

    /// <summary><c>path_link(fd, lookup, old, old_len, new_fd, new, new_len)</c></summary>
    public static Errno Link(scoped in WasiCall call)
    {
        // A hard link to what a link leads to: no C library asks for it.
        if ((call.U32(1) & FollowLinks) != 0)
        {
            return Errno.Inval;
        }

        Errno errno = Find(call, 0, Rights.PathLinkSource, 2, PathUse.Entry, out PathResolver? from);
        errno = FindNext(call, errno, 4, Rights.PathLinkTarget, out PathResolver? to);
        using (from)
        using (to)
        {
            return errno == Errno.Success ? from!.Directory.Link(from.Name, to!.Directory, to.Name) : errno;
        }
    }

    /// <summary><c>path_symlink(old, old_len, fd, new, new_len)</c></summary>
    public static Errno Symlink(scoped in WasiCall call)
    {
        Errno errno = ReadPath(call, 0, out ReadOnlySpan<byte> target);
        if (errno != Errno.Success)
        {
            return errno;
        }

        // The guest itself could never go through a link to an absolute path, only others could be led astray by it.
        if (target.IsEmpty || target[0] == '/')
        {
            return target.IsEmpty ? Errno.Noent : Errno.Perm;
        }

        errno = Find(call, 2, Rights.PathSymlink, 3, PathUse.Name, out PathResolver? path);
        using (path)
        {
            return errno == Errno.Success ? path!.Directory.CreateSymbolicLink(path.Name, target) : errno;
        }
    }

    /// <summary><c>path_readlink(fd, path, path_len, buf, buf_len, bufused*)</c></summary>
    public static Errno Readlink(scoped in WasiCall call)
    {
        Errno errno = Find(call, 0, Rights.PathReadlink, 1, PathUse.Entry, out PathResolver? path);
        using (path)
        {
            if (errno != Errno.Success)
            {
                return errno;
            }

            errno = path!.Directory.ReadLink(path.Name, out byte[] target);
            if (errno != Errno.Success)
            {
                return errno;
            }

            // Where the host keeps things is not told.
            if (target[0] == '/')
            {
                return Errno.Perm;
            }

            uint byteCount = Math.Min((uint)target.Length, call.U32(4));
            if (!call.TryGetSpan(call.U32(3), byteCount, out Span<byte> buffer) || !call.Contains(call.U32(5), sizeof(uint)))
            {
                return Errno.Fault;
            }

            target.AsSpan(0, (int)byteCount).CopyTo(buffer);
            call.TryWriteU32(call.U32(5), byteCount);
            return Errno.Success;
        }
    }

    private static PathUse Use(uint lookupFlags) => (lookupFlags & FollowLinks) != 0 ? PathUse.Target : PathUse.Entry;

    // Asked for neither direction, a file is there to be looked at.
    private static Rights RightsOf(Descriptor file) => Rights.File
        & ~(file.CanRead ? Rights.None : Rights.FdRead | Rights.FdReaddir)
        & ~(file.CanWrite ? Rights.None : Rights.FdWrite)
        & ~(file.IsStream ? Rights.FdSeek | Rights.FdTell : Rights.None);

    /// <summary>Resolves a path whose directory and text are among the arguments.</summary>
    private static Errno Find(scoped in WasiCall call, int fdIndex, Rights needed, int pathIndex, PathUse use, out PathResolver? path)
    {
        path = null;
        Errno errno = call.Context.FindDirectory(call.U32(fdIndex), needed, out DirectoryDescriptor directory);
        return errno == Errno.Success ? Resolve(call, directory, pathIndex, use, out path) : errno;
    }

    /// <summary>Resolves a second path, whose text follows its directory, unless there was an error before.</summary>
    private static Errno FindNext(scoped in WasiCall call, Errno before, int fdIndex, Rights needed, out PathResolver? path)
    {
        path = null;
        return before == Errno.Success ? Find(call, fdIndex, needed, fdIndex + 1, PathUse.Name, out path) : before;
    }

    private static Errno Resolve(scoped in WasiCall call, DirectoryDescriptor directory, int pathIndex, PathUse use, out PathResolver? path)
    {
        path = null;
        Errno errno = ReadPath(call, pathIndex, out ReadOnlySpan<byte> text);
        return errno == Errno.Success ? PathResolver.Resolve(directory, text, use, out path) : errno;
    }

    /// <summary>A path in guest memory, given by the argument with its address and the one after with its length.</summary>
    private static Errno ReadPath(scoped in WasiCall call, int index, out ReadOnlySpan<byte> path)
    {
        path = default;
        uint byteLength = call.U32(index + 1);
        if (!call.Contains(call.U32(index), byteLength))
        {
            return Errno.Fault;
        }

        if (byteLength >= PathResolver.PathByteLimit)
        {
            return Errno.Nametoolong;
        }

        call.TryGetSpan(call.U32(index), byteLength, out Span<byte> span);
        path = span;
        return path.IndexOf((byte)0) >= 0 ? Errno.Inval : Utf8.IsValid(path) ? Errno.Success : Errno.Ilseq;
    }
}
