using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Platform;
using Xunit;

namespace Wizer.Engine.Tests.Platform;

/// <summary>Pages that are sure to be written are there before they are, and no others.</summary>
public sealed unsafe class FreshPagesTests
{
    private const int MiB = 1 << 20;
    private const int WasmPage = 65_536;

    // Where the system takes no such advice, all that is left to see is that contents stay.
    private static bool CanSee => !FreshPages.IsRefused && OperatingSystem.IsLinux();

    [Fact]
    public void Supply_TouchesTheRange_AndNothingElse_AndKeepsContents()
    {
        int page = Environment.SystemPageSize;
        byte* start = Reserve(8 * MiB);
        start[MiB + 5] = 7;
        FreshPages.Supply(start + MiB + 1, MiB);
        Assert.Equal(7, start[MiB + 5]);
        if (CanSee)
        {
            Assert.Equal((MiB / page) + 1, CountResident(start, 8 * MiB));
        }

        AddressSpace.Release(start, 8 * MiB);
    }

    [Fact]
    public void Supply_LeavesWhatIsSmall()
    {
        byte* start = Reserve(MiB);
        FreshPages.Supply(start, FreshPages.MinByteLength - 1);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(0, CountResident(start, MiB));
        }

        AddressSpace.Release(start, MiB);
    }

    [Fact]
    public void SupplyUnlessResident_LooksAtThePageInTheMiddle()
    {
        byte* start = Reserve(4 * MiB);
        start[MiB] = 1;
        FreshPages.SupplyUnlessResident(start, 2 * MiB);
        if (CanSee)
        {
            Assert.Equal(1, CountResident(start, 4 * MiB));
        }

        FreshPages.SupplyUnlessResident(start, 4 * MiB);
        if (CanSee)
        {
            Assert.Equal(4 * MiB / Environment.SystemPageSize, CountResident(start, 4 * MiB));
        }

        AddressSpace.Release(start, 4 * MiB);
    }

    // Pages of WebAssembly's: how many there are, by how many the memory grows, whether the last one is in use, and how many of the
    // new ones are there then.
    [Theory]
    [InlineData(1, 1, true, 1)]
    [InlineData(1, 1, false, 0)]
    [InlineData(0, 1, false, 0)]
    [InlineData(1, 4, true, 4)]
    [InlineData(1, 5, true, 0)]
    [InlineData(100, 63, true, 0)]
    [InlineData(100, 64, false, 64)]
    [InlineData(63, 64, true, 0)]
    [InlineData(300, 256, false, 256)]
    [InlineData(300, 257, true, 0)]
    public void Growth_SuppliesWhatIsSoonWritten(uint before, uint delta, bool isInUse, int supplied)
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(before, null)));
        byte* grown = memory.Data->Base + ((ulong)before * WasmPage);
        if (isInUse)
        {
            grown[-1] = 1;
        }

        memory.Grow(delta);
        if (CanSee && memory.Data->ReservedByteLength != 0)
        {
            Assert.Equal(supplied * (WasmPage / Environment.SystemPageSize), CountResident(grown, (int)delta * WasmPage));
        }
    }

    [Theory]
    [InlineData(MiB)]
    [InlineData((int)BulkBytes.ChunkLength + MiB)]
    public void Fill_OfFreshPages_FillsThemAll(int count)
    {
        byte* start = Reserve(64 * MiB);
        start[count + 1] = 3;
        var context = default(GuestContext);
        Assert.Equal(TrapKind.None, BulkBytes.Fill(&context, start + 1, 9, (ulong)count));
        var bytes = new ReadOnlySpan<byte>(start, count + 2);
        Assert.Equal(0, bytes[0]);
        Assert.Equal(-1, bytes[1..^1].IndexOfAnyExcept((byte)9));
        Assert.Equal(3, bytes[^1]);
        AddressSpace.Release(start, 64 * MiB);
    }

    private static byte* Reserve(int byteLength)
    {
        byte* start = AddressSpace.TryReserve((ulong)byteLength);
        Assert.True(start != null && AddressSpace.TryCommit(start, 0, (ulong)byteLength));
        return start;
    }

    private static int CountResident(byte* start, int byteLength)
    {
        var pages = new byte[byteLength / Environment.SystemPageSize];
        fixed (byte* first = pages)
        {
            Assert.Equal(0, LinuxLibC.mincore(start, (nuint)byteLength, first));
        }

        return pages.Count(page => (page & 1) != 0);
    }
}
