using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_filestat_set_times")]
public class FdFilestatSetTimesTests
{
    private const ulong Access = 1_000_000_000_000_000_100;
    private const ulong Modification = 1_500_000_000_000_000_200;

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void EachTime_IsSetOnItsOwn(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach (uint fd in new[] { World.Writing, World.Reading, World.Directory })
        {
            guest.Succeed("fd_filestat_set_times", fd, Access, Modification, (ulong)(TimeFlags.Access | TimeFlags.Modification));
            Assert.Equal((Access, Modification), Times(guest, fd));
            guest.Succeed("fd_filestat_set_times", fd, 100, 200, (ulong)TimeFlags.Access);
            Assert.Equal((100UL, Modification), Times(guest, fd));
            guest.Succeed("fd_filestat_set_times", fd, 300, 400, (ulong)TimeFlags.Modification);
            Assert.Equal((100UL, 400UL), Times(guest, fd));
            guest.Succeed("fd_filestat_set_times", fd, 300, 500, 0);
            Assert.Equal((100UL, 400UL), Times(guest, fd));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Now_IsTheHostsTime(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_filestat_set_times", World.Writing, 100, 100, (ulong)(TimeFlags.Access | TimeFlags.Modification));
        guest.Succeed("fd_filestat_set_times", World.Writing, 0, 0, (ulong)(TimeFlags.AccessNow | TimeFlags.ModificationNow));
        (ulong access, ulong modification) = Times(guest, World.Writing);
        ulong now = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        Assert.InRange(access / 1_000_000_000, now - 60, now + 5);
        Assert.InRange(modification / 1_000_000_000, now - 60, now + 5);
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdFilestatSetTimes_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, "fd_filestat_set_times", World.Writing, 0, 0, (ulong)(TimeFlags.Access | TimeFlags.AccessNow));
        guest.Fails(Errno.Inval, "fd_filestat_set_times", World.Writing, 0, 0, (ulong)(TimeFlags.Modification | TimeFlags.ModificationNow));
        guest.Fails(Errno.Inval, "fd_filestat_set_times", World.Writing, 0, 0, 16);
        guest.Fails(Errno.Inval, "fd_filestat_set_times", World.Directory, 0, 0, 15);
        guest.Fails(Errno.Badf, "fd_filestat_set_times", World.Output, 0, 0, (ulong)TimeFlags.AccessNow);
        guest.Fails(Errno.Badf, "fd_filestat_set_times", World.Closed, 0, 0, 0);
        guest.Succeed("fd_fdstat_set_rights", World.Writing, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, "fd_filestat_set_times", World.Writing, 0, 0, 0);
    }

    private static (ulong Access, ulong Modification) Times(WasiGuest guest, uint fd)
    {
        uint stat = guest.Allocate(Filestat.ByteLength);
        guest.Succeed("fd_filestat_get", fd, stat);
        return (guest.U64(stat + 40), guest.U64(stat + 48));
    }
}
