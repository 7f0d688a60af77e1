using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_filestat_set_times")]
public class PathFilestatSetTimesTests
{
    private const ulong Time = 1_200_000_000_000_000_100;

    [Theory]
    [InlineData("f", "f")]
    [InlineData("link", "f")]
    [InlineData("d", "d")]
    [InlineData("dlink/g", "d/g")]
    [InlineData("d/..", ".")]
    public void WhatAPathLeadsTo_IsSet(string path, string changed)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, Set(guest, path, follow: true, Time, Time + 100, TimeFlags.Access | TimeFlags.Modification));
            Assert.Equal(Errno.Success, guest.Stat(changed, out uint stat));
            Assert.Equal((Time, Time + 100), (guest.U64(stat + 40), guest.U64(stat + 48)));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void ALink_IsSetInsteadOfItsTarget(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        File.SetLastWriteTimeUtc(Path.Join(guest.OutsidePath, "secret"), DateTime.UnixEpoch);
        Assert.Equal(Errno.Success, Set(guest, "link", follow: false, Time, Time, TimeFlags.Modification));
        Assert.Equal(Errno.Success, guest.Stat("link", out uint stat, follow: false));
        Assert.Equal(Time, guest.U64(stat + 48));
        Assert.Equal(Errno.Success, guest.Stat("f", out stat));
        Assert.NotEqual(Time, guest.U64(stat + 48));
        Assert.Equal(Errno.Perm, Set(guest, "up", follow: true, Time, Time, TimeFlags.Modification));
        Assert.Equal(Errno.Perm, Set(guest, "up/secret", follow: true, Time, Time, TimeFlags.Modification));
        Assert.Equal(Errno.Success, Set(guest, "up", follow: false, Time, Time, TimeFlags.Modification));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Path.Join(guest.OutsidePath, "secret")));
        Assert.NotEqual(2008, Directory.GetLastWriteTimeUtc(guest.OutsidePath).Year);
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathFilestatSetTimes_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_filestat_set_times", World.Root, 1, address, length, 0, 0, (ulong)TimeFlags.AccessNow);
        }

        Assert.Equal(Errno.Inval, Set(guest, "f", follow: true, 0, 0, TimeFlags.Access | TimeFlags.AccessNow));
        Assert.Equal(Errno.Inval, Set(guest, "f", follow: true, 0, 0, TimeFlags.Modification | TimeFlags.ModificationNow));
        Assert.Equal(Errno.Inval, Set(guest, "f", follow: true, 0, 0, (TimeFlags)16));
        Assert.Equal(Errno.Noent, Set(guest, "none", follow: true, 0, 0, TimeFlags.AccessNow));
        Assert.Equal(Errno.Noent, Set(guest, "none", follow: true, 0, 0, TimeFlags.None));
        Assert.Equal(Errno.Success, Set(guest, "f", follow: true, 0, 0, TimeFlags.None));
        uint path = guest.PutText("f", out uint pathLength);
        guest.Fails(Errno.Badf, "path_filestat_set_times", World.Closed, 0, path, pathLength, 0, 0, 0);
        guest.Fails(Errno.Notdir, "path_filestat_set_times", World.Reading, 0, path, pathLength, 0, 0, 0);
    }

    private static Errno Set(WasiGuest guest, string path, bool follow, ulong access, ulong modification, TimeFlags flags)
    {
        uint address = guest.PutText(path, out uint length);
        return guest.Call("path_filestat_set_times", World.Root, follow ? 1u : 0, address, length, access, modification, (ulong)flags);
    }
}
