using System.Buffers.Binary;
using System.Diagnostics;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "poll_oneoff")]
public class PollTests
{
    private const byte Clock = 0;
    private const byte Reading = 1;
    private const byte Writing = 2;

    [Fact]
    public void AClock_IsWaitedFor()
    {
        using var guest = new WasiGuest();
        uint events = guest.Allocate(64);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(1u, Poll(guest, events, ClockSubscription(7, 1, 30_000_000)));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 30, 10_000);
        Assert.Equal((7UL, 0, Clock), (guest.U64(events), guest.U16(events + 8), guest.Bytes(events + 10, 1)[0]));
    }

    [Fact]
    public void TheEarliestClock_IsReportedAlone()
    {
        var clock = new FakeClock { Now = 100 };
        using var guest = new WasiGuest(new WasiOptions { Clock = clock });
        uint events = guest.Allocate(96);
        Assert.Equal(
            1u,
            Poll(guest, events, ClockSubscription(1, 1, 500), ClockSubscription(2, 0, 400, isAbsolute: true), ClockSubscription(3, 1, ulong.MaxValue)));
        Assert.Equal(2UL, guest.U64(events));
        Assert.Equal(400UL, clock.Now);
        Assert.Equal(2u, Poll(guest, events, ClockSubscription(1, 1, 0), ClockSubscription(2, 0, 400, isAbsolute: true)));
    }

    [Fact]
    public void Descriptors_ThatNeverWait_AreReadyAtOnce()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite);
        uint events = guest.Allocate(256);
        Assert.Equal(
            4u,
            Poll(
                guest,
                events,
                ClockSubscription(1, 1, 10_000_000_000),
                FileSubscription(2, Reading, fd),
                FileSubscription(3, Writing, fd),
                FileSubscription(4, Reading, 0),
                FileSubscription(5, Writing, 1)));
        Assert.Equal((2UL, 0, Reading, 4UL), (guest.U64(events), guest.U16(events + 8), guest.Bytes(events + 10, 1)[0], guest.U64(events + 16)));
        Assert.Equal((5UL, 0, Writing), (guest.U64(events + 96), guest.U16(events + 104), guest.Bytes(events + 106, 1)[0]));
    }

    // As POSIX has it: whatever a file was opened for.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_AreAlwaysReady_AndTellWhatIsLeft(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint reading = guest.MustOpen("f");
        uint writing = guest.MustOpen("f", rights: Rights.FdWrite);
        Assert.Equal("tex", guest.MustRead(reading, 3));
        uint events = guest.Allocate(256);
        Assert.Equal(
            4u,
            Poll(
                guest,
                events,
                FileSubscription(1, Reading, reading),
                FileSubscription(2, Writing, reading),
                FileSubscription(3, Reading, writing),
                FileSubscription(4, Writing, writing)));
        for (uint i = 0; i < 4; i++)
        {
            Assert.Equal((i + 1UL, 0), (guest.U64(events + i * 32), guest.U16(events + i * 32 + 8)));
        }

        Assert.Equal(1UL, guest.U64(events + 16));
        guest.MustRead(reading);
        Assert.Equal(1u, Poll(guest, events, FileSubscription(1, Reading, reading)));
        Assert.Equal(0UL, guest.U64(events + 16));
    }

    [Fact]
    public void Clocks_ThatAreDueTogether_AreReportedTogether()
    {
        var clock = new FakeClock { Now = 100 };
        using var guest = new WasiGuest(new WasiOptions { Clock = clock });
        uint events = guest.Allocate(128);
        Assert.Equal(1u, Poll(guest, events, ClockSubscription(1, 0, 50), ClockSubscription(4, 2, 20, isAbsolute: true)));
        Assert.Equal(4UL, guest.U64(events));
        Assert.Equal(2u, Poll(guest, events, ClockSubscription(1, 0, 50), ClockSubscription(2, 1, 150, isAbsolute: true), ClockSubscription(3, 1, 51)));
        Assert.Equal((1UL, 2UL), (guest.U64(events), guest.U64(events + 32)));
        Assert.Equal(150UL, clock.Now);
    }

    // The events may take the place of the subscriptions.
    [Fact]
    public void Events_OverTheSubscriptions_AreRight()
    {
        using var guest = new WasiGuest(new WasiOptions { Clock = new FakeClock() });
        uint address = guest.Put([.. ClockSubscription(1, 0, 5), .. FileSubscription(2, Reading, 0), .. FileSubscription(3, Writing, 1)]);
        guest.Succeed("poll_oneoff", address, address, 3, address + 144);
        Assert.Equal(2u, guest.U32(address + 144));
        Assert.Equal((2UL, 3UL), (guest.U64(address), guest.U64(address + 32)));
    }

    [Fact]
    public void Mistakes_AreEvents()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        uint events = guest.Allocate(256);
        byte[] unknownType = FileSubscription(5, 3, 0);
        Assert.Equal(
            5u,
            Poll(
                guest,
                events,
                FileSubscription(1, Reading, 99),
                FileSubscription(2, Reading, 1),
                FileSubscription(3, Writing, WasiGuest.Root),
                ClockSubscription(4, 17, 0),
                unknownType));
        Errno[] errors = [.. Enumerable.Range(0, 5).Select(i => (Errno)guest.U16(events + (uint)i * 32 + 8))];
        Assert.Equal([Errno.Badf, Errno.Badf, Errno.Badf, Errno.Inval, Errno.Inval], errors);
    }

    [Fact]
    public void BadCounts_AndPointers_AreRefused()
    {
        using var guest = new WasiGuest();
        Assert.Equal(Errno.Inval, guest.Call("poll_oneoff", 1024, 1024, 0, 1024));
        Assert.Equal(Errno.Inval, guest.Call("poll_oneoff", 1024, 1024, 0xffffffff, 1024));
        Assert.Equal(Errno.Fault, guest.Call("poll_oneoff", 0xffffffff, 1024, 1, 1024));
        Assert.Equal(Errno.Fault, guest.Call("poll_oneoff", 1024, 0xffffffff, 1, 1024));
        Assert.Equal(Errno.Fault, guest.Call("poll_oneoff", 1024, 1024, 1, 0xffffffff));
    }

    [Fact]
    public void AWait_IsInterruptible()
    {
        using var guest = new WasiGuest();
        using var source = new CancellationTokenSource(millisecondsDelay: 50);
        guest.Interrupt = source.Token;
        uint subscriptions = guest.Put(ClockSubscription(1, 1, ulong.MaxValue));
        Assert.Equal(Errno.Intr, guest.Call("poll_oneoff", subscriptions, guest.Allocate(32), 1, guest.Allocate(4)));
    }

    [Fact]
    public void APipe_IsReadyWhenSomethingIsInIt_AndAClockEndsTheWait()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var guest = WasiGuest.WithDirectory(portable: false);
        using (Process process = Process.Start("mkfifo", Path.Join(guest.HostPath, "pipe")))
        {
            process.WaitForExit();
        }

        uint reader = guest.MustOpen("pipe");
        uint writer = guest.MustOpen("pipe", rights: Rights.FdWrite);
        uint events = guest.Allocate(96);
        Assert.Equal(1u, Poll(guest, events, FileSubscription(1, Reading, reader), ClockSubscription(2, 1, 50_000_000)));
        Assert.Equal(2UL, guest.U64(events));
        guest.MustWrite(writer, "x");
        Assert.Equal(1u, Poll(guest, events, FileSubscription(1, Reading, reader), ClockSubscription(2, 1, 60_000_000_000)));
        Assert.Equal(1UL, guest.U64(events));
        guest.MustRead(reader);
        using var source = new CancellationTokenSource(millisecondsDelay: 50);
        guest.Interrupt = source.Token;
        uint subscription = guest.Put(FileSubscription(1, Reading, reader));
        Assert.Equal(Errno.Intr, guest.Call("poll_oneoff", subscription, events, 1, guest.Allocate(4)));
    }

    private static uint Poll(WasiGuest guest, uint events, params byte[][] subscriptions)
    {
        uint address = guest.Put(subscriptions.SelectMany(static s => s).ToArray());
        uint count = guest.Allocate(4);
        guest.Succeed("poll_oneoff", address, events, (ulong)subscriptions.Length, count);
        return guest.U32(count);
    }

    private static byte[] ClockSubscription(ulong userData, uint clock, ulong timeout, bool isAbsolute = false)
    {
        byte[] bytes = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, userData);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), clock);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), timeout);
        bytes[40] = isAbsolute ? (byte)1 : (byte)0;
        return bytes;
    }

    private static byte[] FileSubscription(ulong userData, byte type, uint fd)
    {
        byte[] bytes = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, userData);
        bytes[8] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), fd);
        return bytes;
    }
}
