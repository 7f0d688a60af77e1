using System.Runtime.InteropServices;

namespace Wizer.Engine.Platform;

/// <summary>
/// Pages that were never touched, on Linux; elsewhere nothing happens. The first write to each is a fault, which takes ten times as long as
/// to clear the page, and in a virtual machine more. What is sure to be written, or as good as sure, has its pages supplied
/// at once.
/// </summary>
internal static unsafe class FreshPages
{
    /// <summary>What is not larger is not worth asking for.</summary>
    internal const ulong MinByteLength = 16 << 10;

    private const int AdvicePopulateWrite = 23;
    private const int InvalidArgument = 22;

    /// <summary>Whether the system does not know the advice, as before Linux 5.14: nothing happens any more.</summary>
    internal static bool IsRefused { get; private set; }

    /// <summary>Supplies all pages of a range that is mapped and may be written; their contents stay.</summary>
    internal static void Supply(void* start, ulong byteLength)
    {
        if (byteLength < MinByteLength || IsRefused || !OperatingSystem.IsLinux())
        {
            return;
        }

        nint page = Environment.SystemPageSize;
        var first = (nint)start & -page;
        nint end = ((nint)start + (nint)byteLength + page - 1) & -page;

        // Otherwise the system has no more, and whoever writes there will hear of it.
        if (LinuxLibC.madvise((void*)first, (nuint)(end - first), AdvicePopulateWrite) != 0
            && Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            IsRefused = true;
        }
    }

    /// <summary>The same, unless the page in the middle is there: whoever fills a range over and over pays for one question.</summary>
    internal static void SupplyUnlessResident(byte* start, ulong byteLength)
    {
        if (byteLength >= MinByteLength && !IsRefused && OperatingSystem.IsLinux() && !IsResident(start + (byteLength / 2)))
        {
            Supply(start, byteLength);
        }
    }

    /// <summary>The same, if the page before is there: whoever uses all of what comes before will use this.</summary>
    internal static void SupplyIfNext(byte* start, ulong byteLength)
    {
        if (byteLength >= MinByteLength && !IsRefused && OperatingSystem.IsLinux() && IsResident(start - 1))
        {
            Supply(start, byteLength);
        }
    }

    private static bool IsResident(byte* at)
    {
        byte isResident = 0;
        nint page = Environment.SystemPageSize;
        return LinuxLibC.mincore((void*)((nint)at & -page), (nuint)page, &isResident) == 0 && (isResident & 1) != 0;
    }
}
