using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>What Linux knows about each page of this process, proc_pid_pagemap(5).</summary>
internal static class PageMap
{
    // The page is in memory, or it is in swap.
    private const ulong PresentOrSwapped = 3UL << 62;

    /// <summary>Opens it; null where there is no such thing.</summary>
    /// <exception cref="IOException">Nor is there here; so with the others that file operations throw.</exception>
    internal static SafeFileHandle? TryOpen() => OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/pagemap") : null;

    /// <summary>Reads the entries of pages that follow each other.</summary>
    /// <param name="map">Open.</param>
    /// <param name="page">The number of the first: its address, in pages.</param>
    /// <param name="entries">Filled from the start on.</param>
    /// <returns>How many there are.</returns>
    internal static unsafe int Read(SafeFileHandle map, ulong page, Span<ulong> entries)
    {
        // Not as the library makes bytes of others, which would be compiled at run time.
        fixed (ulong* first = entries)
        {
            var bytes = new Span<byte>(first, entries.Length * sizeof(ulong));
            return RandomAccess.Read(map, bytes, (long)(page * sizeof(ulong))) / sizeof(ulong);
        }
    }

    /// <summary>Whether the page of an entry may hold something else than zeros.</summary>
    internal static bool IsTouched(ulong entry) => (entry & PresentOrSwapped) != 0;
}
