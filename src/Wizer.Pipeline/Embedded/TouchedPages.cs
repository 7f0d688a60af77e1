using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Native;

namespace Wizer.Pipeline;

/// <summary>
/// Tells which pages of a guest's memory were ever written, so that the rest need not be read: the first look at an untouched
/// page is a page fault, 0.5 s for each GiB, where asking takes 20 ms. Only Linux is asked; elsewhere everything is read.
/// </summary>
internal static unsafe class TouchedPages
{
    /// <summary>Reads entries of pages that follow each other; how many there were.</summary>
    internal delegate int PageMapReader(ulong page, Span<ulong> entries);

    /// <summary>Below, reading everything is as fast as asking.</summary>
    private const ulong MinByteLength = 1 << 20;

    private const int MaxEntryCount = 8 << 10;

    // Found out once, by whoever asks first.
    private static bool? s_knowsAddresses;

    /// <summary>Finds the touched parts of an anonymous mapping.</summary>
    /// <param name="start">The first byte; what is not touched reads as zero.</param>
    /// <param name="byteLength">How many bytes.</param>
    /// <returns>Ranges of offsets, in order, whole pages; everything when the system does not tell.</returns>
    internal static MemoryRange[] Find(byte* start, ulong byteLength)
    {
        if (byteLength >= MinByteLength)
        {
            try
            {
                using SafeFileHandle? map = PageMap.TryOpen();
                if (map is not null && (s_knowsAddresses ??= KnowsAddresses((page, entries) => PageMap.Read(map, page, entries))))
                {
                    return Ask(map, start, byteLength);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // No /proc, or one that says nothing: read everything.
            }
        }

        return [new MemoryRange(0, byteLength)];
    }

    private static MemoryRange[] Ask(SafeFileHandle map, byte* start, ulong byteLength)
    {
        ulong pageSize = (ulong)Environment.SystemPageSize;
        ulong firstPage = (ulong)start / pageSize;
        ulong pageCount = (((ulong)start + byteLength + pageSize - 1) / pageSize) - firstPage;
        ulong[] entries = new ulong[(int)Math.Min(pageCount, MaxEntryCount)];
        var pages = new Runs((ulong)start, byteLength, pageSize);
        for (ulong page = firstPage; page < firstPage + pageCount;)
        {
            int wanted = (int)Math.Min(firstPage + pageCount - page, (ulong)entries.Length);
            int read = PageMap.Read(map, page, new Span<ulong>(entries, 0, wanted));
            if (read == 0)
            {
                throw new IOException("the page map ends early");
            }

            for (int i = 0; i < read; i++)
            {
                if (PageMap.IsTouched(entries[i]))
                {
                    pages.Add(page + (uint)i);
                }
            }

            page += (uint)read;
        }

        return pages.ToArray();
    }

    /// <summary>
    /// Whether a map of pages is about this process's addresses. An emulator of a process may have its guest's elsewhere, by little or by
    /// much, and then it is about other pages; so it is asked about some of which exactly one has been touched.
    /// </summary>
    internal static bool KnowsAddresses(PageMapReader read)
    {
        const int PageCount = 16;
        const int Touched = 5;
        ulong pageSize = (ulong)Environment.SystemPageSize;
        byte* pages = AddressSpace.TryReserve(PageCount * pageSize);
        if (pages == null)
        {
            return false;
        }

        try
        {
            ulong[] entries = new ulong[PageCount];
            if (!AddressSpace.TryCommit(pages, 0, PageCount * pageSize))
            {
                return false;
            }

            pages[Touched * pageSize] = 1;
            bool isRight = read((ulong)pages / pageSize, entries) == PageCount;
            for (int i = 0; i < PageCount; i++)
            {
                isRight &= PageMap.IsTouched(entries[i]) == (i == Touched);
            }

            return isRight;
        }
        finally
        {
            AddressSpace.Release(pages, PageCount * pageSize);
        }
    }

    /// <summary>Joins pages to ranges of offsets.</summary>
    private struct Runs(ulong start, ulong byteLength, ulong pageSize)
    {
        private MemoryRange[] _ranges = new MemoryRange[16];
        private int _count;

        internal void Add(ulong page)
        {
            // The mapping need not begin or end with a page.
            ulong from = Math.Max(page * pageSize, start) - start;
            ulong to = Math.Min(((page + 1) * pageSize) - start, byteLength);
            if (_count > 0 && from == _ranges[_count - 1].End)
            {
                _ranges[_count - 1] = new MemoryRange(_ranges[_count - 1].Start, to);
                return;
            }

            if (_count == _ranges.Length)
            {
                var grown = new MemoryRange[_count * 2];
                Array.Copy(_ranges, grown, _count);
                _ranges = grown;
            }

            _ranges[_count++] = new MemoryRange(from, to);
        }

        internal readonly MemoryRange[] ToArray()
        {
            var exact = new MemoryRange[_count];
            Array.Copy(_ranges, exact, _count);
            return exact;
        }
    }
}
