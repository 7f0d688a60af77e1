using System.Buffers.Binary;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>What a guest sees when it is not to see the machine.</summary>
public class DeterministicTests
{
    private const ulong Millisecond = 1_000_000;
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void Clocks_BeginWhereTold_AndMoveWithEachLook()
    {
        using WasiGuest guest = Guest(new DeterministicOptions { UnixSeconds = 1_700_000_000 });
        uint result = guest.Allocate(8);
        Assert.Equal(1_700_000_000 * Second, Time(guest, 0));
        Assert.Equal(2 * Millisecond, Time(guest, 1));
        Assert.Equal(1_700_000_000 * Second + 2 * Millisecond, Time(guest, 0));
        Assert.Equal(4 * Millisecond, Time(guest, 2));
        Assert.Equal(5 * Millisecond, Time(guest, 3));
        for (ulong clock = 0; clock < 4; clock++)
        {
            guest.Succeed("clock_res_get", clock, result);
            Assert.Equal(Millisecond, guest.U64(result));
        }
    }

    [Fact]
    public void Sleeping_TakesNoTimeButMovesTheClocks()
    {
        using WasiGuest guest = Guest(new DeterministicOptions());
        Assert.Equal(0UL, Time(guest, 0));
        Assert.Equal([2UL], Poll(guest, Clock(1, 7200 * Second), Clock(2, 3600 * Second)));
        Assert.InRange(Time(guest, 0), 3600 * Second, 3601 * Second);

        // The latest of times is not passed.
        Assert.Equal([1UL], Poll(guest, Clock(1, ulong.MaxValue)));
        Assert.Equal(ulong.MaxValue, Time(guest, 1));
        Assert.Equal(ulong.MaxValue, Time(guest, 0));
    }

    [Fact]
    public void TheLatestTime_IsWhatAClockCanSay()
    {
        using WasiGuest guest = Guest(new DeterministicOptions { UnixSeconds = DeterministicOptions.MaxUnixSeconds });
        Assert.Equal(18_446_744_073 * Second, Time(guest, 0));
        Assert.Throws<ArgumentOutOfRangeException>(
            static () => new DeterministicOptions { UnixSeconds = DeterministicOptions.MaxUnixSeconds + 1 });
    }

    // The reference values of SplitMix64, in little-endian order: they must never change.
    [Fact]
    public void RandomBytes_AreThoseOfSplitMix64()
    {
        using WasiGuest guest = Guest(new DeterministicOptions { RandomSeed = 1234567 });
        uint buffer = guest.Allocate(24);
        guest.Succeed("random_get", buffer, 24);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            [guest.U64(buffer), guest.U64(buffer + 8), guest.U64(buffer + 16)]);
        using WasiGuest other = Guest(new DeterministicOptions());
        other.Succeed("random_get", buffer, 8);
        Assert.Equal(0xe220a8397b1dcdafUL, other.U64(buffer));
    }

    [Fact]
    public void RandomBytes_AreOneSequence_HoweverTheyAreAskedFor()
    {
        using WasiGuest whole = Guest(new DeterministicOptions { RandomSeed = 5 });
        using WasiGuest pieces = Guest(new DeterministicOptions { RandomSeed = 5 });
        const int Length = 400;
        whole.Succeed("random_get", 4096, Length);
        uint at = 4096;
        foreach (uint length in new uint[] { 1, 7, 8, 9, 16, 17, 3, 0, 5, 100, 2, 64, 168 })
        {
            pieces.Succeed("random_get", at, length);
            at += length;
        }

        Assert.Equal(4096u + Length, at);
        Assert.True(whole.Bytes(4096, Length).SequenceEqual(pieces.Bytes(4096, Length)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_HaveNothingOfTheHost(bool portable)
    {
        using WasiGuest first = WasiGuest.WithDirectory(portable, new WasiOptions { Deterministic = new DeterministicOptions { UnixSeconds = 42 } });
        using WasiGuest second = WasiGuest.WithDirectory(portable, new WasiOptions { Deterministic = new DeterministicOptions { UnixSeconds = 42 } });
        string[] names = ["a", "b", "c/d", "c/e"];
        foreach (string name in names)
        {
            Create(first, name, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        foreach (string name in names.Reverse())
        {
            Create(second, name, new DateTime(2011, 12, 13, 14, 15, 16, DateTimeKind.Utc));
        }

        Assert.Equal(Look(first), Look(second));

        byte[] seen = Look(first);
        using WasiGuest host = WasiGuest.WithDirectory(portable);
        foreach (string name in names)
        {
            Create(host, name, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        Assert.NotEqual(seen, Look(host));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inodes_AreOfThePath_WhicheverWayIsTaken(bool portable)
    {
        using WasiGuest guest = WasiGuest.WithDirectory(portable, new WasiOptions { Deterministic = new DeterministicOptions() });
        Create(guest, "c/d", DateTime.UnixEpoch);
        Create(guest, "e", DateTime.UnixEpoch);
        Assert.Equal(Errno.Success, guest.Symlink("c/d", "link"));
        ulong inode = Inode(guest, "c/d");
        Assert.NotEqual(0UL, inode);
        Assert.Equal(inode, Inode(guest, "link"));
        Assert.Equal(inode, Inode(guest, "./c/../c//d"));
        Assert.NotEqual(inode, Inode(guest, "e"));
        Assert.Equal(Inode(guest, "c"), Inode(guest, "c/."));
        Assert.Equal(Inode(guest, "."), Inode(guest, "c/.."));
        uint stat = guest.Allocate(64);
        guest.Succeed("fd_filestat_get", guest.MustOpen("c/../c/d"), stat);
        Assert.Equal(inode, guest.U64(stat + 8));
        Assert.Equal((1UL, 1UL), (guest.U64(stat), guest.U64(stat + 24)));
        guest.Succeed("fd_filestat_get", guest.MustOpen("c", OpenFlags.Directory), stat);
        Assert.Equal(Inode(guest, "c"), guest.U64(stat + 8));
        Assert.Equal(0UL, guest.U64(stat + 32));
    }

    [Fact]
    public void APipe_IsReadToTheEndOfTheBuffer_EvenWhenTheGuestWouldNotWait()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = WasiGuest.WithDirectory(portable: false, new WasiOptions { Deterministic = new DeterministicOptions() });
        string path = Path.Join(guest.HostPath, "pipe");
        using (var process = System.Diagnostics.Process.Start("mkfifo", path))
        {
            process.WaitForExit();
        }

        uint reader = guest.MustOpen("pipe", fdFlags: FdFlags.Nonblock);
        Task writer = Task.Run(() =>
        {
            using FileStream stream = File.OpenWrite(path);
            foreach (string piece in new[] { "some", "thing ", "in pieces" })
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(piece));
                stream.Flush();
                Thread.Sleep(30);
            }
        });
        uint count = guest.Allocate(4);
        uint subscription = guest.Put([.. new byte[8], 1, .. new byte[7], (byte)reader, .. new byte[31]]);
        guest.Succeed("poll_oneoff", subscription, guest.Allocate(32), 1, count);
        Assert.Equal("something in", guest.MustRead(reader, 12));
        Assert.Equal(" pieces", guest.MustRead(reader, 12));
        writer.GetAwaiter().GetResult();
    }

    [Fact]
    public void NoCall_CountsAsNondeterministic()
    {
        using WasiGuest guest = WasiGuest.WithDirectory(portable: false, new WasiOptions { Deterministic = new DeterministicOptions(), InheritStdio = true });
        CallEverythingThatVaries(guest);
        Assert.All(guest.Functions, static f => Assert.Equal(0, f.NondeterministicCallCount));
    }

    [Fact]
    public void Counts_TellTheCallsWhoseAnswersVary()
    {
        using WasiGuest guest = WasiGuest.WithDirectory(portable: false, new WasiOptions { IsEnvironmentInherited = true });
        CallEverythingThatVaries(guest);
        Assert.Equal(
            [
                "clock_res_get 1/1", "clock_time_get 1/2", "environ_get 1/1", "environ_sizes_get 1/1", "fd_fdstat_get 0/2",
                "fd_filestat_get 1/2", "fd_readdir 1/1", "path_filestat_get 1/2", "path_open 0/1", "poll_oneoff 1/2", "random_get 1/2",
            ],
            guest.Functions.Where(static f => f.CallCount != 0)
                .Select(static f => $"{f.Name} {f.NondeterministicCallCount}/{f.CallCount}"));
    }

    [Fact]
    public void Counts_LeaveOutTheSourcesOfTheEmbedder()
    {
        using var guest = new WasiGuest(new WasiOptions { Clock = new FakeClock(), Random = new FakeRandom() });
        guest.Succeed("clock_time_get", 0, 0, 1024);
        guest.Succeed("clock_res_get", 0, 1024);
        guest.Succeed("random_get", 1024, 8);
        guest.Succeed("environ_sizes_get", 1024, 1028);
        Assert.All(guest.Functions, static f => Assert.Equal(0, f.NondeterministicCallCount));
    }

    private static void CallEverythingThatVaries(WasiGuest guest)
    {
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint fd = guest.MustOpen("f");
        uint result = guest.Allocate(256);
        guest.Succeed("clock_res_get", 1, result);
        guest.Succeed("clock_time_get", 1, 0, result);
        Assert.Equal(Errno.Inval, guest.Call("clock_time_get", 9, 0, result));
        guest.Succeed("environ_sizes_get", result, result + 4);
        guest.Succeed("environ_get", result, result + 4);
        guest.Succeed("fd_fdstat_get", fd, result);
        guest.Succeed("fd_fdstat_get", 2, result);
        guest.Succeed("fd_filestat_get", fd, result);
        guest.Succeed("fd_filestat_get", 0, result);
        guest.Succeed("fd_readdir", WasiGuest.Root, result, 64, 0, result + 128);
        Assert.Equal(Errno.Success, guest.Stat("f", out _));
        Assert.Equal(Errno.Noent, guest.Stat("g", out _));
        Poll(guest, Clock(1, 1));
        Poll(guest, Clock(1, 1), Clock(1, 2));
        guest.Succeed("random_get", result, 8);
        guest.Succeed("random_get", result, 0);
    }

    private static WasiGuest Guest(DeterministicOptions options) => new(new WasiOptions { Deterministic = options });

    private static ulong Time(WasiGuest guest, uint clock)
    {
        uint result = guest.Allocate(8);
        guest.Succeed("clock_time_get", clock, 0, result);
        return guest.U64(result);
    }

    private static byte[] Clock(ulong userData, ulong timeout)
    {
        byte[] bytes = new byte[48];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, userData);
        bytes[16] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), timeout);
        return bytes;
    }

    private static ulong[] Poll(WasiGuest guest, params byte[][] subscriptions)
    {
        uint address = guest.Put(subscriptions.SelectMany(static s => s).ToArray());
        uint events = guest.Allocate(32 * subscriptions.Length);
        uint count = guest.Allocate(4);
        guest.Succeed("poll_oneoff", address, events, (ulong)subscriptions.Length, count);
        return [.. Enumerable.Range(0, (int)guest.U32(count)).Select(i => guest.U64(events + (uint)i * 32))];
    }

    private static void Create(WasiGuest guest, string name, DateTime time)
    {
        string path = Path.Join(guest.HostPath, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, name);
        File.SetLastWriteTimeUtc(path, time);
        File.SetLastAccessTimeUtc(path, time.AddDays(1));
    }

    private static ulong Inode(WasiGuest guest, string path)
    {
        Assert.Equal(Errno.Success, guest.Stat(path, out uint stat));
        return guest.U64(stat + 8);
    }

    /// <summary>All that the functions tell about the files.</summary>
    private static byte[] Look(WasiGuest guest)
    {
        var seen = new List<byte>();
        uint buffer = guest.Allocate(512);
        foreach (string path in new[] { ".", "a", "b", "c", "c/d", "c/e" })
        {
            Assert.Equal(Errno.Success, guest.Stat(path, out uint stat));
            seen.AddRange(guest.Bytes(stat, 64));
            uint fd = guest.MustOpen(path);
            guest.Succeed("fd_filestat_get", fd, stat);
            seen.AddRange(guest.Bytes(stat, 64));
            guest.Succeed("fd_close", fd);
        }

        foreach (uint directory in new[] { WasiGuest.Root, guest.MustOpen("c", OpenFlags.Directory) })
        {
            guest.Succeed("fd_readdir", directory, buffer, 500, 0, buffer + 504);
            seen.AddRange(guest.Bytes(buffer, (int)guest.U32(buffer + 504)));
        }

        return seen.ToArray();
    }
}
