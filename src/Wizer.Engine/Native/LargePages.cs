using System.Runtime.InteropServices;

namespace Wizer.Engine.Native;

/// <summary>
/// Moves what a guest has filled, and will compute with for long, to large pages: a processor finds more of it in its tables, and its
/// caches hold what is next to each other side by side. Nothing becomes resident by it, since only what is resident as a whole moves.
/// Linux 6.1 and later; elsewhere nothing happens.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>The size of a large page, on the processors whose systems have such.</summary>
    internal const int ByteLength = 2 << 20;

    private const int PageByteLength = 4096;
    private const int PageCount = ByteLength / PageByteLength;
    private const int AdviceCollapse = 25;
    private const int InvalidArgument = 22;

    private static bool s_isRefused;

    /// <summary>Moves all of a part of a reservation that can be. It may be in use, but not be given back meanwhile.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="byteLength">How many are committed.</param>
    /// <returns>How many of them are on large pages now.</returns>
    internal static ulong Gather(byte* start, ulong byteLength)
    {
        ulong gathered = 0;
        ulong first = ((ulong)start + ByteLength - 1) & ~(ByteLength - 1UL);
        ulong end = (ulong)start + byteLength;
        for (ulong at = first; at + ByteLength <= end && !IsRefused; at += ByteLength)
        {
            if (IsResident((byte*)at) && TryMove((byte*)at))
            {
                gathered += ByteLength;
            }
        }

        return gathered;
    }

    /// <summary>Whether the system has no such thing, so that asking again is of no use.</summary>
    internal static bool IsRefused => s_isRefused || !OperatingSystem.IsLinux() || Environment.SystemPageSize != PageByteLength;

    private static bool IsResident(byte* start)
    {
        byte* pages = stackalloc byte[PageCount];
        return Mincore(start, ByteLength, pages) == 0 && !new ReadOnlySpan<byte>(pages, PageCount).ContainsAnyExcept((byte)1);
    }

    private static bool TryMove(byte* start)
    {
        if (Madvise(start, ByteLength, AdviceCollapse) == 0)
        {
            return true;
        }

        // Otherwise there is just no large page now.
        s_isRefused |= Marshal.GetLastPInvokeError() == InvalidArgument;
        return false;
    }

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int Mincore(void* start, nuint byteLength, byte* pages);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Madvise(void* start, nuint byteLength, int advice);
}
