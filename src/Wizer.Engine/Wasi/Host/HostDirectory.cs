using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>How to open a file.</summary>
internal struct OpenMode
{
    public bool Read;
    public bool Write;
    public OpenFlags Open;
    public FdFlags Flags;
}

/// <summary>An entry of a directory.</summary>
internal sealed class HostEntry(byte[] name, ulong inode, FileType type)
{
    /// <summary>In UTF-8.</summary>
    public byte[] Name { get; } = name;

    /// <summary>0 when unknown.</summary>
    public ulong Inode { get; } = inode;

    public FileType Type { get; } = type;
}

/// <summary>
/// An open directory of the host, and what can be done to the entries in it. A name is always one component in UTF-8, or
/// <c>.</c> for the directory itself, never <c>..</c>; it is never followed when it is a symbolic link. All of a guest's
/// access goes through <see cref="PathResolver"/>, which takes a path apart into such steps. Nothing here throws.
/// </summary>
internal abstract class HostDirectory : IDisposable
{
    /// <summary>More entries than this are not listed.</summary>
    protected const int EntryLimit = 1 << 20;

    /// <summary>Opens a directory by its path on the host, for a host that trusts the path.</summary>
    public static Errno Open(string hostPath, out HostDirectory? directory) => LinuxLibC.IsSupported
        ? LinuxDirectory.OpenPath(hostPath, out directory)
        : PortableDirectory.OpenPath(hostPath, out directory);

    /// <summary>
    /// Opens a directory to go through it. A symbolic link is <see cref="Errno.Loop"/> or <see cref="Errno.Notdir"/>.
    /// </summary>
    public abstract Errno OpenDirectory(ReadOnlySpan<byte> name, out HostDirectory? directory);

    /// <summary>Opens or creates a file, or opens a directory to list it: one of the two results is set.</summary>
    public abstract Errno Open(ReadOnlySpan<byte> name, in OpenMode mode, out HostFile? file, out HostDirectory? directory);

    public abstract Errno Stat(ReadOnlySpan<byte> name, out Filestat result);

    public abstract Errno SetTimes(ReadOnlySpan<byte> name, FileTimes times);

    /// <summary>What a symbolic link points to, in UTF-8; <see cref="Errno.Inval"/> when it is none.</summary>
    public abstract Errno ReadLink(ReadOnlySpan<byte> name, out byte[] target);

    /// <summary>
    /// The entries in the order of their names' bytes, so that equal directories look equal; without <c>.</c> and <c>..</c>.
    /// </summary>
    public abstract Errno List(out HostEntry[] entries);

    // The names below may end in a slash, which then means what it means to the host.

    public abstract Errno CreateDirectory(ReadOnlySpan<byte> name);

    public abstract Errno RemoveDirectory(ReadOnlySpan<byte> name);

    public abstract Errno RemoveFile(ReadOnlySpan<byte> name);

    public abstract Errno CreateSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target);

    /// <summary>Renames; both directories are of the same implementation.</summary>
    public abstract Errno Rename(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName);

    /// <summary>Makes a hard link; both directories are of the same implementation.</summary>
    public abstract Errno Link(ReadOnlySpan<byte> name, HostDirectory newDirectory, ReadOnlySpan<byte> newName);

    public abstract Errno Sync(bool dataOnly);

    public abstract void Dispose();

    /// <summary>Sorts by the names' bytes.</summary>
    protected static void Sort(HostEntry[] entries) =>
        Array.Sort(entries, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
}
