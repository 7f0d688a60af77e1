using System.Runtime.InteropServices;

namespace Wizer.Cli;

/// <summary>
/// Memory that is filled once, from one end to the other. In pages of the usual size, half of the time of reading a file goes into
/// asking the system for each.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>The size of a large page, on the processors whose systems have such.</summary>
    internal const int ByteLength = 2 << 20;

    private const int AdviceHugePage = 14;

    /// <summary>Whether so much is worth it.</summary>
    internal static bool Suit(long byteLength) => byteLength >= 2 * ByteLength && OperatingSystem.IsLinux();

    /// <summary>Asks for large pages where whole ones fit; the rest, and all of it where there are none, stays as it is.</summary>
    /// <param name="start">A multiple of <see cref="ByteLength"/>.</param>
    /// <param name="byteLength">How much will be filled.</param>
    internal static void Ask(byte* start, long byteLength) => _ = Madvise(start, (nuint)(byteLength & -ByteLength), AdviceHugePage);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint byteLength, int advice);
}
