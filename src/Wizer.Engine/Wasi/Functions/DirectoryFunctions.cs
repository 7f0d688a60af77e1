using System.Buffers.Binary;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Listing a directory.</summary>
internal static class DirectoryFunctions
{
    private const int DirentByteLength = 24;

    /// <summary><c>fd_readdir(fd, buf, buf_len, cookie, bufused*)</c></summary>
    /// <remarks>
    /// A cookie is a position in the sorted list, <c>.</c> and <c>..</c> first. The buffer is filled to its last byte, if need be
    /// with a part of an entry: less than that says that the list is at its end.
    /// </remarks>
    public static Errno Readdir(scoped in WasiCall call)
    {
        Errno errno = call.Context.FindDirectory(call.U32(0), Rights.FdReaddir, out DirectoryDescriptor directory);
        if (errno != Errno.Success)
        {
            return errno;
        }

        uint byteLength = Math.Min(call.U32(2), int.MaxValue);
        if (!call.Contains(call.U32(1), call.U32(2)) || !call.TryGetSpan(call.U32(1), byteLength, out Span<byte> buffer)
            || !call.Contains(call.U32(4), sizeof(uint)))
        {
            return Errno.Fault;
        }

        ulong cookie = call.U64(3);
        errno = directory.List(fromStart: cookie == 0, out HostEntry[] entries);
        if (errno != Errno.Success)
        {
            return errno;
        }

        if (!call.Context.IsDeterministic)
        {
            call.AnswerVaries();
        }

        Span<byte> header = stackalloc byte[DirentByteLength];
        Span<byte> rest = buffer;
        for (; cookie < (ulong)entries.Length + 2 && !rest.IsEmpty; cookie++)
        {
            ReadOnlySpan<byte> name;
            ulong inode;
            FileType type = FileType.Directory;
            if (cookie < 2)
            {
                // What is above is not known to the guest, so both are this one.
                name = cookie == 0 ? "."u8 : ".."u8;
                inode = call.Context.IsDeterministic ? directory.Identity
                    : directory.Stat(out Filestat stat) == Errno.Success ? stat.Inode
                    : 0;
            }
            else
            {
                HostEntry entry = entries[cookie - 2];
                name = entry.Name;
                inode = call.Context.IsDeterministic ? FileIdentity.Of(directory.Identity, entry.Name) : entry.Inode;
                type = entry.Type;
            }

            header.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(header, cookie + 1);
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], inode);
            BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)name.Length);
            header[20] = (byte)type;
            rest = CopyWhatFits(CopyWhatFits(rest, header), name);
        }

        call.TryWriteU32(call.U32(4), (uint)(buffer.Length - rest.Length));
        return Errno.Success;
    }

    private static Span<byte> CopyWhatFits(Span<byte> destination, scoped ReadOnlySpan<byte> source)
    {
        int byteCount = Math.Min(destination.Length, source.Length);
        source[..byteCount].CopyTo(destination);
        return destination[byteCount..];
    }
}
