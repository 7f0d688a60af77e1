using System.Runtime.InteropServices;

namespace Wizer.Engine.Platform;

/// <summary>
/// Memory in large pages, on Linux; elsewhere nothing happens. What is filled once, from one end to the other, asks for them before: in
/// pages of the usual size, half of the time of reading a file goes into asking the system for each. What a guest has filled, and
/// will compute with for long, moves to them (Linux 6.1): a processor finds more of it in its tables, and its caches hold what is next
/// to each other side by side. Nothing becomes resident by that, since only what is resident as a whole moves.
/// </summary>
internal static unsafe class LargePages
{
    /// <summary>The size of a large page, on the processors whose systems have such.</summary>
    internal const int ByteLength = 2 << 20;

    private const int PageByteLength = 4096;
    private const int PageCount = ByteLength / PageByteLength;
    private const int AdviceHugePage = 14;
    private const int AdviceCollapse = 25;
    private const int InvalidArgument = 22;

    private static bool s_isRefused;

    /// <summary>Whether so much is worth asking for before it is filled.</summary>
    internal static bool Suit(long byteLength) => byteLength >= 2 * ByteLength && OperatingSystem.IsLinux();

    /// <summary>Asks for large pages where whole ones fit; the rest, and all of it where there are none, stays as it is.</summary>
    /// <param name="start">A multiple of <see cref="ByteLength"/>.</param>
    /// <param name="byteLength">How much will be filled.</param>
    internal static void Ask(byte* start, long byteLength) =>
        _ = LinuxLibC.madvise(start, (nuint)(byteLength & -ByteLength), AdviceHugePage);

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
        return LinuxLibC.mincore(start, ByteLength, pages) == 0 && !new ReadOnlySpan<byte>(pages, PageCount).ContainsAnyExcept((byte)1);
    }

    private static bool TryMove(byte* start)
    {
        if (LinuxLibC.madvise(start, ByteLength, AdviceCollapse) == 0)
        {
            return true;
        }

        // Otherwise there is just no large page now.
        s_isRefused |= Marshal.GetLastPInvokeError() == InvalidArgument;
        return false;
    }
}
