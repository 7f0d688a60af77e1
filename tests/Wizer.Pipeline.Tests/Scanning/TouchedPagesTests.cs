using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

public unsafe class TouchedPagesTests
{
    [Fact]
    public void Find_CoversEverythingThatIsNotZero()
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(4096, 4096)));
        var random = new Random(6);
        var expected = new RangeList();
        for (ulong at = 5; at < memory.ByteLength; at += (ulong)random.Next(10, 3_000_000))
        {
            memory.Data->Base[at] = 1;
            expected.Add(at, at + 1);
        }

        MemoryRange[] touched = TouchedPages.Find(memory.Data->Base, memory.ByteLength);
        var bytes = new ReadOnlySequence<byte>(new NativeMemoryManager(memory.Data->Base, (int)memory.ByteLength).Memory);
        Assert.Equal(expected.ToArray(), MemoryScanner.Scan(bytes, touched).ToArray());
        Assert.Equal(expected.ToArray(), MemoryScanner.Scan(bytes).ToArray());
    }

    [Fact]
    public void Find_LeavesOutWhatWasNeverWritten()
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(4096, 4096)));
        memory.Data->Base[100 << 20] = 1;
        MemoryRange[] touched = TouchedPages.Find(memory.Data->Base, memory.ByteLength);
        if (OperatingSystem.IsLinux() && File.Exists("/proc/self/pagemap"))
        {
            MemoryRange only = Assert.Single(touched);
            Assert.True(only.Start <= 100 << 20 && only.End > 100 << 20 && only.ByteLength <= 4 << 20);
        }
        else
        {
            Assert.Equal([new MemoryRange(0, memory.ByteLength)], touched);
        }
    }

    [Fact]
    public void AMap_AboutOtherAddresses_IsNotBelieved()
    {
        Assert.False(TouchedPages.KnowsAddresses(static (_, _) => 0));
        Assert.False(TouchedPages.KnowsAddresses(static (_, entries) => Fill(entries, 0)));
        Assert.False(TouchedPages.KnowsAddresses(static (_, entries) => Fill(entries, ulong.MaxValue)));
        using SafeFileHandle? map = PageMap.TryOpen();
        if (map is not null)
        {
            Assert.True(TouchedPages.KnowsAddresses((page, entries) => PageMap.Read(map, page, entries)));
            Assert.False(TouchedPages.KnowsAddresses((page, entries) => PageMap.Read(map, page + 1, entries)));
            Assert.False(TouchedPages.KnowsAddresses((page, entries) => PageMap.Read(map, page - 4, entries)));
        }

        static int Fill(Span<ulong> entries, ulong entry)
        {
            entries.Fill(entry);
            return entries.Length;
        }
    }

    [Fact]
    public void Find_DoesNotJoinTouchedPages_AcrossUntouchedOnes()
    {
        // Looking at a page that was never written costs about as much as reading a whole one.
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(512, 512)));
        ulong page = (ulong)Environment.SystemPageSize;
        for (ulong at = 3 * page; at < memory.ByteLength; at += 64 * page)
        {
            memory.Data->Base[at] = 1;
            memory.Data->Base[at + page] = 1;
        }

        MemoryRange[] touched = TouchedPages.Find(memory.Data->Base, memory.ByteLength);
        if (touched is not [{ Start: 0 }])
        {
            Assert.Equal(memory.ByteLength / (64 * page), (ulong)touched.Length);
            Assert.All(touched, range => Assert.Equal(2 * page, range.ByteLength));
        }
    }

    [Fact]
    public void Scan_FindsTheSame_InManySmallPieces()
    {
        // More than enough for several threads, in pieces of which each thread gets many.
        var bytes = new byte[40 << 20];
        var candidates = new List<MemoryRange>();
        var expected = new RangeList();
        var random = new Random(12);
        for (int at = 0; at < bytes.Length; at += 4096)
        {
            if (random.Next(3) == 0)
            {
                int place = at + random.Next(4090);
                bytes[place] = 1;
                expected.Add((ulong)place, (ulong)place + 1);
                candidates.Add(new MemoryRange((ulong)at, (ulong)at + 4096));
            }
        }

        Assert.Equal(expected.ToArray(), MemoryScanner.Scan(new ReadOnlySequence<byte>(bytes), [.. candidates]).ToArray());
    }

    [Fact]
    public void Find_CutsRangesAtTheEndsOfTheMapping_WhenTheyAreNoWholePages()
    {
        var bytes = new byte[3 << 20];
        Array.Fill(bytes, (byte)1);
        fixed (byte* start = &bytes[77])
        {
            Assert.Equal([new MemoryRange(0, (2 << 20) + 3)], TouchedPages.Find(start, (2 << 20) + 3));
        }
    }
}
