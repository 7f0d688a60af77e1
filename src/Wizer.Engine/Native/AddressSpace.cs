using System.Runtime.InteropServices;

namespace Wizer.Engine.Native;

/// <summary>
/// Address space without memory behind it, committed as a guest's memory grows, so that growth never moves the base. Where the
/// platform has no such thing, or refuses, callers fall back to ordinary blocks (<see cref="NativeBlock"/>).
/// </summary>
internal static unsafe partial class AddressSpace
{
    private const int ProtNone = 0;
    private const int ProtReadWrite = 1 | 2;
    private const int ProtReadExecute = 1 | 4;
    private const int AdviceDontNeed = 4;
    private const int MapPrivate = 0x02;
    private const int MapFixed = 0x10;
    private const int MapAnonymousLinux = 0x20;
    private const int MapAnonymousMac = 0x1000;
    private const int MapNoReserveLinux = 0x4000;
    private const int MapNoReserveMac = 0x40;
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemDecommit = 0x4000;
    private const uint MemRelease = 0x8000;
    private const uint PageNoAccess = 0x01;
    private const uint PageReadWrite = 0x04;

    // A guest's thread takes a quarter of it.
    private const ulong SpareByteLength = 1UL << 30;

    private static int s_outstanding;

    /// <summary>Reservations not yet released, in the whole process; tests hold it to zero.</summary>
    internal static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <summary>Reserves without committing; null when refused.</summary>
    /// <param name="byteCount">How much.</param>
    /// <param name="isPermanent">Whether it is for the rest of the process's life.</param>
    internal static byte* TryReserve(ulong byteCount, bool isPermanent = false)
    {
        if (byteCount == 0 || byteCount > (ulong)nint.MaxValue)
        {
            return null;
        }

        byte* address = null;
        if (OperatingSystem.IsWindows())
        {
            address = VirtualAlloc(null, (nuint)byteCount, MemReserve, PageNoAccess);
        }
        else if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            int flags = OperatingSystem.IsLinux()
                ? MapPrivate | MapAnonymousLinux | MapNoReserveLinux
                : MapPrivate | MapAnonymousMac | MapNoReserveMac;
            nint mapped = Mmap(null, (nuint)byteCount, ProtNone, flags, -1, 0);
            address = mapped == -1 ? null : (byte*)mapped;
        }

        if (address != null && !isPermanent)
        {
            Interlocked.Increment(ref s_outstanding);
        }

        return address;
    }

    /// <summary>
    /// Whether so much could be reserved, and stacks and memories still find room: what one can do without is not taken where address
    /// space is short.
    /// </summary>
    internal static bool HasRoomFor(ulong byteCount)
    {
        byteCount += SpareByteLength;
        byte* address = TryReserve(byteCount);
        if (address != null)
        {
            Release(address, byteCount);
        }

        return address != null;
    }

    /// <summary>Whether the process may have so many more writable bytes, by its limits; they are not taken.</summary>
    internal static bool IsAllowed(ulong byteCount)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        nint mapped = Mmap(null, (nuint)byteCount, ProtReadWrite, MapPrivate | MapAnonymousLinux | MapNoReserveLinux, -1, 0);
        if (mapped == -1)
        {
            return false;
        }

        Munmap((void*)mapped, (nuint)byteCount);
        return true;
    }

    /// <summary>Makes a part of a reservation usable; what was never committed reads as zeros.</summary>
    /// <param name="reservation">What <see cref="TryReserve"/> returned.</param>
    /// <param name="from">How many bytes are already committed.</param>
    /// <param name="to">How many shall be.</param>
    internal static bool TryCommit(byte* reservation, ulong from, ulong to)
    {
        // The system's pages may be larger than a guest's (custom page sizes), hence the rounding outwards.
        ulong page = (ulong)Environment.SystemPageSize;
        from &= ~(page - 1);
        to = (to + page - 1) & ~(page - 1);
        if (from >= to)
        {
            return true;
        }

        return OperatingSystem.IsWindows()
            ? VirtualAlloc(reservation + from, (nuint)(to - from), MemCommit, PageReadWrite) != null
            : Mprotect(reservation + from, (nuint)(to - from), ProtReadWrite) == 0;
    }

    /// <summary>
    /// Makes whole pages of a reservation such as a processor can run and nobody can write, or the other way round. Unix only.
    /// </summary>
    internal static bool TryMakeExecutable(byte* start, ulong byteCount, bool isExecutable) =>
        Mprotect(start, (nuint)byteCount, isExecutable ? ProtReadExecute : ProtReadWrite) == 0;

    /// <summary>
    /// Takes what is behind whole pages of a reservation away, and leaves the reservation: committed again, they read as zeros.
    /// </summary>
    internal static void Decommit(byte* start, ulong byteCount)
    {
        if (OperatingSystem.IsWindows())
        {
            VirtualFree(start, (nuint)byteCount, MemDecommit);
        }
        else if (OperatingSystem.IsMacOS())
        {
            // Advice is not binding there.
            Mmap(start, (nuint)byteCount, ProtNone, MapPrivate | MapFixed | MapAnonymousMac | MapNoReserveMac, -1, 0);
        }
        else
        {
            Madvise(start, (nuint)byteCount, AdviceDontNeed);
            Mprotect(start, (nuint)byteCount, ProtNone);
        }
    }

    /// <summary>
    /// Lets the system have what is behind the whole pages of a part of a block, if it likes: their contents are lost or stay.
    /// </summary>
    internal static void Discard(byte* start, byte* end)
    {
        nint page = Environment.SystemPageSize;
        var first = (byte*)(((nint)start + page - 1) & -page);
        var last = (byte*)((nint)end & -page);
        if (OperatingSystem.IsLinux() && first < last)
        {
            Madvise(first, (nuint)(last - first), AdviceDontNeed);
        }
    }

    /// <summary>Gives a reservation back, with whatever was committed in it.</summary>
    internal static void Release(byte* reservation, ulong byteCount)
    {
        if (OperatingSystem.IsWindows())
        {
            VirtualFree(reservation, 0, MemRelease);
        }
        else
        {
            Munmap(reservation, (nuint)byteCount);
        }

        Interlocked.Decrement(ref s_outstanding);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc")]
    private static partial byte* VirtualAlloc(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree")]
    private static partial int VirtualFree(void* address, nuint length, uint type);
}
