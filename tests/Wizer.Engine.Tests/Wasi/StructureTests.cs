using System.Buffers.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>What a call leaves in memory is part of the snapshot, to the byte, and equal to what the original leaves there.</summary>
public class StructureTests
{
    [Fact]
    public void Fdstat_LeavesTheBytesBetweenItsFields()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        Assert.Equal([1, 4, 5, 6, 7], Untouched(guest, 24, "fd_fdstat_get", WasiGuest.Root));
    }

    [Fact]
    public void Prestat_LeavesTheBytesBetweenItsFields()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        Assert.Equal([1, 2, 3], Untouched(guest, 8, "fd_prestat_get", WasiGuest.Root));
    }

    [Fact]
    public void Filestat_LeavesTheBytesBetweenItsFields()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        Assert.Equal([17, 18, 19, 20, 21, 22, 23], Untouched(guest, 64, "fd_filestat_get", WasiGuest.Root));
    }

    [Fact]
    public void Event_LeavesTheBytesBetweenItsFields()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        byte[] subscription = new byte[48];
        BinaryPrimitives.WriteUInt32LittleEndian(subscription.AsSpan(16), 1);
        uint wanted = guest.Put(subscription);
        uint count = guest.Allocate(4);
        int[] untouched = Untouched(guest, 32, result => guest.Succeed("poll_oneoff", wanted, result, 1, count));
        Assert.Equal([11, 12, 13, 14, 15, 26, 27, 28, 29, 30, 31], untouched);
    }

    private static int[] Untouched(WasiGuest guest, int byteLength, string function, uint fd) =>
        Untouched(guest, byteLength, result => guest.Succeed(function, fd, result));

    // Twice, since a field may happen to hold what was there before.
    private static int[] Untouched(WasiGuest guest, int byteLength, Action<uint> call)
    {
        uint result = guest.Allocate(byteLength);
        IEnumerable<int> untouched = Enumerable.Range(0, byteLength);
        foreach (byte old in (byte[])[0xa5, 0x5a])
        {
            guest.Bytes(result, byteLength).Fill(old);
            call(result);
            byte[] bytes = guest.Bytes(result, byteLength).ToArray();
            untouched = [.. untouched.Where(i => bytes[i] == old)];
        }

        return [.. untouched];
    }
}
