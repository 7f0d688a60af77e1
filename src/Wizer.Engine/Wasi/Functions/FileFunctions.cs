using System.Buffers.Binary;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Reading, writing and everything else on an open file.</summary>
internal static class FileFunctions
{
    private const int VectorByteLength = 8;
    private const int VectorLimit = 1024; // as IOV_MAX on most systems
    private const uint AdviceCount = 6;

    /// <summary><c>fd_read(fd, iovs, iovs_len, nread*)</c></summary>
    public static Errno Read(scoped in WasiCall call)
    {
        Errno errno = Transfer(call, Rights.FdRead, position: null);
        if (errno == Errno.Again)
        {
            call.AnswerVaries();
        }

        return errno;
    }

    /// <summary><c>fd_pread(fd, iovs, iovs_len, offset, nread*)</c></summary>
    public static Errno Pread(scoped in WasiCall call) => Transfer(call, Rights.FdRead | Rights.FdSeek, call.U64(3));

    /// <summary><c>fd_write(fd, iovs, iovs_len, nwritten*)</c></summary>
    public static Errno Write(scoped in WasiCall call) => Transfer(call, Rights.FdWrite, position: null);

    /// <summary><c>fd_pwrite(fd, iovs, iovs_len, offset, nwritten*)</c></summary>
    public static Errno Pwrite(scoped in WasiCall call) => Transfer(call, Rights.FdWrite | Rights.FdSeek, call.U64(3));

    /// <summary><c>fd_seek(fd, delta, whence, position*)</c></summary>
    public static Errno Seek(scoped in WasiCall call)
    {
        long delta = (long)call.U64(1);
        uint whence = call.U32(2);

        // To ask for the position is the right to tell it.
        Rights needed = delta == 0 && whence == (uint)Whence.Current ? Rights.FdTell : Rights.FdSeek;
        Errno errno = call.Context.Find(call.U32(0), needed, out Descriptor descriptor);
        return errno != Errno.Success ? errno
            : whence > (uint)Whence.End ? Errno.Inval
            : Seek(call, descriptor, delta, (Whence)whence, call.U32(3));
    }

    /// <summary><c>fd_tell(fd, position*)</c></summary>
    public static Errno Tell(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdTell, out Descriptor descriptor);
        return errno == Errno.Success ? Seek(call, descriptor, 0, Whence.Current, call.U32(1)) : errno;
    }

    /// <summary><c>fd_sync(fd)</c></summary>
    public static Errno Sync(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdSync, out Descriptor descriptor);
        return errno == Errno.Success ? descriptor.Sync(dataOnly: false) : errno;
    }

    /// <summary><c>fd_datasync(fd)</c></summary>
    public static Errno Datasync(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdDatasync, out Descriptor descriptor);
        return errno == Errno.Success ? descriptor.Sync(dataOnly: true) : errno;
    }

    /// <summary><c>fd_advise(fd, offset, len, advice)</c>: advice is checked and otherwise not needed.</summary>
    public static Errno Advise(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdAdvise, out Descriptor descriptor);
        return errno != Errno.Success ? errno
            : call.U32(3) >= AdviceCount || call.U64(1) > long.MaxValue ? Errno.Inval
            : descriptor.Advise();
    }

    /// <summary><c>fd_allocate(fd, offset, len)</c></summary>
    public static Errno Allocate(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdAllocate, out Descriptor descriptor);
        if (errno != Errno.Success)
        {
            return errno;
        }

        ulong offset = call.U64(1);
        ulong byteLength = call.U64(2);
        return offset > long.MaxValue || byteLength == 0 ? Errno.Inval
            : byteLength > long.MaxValue - offset ? Errno.Fbig
            : descriptor is FileDescriptor { IsStream: false, CanWrite: false } ? Errno.Badf
            : descriptor.Allocate(offset, byteLength);
    }

    /// <summary><c>fd_filestat_get(fd, filestat*)</c></summary>
    public static Errno FilestatGet(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdFilestatGet, out Descriptor descriptor);
        if (errno == Errno.Success)
        {
            errno = descriptor.Stat(out Filestat stat);
            if (errno == Errno.Success)
            {
                return WriteFilestat(call, call.U32(1), stat, descriptor.Identity);
            }
        }

        return errno;
    }

    /// <summary><c>fd_filestat_set_size(fd, size)</c></summary>
    public static Errno FilestatSetSize(scoped in WasiCall call)
    {
        // A file that was opened to be read is, as for ftruncate, an invalid argument.
        Errno errno = call.Context.Find(call.U32(0), Rights.FdFilestatSetSize, out Descriptor descriptor);
        return errno != Errno.Success ? errno
            : (descriptor is FileDescriptor && !descriptor.CanWrite) || call.U64(1) > long.MaxValue ? Errno.Inval
            : descriptor.SetSize(call.U64(1));
    }

    /// <summary><c>fd_filestat_set_times(fd, atim, mtim, flags)</c></summary>
    public static Errno FilestatSetTimes(scoped in WasiCall call)
    {
        Errno errno = call.Context.Find(call.U32(0), Rights.FdFilestatSetTimes, out Descriptor descriptor);
        if (errno != Errno.Success)
        {
            return errno;
        }

        var times = new FileTimes(call.U64(1), call.U64(2), (TimeFlags)call.U32(3));
        return times.IsValid ? descriptor.SetTimes(times) : Errno.Inval;
    }

    /// <param name="call">The call.</param>
    /// <param name="address">Where to.</param>
    /// <param name="stat">As the host says.</param>
    /// <param name="identity">The inode number in deterministic runs; 0 for a standard stream.</param>
    public static Errno WriteFilestat(scoped in WasiCall call, uint address, Filestat stat, ulong identity)
    {
        if (!call.TryGetSpan(address, Filestat.ByteLength, out Span<byte> span))
        {
            return Errno.Fault;
        }

        if (call.Context.IsDeterministic)
        {
            call.Context.HideHost(ref stat, identity);
        }
        else if (identity != 0 || stat.Type == FileType.CharacterDevice)
        {
            call.AnswerVaries();
        }

        stat.Write(span);
        return Errno.Success;
    }

    private static Errno Seek(scoped in WasiCall call, Descriptor descriptor, long delta, Whence whence, uint resultAddress)
    {
        if (!call.Contains(resultAddress, sizeof(ulong)))
        {
            return Errno.Fault;
        }

        Errno errno = descriptor.Seek(delta, whence, out ulong position);
        if (errno == Errno.Success)
        {
            call.TryWriteU64(resultAddress, position);
        }

        return errno;
    }

    /// <summary>Checks everything about a transfer before anything moves: the descriptor, all the buffers, the result's place.</summary>
    private static Errno Begin(
        scoped in WasiCall call, Rights needed, uint resultAddress, out Descriptor descriptor, out Span<byte> vectors)
    {
        vectors = default;
        Errno errno = call.Context.Find(call.U32(0), needed, out descriptor);
        if (errno != Errno.Success)
        {
            return errno;
        }

        uint count = call.U32(2);
        if (count > VectorLimit)
        {
            return Errno.Inval;
        }

        if (!call.TryGetSpan(call.U32(1), count * VectorByteLength, out vectors) || !call.Contains(resultAddress, sizeof(uint)))
        {
            return Errno.Fault;
        }

        ulong total = 0;
        for (Span<byte> rest = vectors; !rest.IsEmpty; rest = rest[VectorByteLength..])
        {
            uint byteLength = ByteLengthAt(rest);
            total += byteLength;
            if (!call.Contains(AddressAt(rest), byteLength))
            {
                return Errno.Fault;
            }
        }

        return total > int.MaxValue ? Errno.Inval : Errno.Success;
    }

    /// <summary>Moves what the vectors say, as far as it goes.</summary>
    /// <param name="call">The descriptor, the vectors and how many are its first arguments; where the count goes is its last.</param>
    /// <param name="needed">Which also says the direction.</param>
    /// <param name="position">Where in the file; null for where the descriptor stands.</param>
    private static Errno Transfer(scoped in WasiCall call, Rights needed, ulong? position)
    {
        uint resultAddress = call.U32(position is null ? 3 : 4);
        Errno errno = Begin(call, needed, resultAddress, out Descriptor descriptor, out Span<byte> vectors);
        if (errno != Errno.Success)
        {
            return errno;
        }

        bool writes = (needed & Rights.FdWrite) != 0;
        uint total = 0;
        for (; !vectors.IsEmpty; vectors = vectors[VectorByteLength..])
        {
            uint address = AddressAt(vectors);
            uint remaining = ByteLengthAt(vectors);
            while (remaining != 0)
            {
                if (call.IsInterrupted)
                {
                    return Finish(call, Errno.Intr, total, resultAddress);
                }

                // The vectors may lie in a buffer that is being filled, so nothing checked before holds any more.
                uint byteCount = Math.Min(remaining, WasiCall.ChunkByteLength);
                if (!call.TryGetSpan(address, byteCount, out Span<byte> chunk))
                {
                    return Finish(call, Errno.Fault, total, resultAddress);
                }

                errno = Move(call, descriptor, chunk, writes, position + total, out int count);
                total += (uint)count;
                address += (uint)count;
                remaining -= (uint)count;

                // A part of a file ends where the file does; of a stream, there may be more.
                bool isAll = !writes && (descriptor.IsStream ? descriptor.ReadsWhatIsThere : count < chunk.Length);
                if (errno != Errno.Success || count == 0 || isAll)
                {
                    return Finish(call, errno, total, resultAddress);
                }
            }
        }

        return Finish(call, Errno.Success, total, resultAddress);
    }

    private static Errno Move(
        scoped in WasiCall call, Descriptor descriptor, Span<byte> chunk, bool writes, ulong? position, out int count) =>
        (writes, position) switch
        {
            (false, null) => descriptor.Read(chunk, call.Interrupt, out count),
            (false, { } at) => descriptor.ReadAt(chunk, at, out count),
            (true, null) => descriptor.Write(chunk, call.Interrupt, out count),
            (true, { } at) => descriptor.WriteAt(chunk, at, out count),
        };

    /// <summary>What was moved before an error is reported; the error will come again.</summary>
    private static Errno Finish(scoped in WasiCall call, Errno errno, uint total, uint resultAddress)
    {
        if (errno != Errno.Success && total == 0)
        {
            return errno;
        }

        call.TryWriteU32(resultAddress, total);
        return Errno.Success;
    }

    private static uint AddressAt(ReadOnlySpan<byte> vector) => BinaryPrimitives.ReadUInt32LittleEndian(vector);

    private static uint ByteLengthAt(ReadOnlySpan<byte> vector) => BinaryPrimitives.ReadUInt32LittleEndian(vector[4..]);
}
