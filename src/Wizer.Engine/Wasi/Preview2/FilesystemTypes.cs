using System.Text;
using Wizer.Engine.Components;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary><c>wasi:filesystem/types</c>: open files and directories as such. What takes a path is in another file.</summary>
internal static partial class FilesystemTypes
{
    /// <summary><c>[method]descriptor.read-via-stream</c></summary>
    internal static ComponentValue? DescriptorReadViaStream(scoped in Preview2Call call)
    {
        SharedDescriptor file = FileAt(call);
        return !file.Descriptor.CanRead
            ? Preview2Call.Failed(Errno.Badf)
            : ComponentValue.Ok(call.Context.Own(Preview2Context.InputStream, new InputStream(file.Share(), call.U64(1))));
    }

    /// <summary><c>[method]descriptor.write-via-stream</c></summary>
    internal static ComponentValue? DescriptorWriteViaStream(scoped in Preview2Call call) => OpenOutput(call, call.U64(1));

    /// <summary><c>[method]descriptor.append-via-stream</c></summary>
    internal static ComponentValue? DescriptorAppendViaStream(scoped in Preview2Call call) => OpenOutput(call, position: null);

    /// <summary><c>[method]descriptor.advise</c>: nothing here makes use of it.</summary>
    internal static ComponentValue? DescriptorAdvise(scoped in Preview2Call call) => Preview2Call.Result(
        call.U64(1) > long.MaxValue ? Errno.Inval : FileAt(call).Descriptor.Advise());

    /// <summary><c>[method]descriptor.sync-data</c></summary>
    internal static ComponentValue? DescriptorSyncData(scoped in Preview2Call call) =>
        Preview2Call.Result(FileAt(call).Descriptor.Sync(dataOnly: true));

    /// <summary><c>[method]descriptor.sync</c></summary>
    internal static ComponentValue? DescriptorSync(scoped in Preview2Call call) =>
        Preview2Call.Result(FileAt(call).Descriptor.Sync(dataOnly: false));

    /// <summary><c>[method]descriptor.get-flags</c></summary>
    internal static ComponentValue? DescriptorGetFlags(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        bool isDirectory = descriptor is DirectoryDescriptor;
        List<string> flags = [];
        Add(isDirectory || descriptor.CanRead, "read");
        Add(descriptor.CanWrite, "write");
        Add((descriptor.Flags & FdFlags.Sync) != 0, FileSync);
        Add((descriptor.Flags & FdFlags.Dsync) != 0, DataSync);
        Add((descriptor.Flags & FdFlags.Rsync) != 0, ReadSync);
        Add(isDirectory, "mutate-directory");
        return ComponentValue.Ok(ComponentValue.Flags(flags.ToArray()));

        void Add(bool isSet, string flag)
        {
            if (isSet)
            {
                flags.Add(flag);
            }
        }
    }

    /// <summary><c>[method]descriptor.get-type</c></summary>
    internal static ComponentValue? DescriptorGetType(scoped in Preview2Call call) =>
        ComponentValue.Ok(TypeOf(FileAt(call).Descriptor.Type));

    /// <summary><c>[method]descriptor.set-size</c></summary>
    internal static ComponentValue? DescriptorSetSize(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        return Preview2Call.Result(
            (descriptor is FileDescriptor && !descriptor.CanWrite) || call.U64(1) > long.MaxValue
                ? Errno.Inval
                : descriptor.SetSize(call.U64(1)));
    }

    /// <summary><c>[method]descriptor.set-times</c></summary>
    internal static ComponentValue? DescriptorSetTimes(scoped in Preview2Call call)
    {
        Errno errno = ReadTimes(call, 1, out FileTimes times);
        return Preview2Call.Result(errno == Errno.Success ? FileAt(call).Descriptor.SetTimes(times) : errno);
    }

    /// <summary><c>[method]descriptor.read</c></summary>
    internal static ComponentValue? DescriptorRead(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        if (!descriptor.CanRead)
        {
            return Preview2Call.Failed(Errno.Badf);
        }

        // Less than was asked for is no end: the second of the pair says that.
        byte[] buffer = new byte[(int)Math.Min(call.U64(1), WasiCall.ChunkByteLength)];
        int total = 0;
        while (total < buffer.Length)
        {
            Errno errno = descriptor.ReadAt(buffer.AsSpan(total), call.U64(2) + (uint)total, out int count);
            if (errno != Errno.Success)
            {
                return Preview2Call.Failed(errno);
            }

            if (count == 0)
            {
                break;
            }

            total += count;
        }

        bool isEnd = total < buffer.Length;
        return ComponentValue.Ok(ComponentValue.Tuple(ComponentValue.Bytes(buffer.AsSpan(0, total)), ComponentValue.Of(isEnd)));
    }

    /// <summary><c>[method]descriptor.write</c></summary>
    internal static ComponentValue? DescriptorWrite(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        int count = 0;
        Errno errno = descriptor.CanWrite ? descriptor.WriteAt(call.Bytes(1), call.U64(2), out count) : Errno.Badf;
        return errno == Errno.Success ? ComponentValue.Ok(ComponentValue.Of((ulong)count)) : Preview2Call.Failed(errno);
    }

    /// <summary><c>[method]descriptor.read-directory</c></summary>
    internal static ComponentValue? DescriptorReadDirectory(scoped in Preview2Call call)
    {
        Errno errno = DirectoryAt(call, 0, out DirectoryDescriptor directory);
        if (errno == Errno.Success)
        {
            errno = directory.Directory.List(out Host.HostEntry[] entries);
            if (errno == Errno.Success)
            {
                return ComponentValue.Ok(call.Context.Own(Preview2Context.DirectoryEntryStream, new Listing(entries)));
            }
        }

        return Preview2Call.Failed(errno);
    }

    /// <summary><c>[method]directory-entry-stream.read-directory-entry</c></summary>
    internal static ComponentValue? DirectoryEntryStreamReadDirectoryEntry(scoped in Preview2Call call) =>
        ComponentValue.Ok(call.Resource<Listing>(0).Next() is { } entry
            ? ComponentValue.Some(ComponentValue.Record(
                ("type", TypeOf(entry.Type)), ("name", ComponentValue.Of(Encoding.UTF8.GetString(entry.Name)))))
            : ComponentValue.None);

    /// <summary><c>[method]descriptor.stat</c></summary>
    internal static ComponentValue? DescriptorStat(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        Errno errno = descriptor.Stat(out Filestat stat);
        return errno == Errno.Success ? StatOf(call, stat, descriptor.Identity) : Preview2Call.Failed(errno);
    }

    /// <summary><c>[method]descriptor.is-same-object</c></summary>
    internal static ComponentValue? DescriptorIsSameObject(scoped in Preview2Call call) => ComponentValue.Of(
        FileAt(call).Descriptor.Stat(out Filestat stat) == Errno.Success
        && call.Resource<SharedDescriptor>(1).Descriptor.Stat(out Filestat other) == Errno.Success
        && (stat.Device, stat.Inode) == (other.Device, other.Inode));

    /// <summary><c>[method]descriptor.metadata-hash</c></summary>
    internal static ComponentValue? DescriptorMetadataHash(scoped in Preview2Call call)
    {
        Descriptor descriptor = FileAt(call).Descriptor;
        Errno errno = descriptor.Stat(out Filestat stat);
        return errno == Errno.Success ? HashOf(call, stat, descriptor.Identity) : Preview2Call.Failed(errno);
    }

    /// <summary><c>filesystem-error-code</c>: the streams of all interfaces fail by these codes.</summary>
    internal static ComponentValue? FilesystemErrorCode(scoped in Preview2Call call) =>
        ComponentValue.Some(ComponentValue.Enum(ErrorCodes.Of(call.Resource<StreamFailure>(0).Errno)));

    private static SharedDescriptor FileAt(scoped in Preview2Call call) => call.Resource<SharedDescriptor>(0);

    private static Errno DirectoryAt(scoped in Preview2Call call, int index, out DirectoryDescriptor directory)
    {
        directory = (call.Resource<SharedDescriptor>(index).Descriptor as DirectoryDescriptor)!;
        return directory is null ? Errno.Notdir : Errno.Success;
    }

    private static ComponentValue OpenOutput(scoped in Preview2Call call, ulong? position)
    {
        SharedDescriptor file = FileAt(call);
        return !file.Descriptor.CanWrite
            ? Preview2Call.Failed(Errno.Badf)
            : ComponentValue.Ok(call.Context.Own(
                Preview2Context.OutputStream, new OutputStream(file.Share(), position, appends: position is null)));
    }

    private static ComponentValue StatOf(scoped in Preview2Call call, Filestat stat, ulong identity)
    {
        Vary(call, ref stat, identity);
        return ComponentValue.Ok(ComponentValue.Record(
            ("type", TypeOf(stat.Type)),
            ("link-count", ComponentValue.Of(stat.LinkCount)),
            ("size", ComponentValue.Of(stat.Size)),
            ("data-access-timestamp", ComponentValue.Some(ClocksWallClock.Datetime(stat.AccessTime))),
            ("data-modification-timestamp", ComponentValue.Some(ClocksWallClock.Datetime(stat.ModificationTime))),
            ("status-change-timestamp", ComponentValue.Some(ClocksWallClock.Datetime(stat.ChangeTime)))));
    }

    // C libraries make the inode number of the lower half, so it does not change when the file does.
    private static ComponentValue HashOf(scoped in Preview2Call call, Filestat stat, ulong identity)
    {
        Vary(call, ref stat, identity);
        ulong lower = call.Wasi.IsDeterministic ? stat.Inode : FileIdentity.Of(stat.Device, BitConverter.GetBytes(stat.Inode));
        ulong upper = FileIdentity.Of(lower, BitConverter.GetBytes(stat.ModificationTime));
        upper = FileIdentity.Of(upper, BitConverter.GetBytes(stat.Size));
        return ComponentValue.Ok(ComponentValue.Record(("lower", ComponentValue.Of(lower)), ("upper", ComponentValue.Of(upper))));
    }

    private static void Vary(scoped in Preview2Call call, ref Filestat stat, ulong identity)
    {
        if (call.Wasi.IsDeterministic)
        {
            call.Wasi.HideHost(ref stat, identity);
        }
        else
        {
            call.AnswerVaries();
        }
    }

    private static ComponentValue TypeOf(FileType type) => ComponentValue.Enum(type switch
    {
        FileType.BlockDevice => "block-device",
        FileType.CharacterDevice => "character-device",
        FileType.Directory => "directory",
        FileType.RegularFile => "regular-file",
        FileType.SocketStream => "socket",
        FileType.SymbolicLink => "symbolic-link",
        _ => "unknown",
    });

    /// <summary>Two <c>new-timestamp</c>s, that of the access first.</summary>
    private static Errno ReadTimes(scoped in Preview2Call call, int index, out FileTimes times)
    {
        times = default;
        if (!TryRead(call[index], TimeFlags.Access, TimeFlags.AccessNow, out ulong access, out TimeFlags flags)
            || !TryRead(call[index + 1], TimeFlags.Modification, TimeFlags.ModificationNow, out ulong modification, out TimeFlags more))
        {
            return Errno.Overflow;
        }

        times = new FileTimes(access, modification, flags | more);
        return Errno.Success;

        static bool TryRead(ComponentValue value, TimeFlags set, TimeFlags now, out ulong time, out TimeFlags flags)
        {
            flags = value.Label switch
            {
                "now" => now,
                "timestamp" => set,
                _ => TimeFlags.None,
            };
            ulong? nanoseconds = value.Payload is { } datetime ? ClocksWallClock.Nanoseconds(datetime) : 0;
            time = nanoseconds ?? 0;
            return nanoseconds is not null;
        }
    }

    /// <summary>A <c>directory-entry-stream</c>: what was there when it was made.</summary>
    private sealed class Listing(Host.HostEntry[] entries)
    {
        private int _next;

        internal Host.HostEntry? Next() => _next < entries.Length ? entries[_next++] : null;
    }
}

/// <summary><c>wasi:filesystem/preopens</c>.</summary>
internal static class FilesystemPreopens
{
    /// <summary><c>get-directories</c></summary>
    internal static ComponentValue? GetDirectories(scoped in Preview2Call call)
    {
        List<ComponentValue> directories = [];
        DescriptorTable table = call.Wasi.Descriptors;
        for (uint fd = 0; fd < table.End; fd++)
        {
            if (table.Find(fd) is DirectoryDescriptor { PreopenName: { } name } directory)
            {
                directories.Add(ComponentValue.Tuple(
                    call.Context.Own(Preview2Context.Descriptor, new SharedDescriptor(directory, isOwned: false)),
                    ComponentValue.Of(Encoding.UTF8.GetString(name))));
            }
        }

        return ComponentValue.List(directories.ToArray());
    }
}
