using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class LinearMemoryTests
{
    public static TheoryData<bool> Reservation => [true, false];

    [Theory]
    [MemberData(nameof(Reservation))]
    public unsafe void Grow_KeepsTheBytes_AndAddsZeros(bool reserve)
    {
        using Store store = Create(reserve);
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, 4)));
        Assert.True(memory.TryGetSpan(65_535, 1, out Span<byte> last));
        last[0] = 7;
        byte* before = memory.Data->Base;

        Assert.Equal(1, memory.Grow(2));

        Assert.Equal(3UL, memory.PageCount);
        Assert.True(memory.TryGetSpan(65_535, 131_073, out Span<byte> all));
        Assert.Equal(7, all[0]);
        Assert.Equal(-1, all[1..].IndexOfAnyExcept((byte)0));
        if (reserve)
        {
            Assert.True(before == memory.Data->Base, "growth moved the base");
        }
    }

    [Theory]
    [MemberData(nameof(Reservation))]
    public void Grow_StopsAtTheMaximum(bool reserve)
    {
        using Store store = Create(reserve);
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, 3)));
        Assert.Equal(-1, memory.Grow(3));
        Assert.Equal(-1, memory.Grow(ulong.MaxValue));
        Assert.Equal(1, memory.Grow(2));
        Assert.Equal(3, memory.Grow(0));
        Assert.Equal(-1, memory.Grow(1));
    }

    [Fact]
    public void Grow_StopsAtTheStoresLimit()
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 5 * 65_536 });
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, null)));
        Assert.Equal(1, memory.Grow(4));
        Assert.Equal(-1, memory.Grow(1));
    }

    [Theory]
    [MemberData(nameof(Reservation))]
    public void Grow_StopsBeforeThePagesNoLongerFitAnI32(bool reserve)
    {
        using Store store = Create(reserve);
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, null), PageSizeLog2: 0));
        Assert.Equal(-1, memory.Grow(uint.MaxValue));
        Assert.Equal(1UL, memory.PageCount);
    }

    [Fact]
    public void Grow_ReachesFourGibibytes_WithoutTouchingThem()
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(0, null)));
        Assert.Equal(0, memory.Grow(65_536));
        Assert.Equal(-1, memory.Grow(1));
        Assert.True(memory.TryGetSpan((1UL << 32) - 1, 1, out Span<byte> last));
        last[0] = 1;
        Assert.False(memory.TryGetSpan(1UL << 32, 1, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void PageSize_CountsInItsOwnPages(byte pageSizeLog2)
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(5, 10_000), pageSizeLog2));
        Assert.Equal(5UL << pageSizeLog2, memory.ByteLength);
        Assert.Equal(5, memory.Grow(9_000));
        Assert.Equal(9_005UL << pageSizeLog2, memory.ByteLength);
        Assert.True(memory.TryGetSpan(memory.ByteLength - 1, 1, out Span<byte> last));
        last[0] = 1;
        Assert.Equal(-1, memory.Grow(996));
    }

    [Fact]
    public void Constructor_RejectsMinimum_BeyondTheLimit()
    {
        using var store = new Store(new EngineOptions { MaxMemoryByteLength = 65_536 });
        var error = Assert.Throws<WasmLimitException>(() => new LinearMemory(store, new MemoryType(new Limits(2, null))));
        Assert.Equal("memory minimum size of 2 pages exceeds the memory limit: 131072 bytes, when 65536 of 65536 are left", error.Message);
        Assert.Equal(EngineLimit.MemoryByteLength, error.Limit);
        Assert.Throws<WasmLimitException>(
            () => new LinearMemory(store, new MemoryType(new Limits(1UL << 48, null, Is64: true))));
    }

    [Fact]
    public void TryGetSpan_RefusesWhatReachesBeyond()
    {
        using var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, null)));
        Assert.True(memory.TryGetSpan(65_536, 0, out _));
        Assert.True(memory.TryGetSpan(0, 65_536, out _));
        Assert.False(memory.TryGetSpan(1, 65_536, out _));
        Assert.False(memory.TryGetSpan(ulong.MaxValue, 1, out _));
        Assert.False(memory.TryGetSpan(0, -1, out _));
    }

    [Fact]
    public void Access_AfterDispose_Throws()
    {
        var store = new Store();
        var memory = new LinearMemory(store, new MemoryType(new Limits(1, null)));
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.ByteLength);
        Assert.Throws<ObjectDisposedException>(() => new LinearMemory(store, new MemoryType(new Limits(1, null))));
    }

    private static Store Create(bool reserve) => new(new EngineOptions { ReserveAddressSpace = reserve });
}
