using System.Buffers.Binary;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Descriptors as such, whatever stands behind them.</summary>
internal static class DescriptorFunctions
{
    private const int FdstatByteLength = 24;
    private const int PrestatByteLength = 8;

    /// <summary><c>fd_close(fd)</c></summary>
    public static Errno Close(scoped in WasiCall call) => call.Context.Descriptors.Close(call.U32(0));

    /// <summary><c>fd_renumber(from, to)</c></summary>
    public static Errno Renumber(scoped in WasiCall call) => call.Context.Descriptors.Renumber(call.U32(0), call.U32(1));

    /// <summary><c>fd_fdstat_get(fd, fdstat*)</c></summary>
    public static Errno FdstatGet(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.None, out Descriptor descriptor);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (!call.TryGetSpan(call.U32(1), FdstatByteLength, out Span<byte> span))
        {
            return Errno.Fault;
        }

        // Whether a standard stream is a terminal, a C library remembers.
        if (descriptor.Identity == 0 && descriptor.Type == FileType.CharacterDevice)
        {
            call.AnswerVaries();
        }

        span[0] = (byte)descriptor.Type;
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], (ushort)descriptor.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(span[8..], (ulong)descriptor.Rights);
        BinaryPrimitives.WriteUInt64LittleEndian(span[16..], (ulong)descriptor.Inheriting);
        return Errno.Success;
    }

    /// <summary><c>fd_fdstat_set_flags(fd, flags)</c></summary>
    public static Errno FdstatSetFlags(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdFdstatSetFlags, out Descriptor descriptor);
        return errno != Errno.Success ? errno
            : (call.U32(1) & ~(uint)FdFlags.All) != 0 ? Errno.Inval
            : descriptor.SetFlags((FdFlags)call.U32(1));
    }

    /// <summary><c>fd_fdstat_set_rights(fd, base, inheriting)</c>: rights can be given up, not gained.</summary>
    public static Errno FdstatSetRights(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.None, out Descriptor descriptor);
        return errno == Errno.Success ? descriptor.Restrict((Rights)call.U64(1), (Rights)call.U64(2)) : errno;
    }

    /// <summary><c>fd_prestat_get(fd, prestat*)</c></summary>
    public static Errno PrestatGet(scoped in WasiCall call)
    {
        if (call.Context.Descriptors.Find(call.U32(0)) is not DirectoryDescriptor { PreopenName: { } name })
        {
            return Errno.Badf;
        }

        if (!call.TryGetSpan(call.U32(1), PrestatByteLength, out Span<byte> span))
        {
            return Errno.Fault;
        }

        span[0] = 0; // the tag of a directory
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], (uint)name.Length);
        return Errno.Success;
    }

    /// <summary><c>fd_prestat_dir_name(fd, path, path_len)</c></summary>
    public static Errno PrestatDirName(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.None, out Descriptor descriptor);
        if (errno != Errno.Success || descriptor is not DirectoryDescriptor { PreopenName: { } name } directory)
        {
            return errno != Errno.Success ? errno : Errno.Notdir;
        }

        if (call.U32(2) < (uint)name.Length)
        {
            // No C library asks for nothing. wizer.h does, to say that its list of directories is gone.
            directory.IsNameKnown &= call.U32(2) != 0;
            return Errno.Nametoolong;
        }

        if (!call.TryGetSpan(call.U32(1), (uint)name.Length, out Span<byte> span))
        {
            return Errno.Fault;
        }

        name.CopyTo(span);
        directory.IsNameKnown = true;
        return Errno.Success;
    }
}
