using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>A directory of the host: the capability to everything below it, and to nothing else.</summary>
internal sealed class DirectoryDescriptor : Descriptor
{
    private HostEntry[]? _entries;

    public DirectoryDescriptor(HostDirectory directory, ulong identity, byte[]? preopenName = null)
    {
        Identity = identity;
        Directory = directory;
        PreopenName = preopenName;
        Path = preopenName;
    }

    public override FileType Type => FileType.Directory;

    public HostDirectory Directory { get; }

    /// <summary>The guest's name for it in UTF-8, or null when the guest opened it itself.</summary>
    public byte[]? PreopenName { get; }

    /// <summary>
    /// Whether the guest was told <see cref="PreopenName"/>, which its C library then keeps, and has not taken it back.
    /// </summary>
    public bool IsNameKnown { get; set; }

    /// <summary>The path of what lies below it.</summary>
    public byte[] PathOf(ReadOnlySpan<byte> relative) =>
        Path is not { Length: > 0 } || relative.StartsWith("/"u8) ? relative.ToArray()
        : Path[^1] == '/' ? [.. Path, .. relative]
        : [.. Path, (byte)'/', .. relative];

    public override Errno Stat(out Filestat result) => Directory.Stat("."u8, out result);

    public override Errno Sync(bool dataOnly) => Directory.Sync(dataOnly);

    public override Errno SetTimes(FileTimes times) => Directory.SetTimes("."u8, times);

    public override Errno SetFlags(FdFlags flags)
    {
        Flags = flags;
        return Errno.Success;
    }

    /// <summary>
    /// The entries, for a guest that reads from a position in them. Taken anew when it begins at the start and kept for the
    /// rest, so that positions stay true while files come and go.
    /// </summary>
    public Errno List(bool fromStart, out HostEntry[] entries)
    {
        if (fromStart || _entries is null)
        {
            Errno errno = Directory.List(out entries);
            _entries = errno == Errno.Success ? entries : null;
            return errno;
        }

        entries = _entries;
        return Errno.Success;
    }

    public override void Dispose() => Directory.Dispose();
}
