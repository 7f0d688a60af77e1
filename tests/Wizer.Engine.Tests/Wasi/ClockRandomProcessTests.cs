using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "clock_res_get")]
[Trait("function", "clock_time_get")]
[Trait("function", "proc_exit")]
[Trait("function", "proc_raise")]
[Trait("function", "random_get")]
[Trait("function", "sched_yield")]
public class ClockRandomProcessTests
{
    [Fact]
    public void Realtime_IsNow()
    {
        using var guest = new WasiGuest();
        uint result = guest.Allocate(8);
        guest.Succeed("clock_time_get", 0, 0, result);
        double seconds = guest.U64(result) / 1e9;
        Assert.InRange(seconds - (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds, -5, 5);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(3u)]
    public void EveryClock_AdvancesAndHasAResolution(uint clock)
    {
        using var guest = new WasiGuest();
        uint result = guest.Allocate(8);
        guest.Succeed("clock_res_get", clock, result);
        Assert.InRange(guest.U64(result), 1UL, 1_000_000_000UL);
        guest.Succeed("clock_time_get", clock, 1, result);
        ulong first = guest.U64(result);
        guest.Succeed("clock_time_get", clock, 1, result);
        Assert.True(guest.U64(result) >= first);
    }

    [Fact]
    public void UnknownClocks_AreInvalid_AndBadPointersFaults()
    {
        using var guest = new WasiGuest();
        Assert.Equal(Errno.Inval, guest.Call("clock_time_get", 4, 0, 1024));
        Assert.Equal(Errno.Inval, guest.Call("clock_res_get", 0xffffffff, 1024));
        Assert.Equal(Errno.Fault, guest.Call("clock_time_get", 0, 0, 0xfffffffa));
        Assert.Equal(Errno.Fault, guest.Call("clock_res_get", 0, 0xffffffff));
    }

    [Fact]
    public void RandomGet_FillsAllOfALargeBufferAndNothingElse()
    {
        using var guest = new WasiGuest();
        int length = WasiCall.ChunkByteLength - 2048;
        guest.Succeed("random_get", 1024, (ulong)length);
        Assert.Equal(0, guest.Bytes(0, 1024).IndexOfAnyExcept((byte)0) + 1);
        Assert.True(guest.Bytes(1024, 64).ContainsAnyExcept((byte)0));
        Assert.True(guest.Bytes(1024 + (uint)length - 64, 64).ContainsAnyExcept((byte)0));
        Assert.False(guest.Bytes(1024 + (uint)length, 1024).ContainsAnyExcept((byte)0));
        Assert.Equal(Errno.Fault, guest.Call("random_get", 1024, 0xffffffff));
        guest.Succeed("random_get", 1024, 0);
    }

    [Fact]
    public void RandomGet_AndClocks_GoThroughTheirSeams()
    {
        var clock = new FakeClock { Now = 42 };
        using var guest = new WasiGuest(new WasiOptions { Clock = clock, Random = new FakeRandom() });
        uint result = guest.Allocate(8);
        guest.Succeed("clock_time_get", 1, 0, result);
        Assert.Equal(42UL, guest.U64(result));
        guest.Succeed("random_get", result, 8);
        Assert.Equal(0x0706050403020100UL, guest.U64(result));
    }

    [Fact]
    public void RandomGet_IsInterruptible()
    {
        using var guest = new WasiGuest();
        using var source = new CancellationTokenSource();
        source.Cancel();
        guest.Interrupt = source.Token;
        Assert.Equal(Errno.Intr, guest.Call("random_get", 1024, 8));
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(1u, 1)]
    [InlineData(0xffffffffu, -1)]
    public void ProcExit_EndsTheGuest(uint argument, int exitCode)
    {
        using var guest = new WasiGuest();
        var exit = Assert.Throws<WasiExitException>(() => guest.Call("proc_exit", argument));
        Assert.Equal(exitCode, exit.ExitCode);
        Assert.Equal($"Exited with i32 exit status {exitCode}", exit.Message);
    }

    [Fact]
    public void SchedYield_Succeeds_AndThereIsNobodyToSignal()
    {
        using var guest = new WasiGuest();
        guest.Succeed("sched_yield");
        Assert.Equal(Errno.Notsup, guest.Call("proc_raise", 6));
    }
}

/// <summary>A clock that stands still, except while somebody sleeps.</summary>
internal sealed class FakeClock : IWasiClock
{
    public ulong Now { get; set; }

    public ulong GetTime(WasiClockId clock) => Now;

    public ulong GetResolution(WasiClockId clock) => 1;

    public void Sleep(ulong nanoseconds, CancellationToken interrupt) => Now += nanoseconds;
}

/// <summary>Counts instead of throwing dice.</summary>
internal sealed class FakeRandom : IWasiRandom
{
    public void Fill(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)i;
        }
    }
}
