using System.Diagnostics;
using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

/// <summary>What the official scripts do not try: waiting, other memories, 64-bit addresses, the order of checks.</summary>
public sealed class AtomicTests
{
    private const ulong TimedOut = 2;

    [Fact]
    public void Wait_LetsTheTimePass()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1 1 shared)
              (func (export "wait32") (result i32) (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const 30000000)))
              (func (export "wait64") (result i32) (memory.atomic.wait64 (i32.const 8) (i64.const 0) (i64.const 1))))
            """);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal([TimedOut], instance.Invoke("wait32"));
        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromMilliseconds(25));
        Assert.Equal([TimedOut], instance.Invoke("wait64"));
    }

    [Fact]
    public void Wait_CanBeInterrupted()
    {
        using var interrupt = new CancellationTokenSource();
        using var store = new Store(interrupt: interrupt.Token);
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1 1 shared)
              (func (export "go") (result i32)
                (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0x7fffffffffffffff))))
            """);
        interrupt.CancelAfter(30);
        Assert.Throws<OperationCanceledException>(() => instance.Invoke("go"));
    }

    [Fact]
    public void Wait_WithoutATimeout_IsAnErrorAndNoHang()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1 1 shared)
              (func (export "go") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("go"));
        Assert.StartsWith("deadlock", trap.Message, StringComparison.Ordinal);
        Assert.Single(trap.Backtrace);
    }

    [Theory]
    [InlineData("(memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))", TrapKind.ExpectedSharedMemory)]
    [InlineData("(memory.atomic.wait64 (i32.const 4) (i64.const 0) (i64.const 0))", TrapKind.UnalignedAtomic)]
    [InlineData("(memory.atomic.notify (i32.const 65536) (i32.const 0))", TrapKind.MemoryOutOfBounds)]
    [InlineData("(memory.atomic.notify (i32.const 2) (i32.const 0))", TrapKind.UnalignedAtomic)]
    [InlineData("(i32.atomic.load (i32.const 65536))", TrapKind.MemoryOutOfBounds)]
    [InlineData("(i32.atomic.load offset=2 (i32.const -2))", TrapKind.MemoryOutOfBounds)]
    [InlineData("(i32.atomic.load offset=1 (i32.const 0))", TrapKind.UnalignedAtomic)]
    [InlineData("(i32.atomic.rmw16.add_u (i32.const 65536) (i32.const 0))", TrapKind.MemoryOutOfBounds)]
    public void Access_Traps(string access, TrapKind kind)
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, $"(module (memory 1) (func (export \"go\") (drop {access})))");
        Assert.Equal(kind, Assert.Throws<WasmTrapException>(() => instance.Invoke("go")).Kind);
    }

    [Theory]
    [InlineData("i64.atomic.rmw8.add_u", 0xff, 0x102, 0x01)]
    [InlineData("i64.atomic.rmw16.sub_u", 0x0001, 0x2, 0xffff)]
    [InlineData("i64.atomic.rmw32.xchg_u", 0x1, 0x1_2345_6789, 0x2345_6789)]
    [InlineData("i64.atomic.rmw.xor", 0xf0, 0xff, 0x0f)]
    public void ReadModifyWrite_StaysWithinItsWidth(string instruction, long before, long operand, long after)
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, $$"""
            (module (memory 1) (memory $m i64 1)
              (func (export "go") (result i64 i64)
                (i64.store $m (i64.const 16) (i64.const {{before}}))
                ({{instruction}} $m (i64.const 16) (i64.const {{operand}}))
                (i64.load $m (i64.const 16))))
            """);
        Assert.Equal([(ulong)before, (ulong)after], instance.Invoke("go"));
    }

    [Fact]
    public void CompareExchange_ComparesWithinItsWidth()
    {
        using var store = new Store();
        Instance instance = Guest.Instantiate(store, """
            (module (memory 1)
              (func (export "go") (result i32)
                (i32.store8 (i32.const 0) (i32.const 0x80))
                (drop (i32.atomic.rmw8.cmpxchg_u (i32.const 0) (i32.const 0xffffff80) (i32.const 0x1234)))
                (i32.load (i32.const 0))))
            """);
        Assert.Equal([0x34UL], instance.Invoke("go"));
    }
}
