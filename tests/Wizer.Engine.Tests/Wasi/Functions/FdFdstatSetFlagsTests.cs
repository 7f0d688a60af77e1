using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_fdstat_set_flags")]
public class FdFdstatSetFlagsTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Appending_IsSwitchedOnAndOff(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_fdstat_set_flags", World.Writing, (ulong)FdFlags.Append);
        guest.MustWrite(World.Writing, "!");
        Assert.Equal("hello world!", guest.HostText("f"));
        guest.Succeed("fd_fdstat_set_flags", World.Writing, 0);
        guest.Succeed("fd_seek", World.Writing, 0, 0, 1024);
        guest.MustWrite(World.Writing, "J");
        Assert.Equal("Jello world!", guest.HostText("f"));
    }

    [Fact]
    public void StandardStreams_CanBeMadeNotToWait()
    {
        using WasiGuest guest = World.Create(portable: false);
        uint stat = guest.Allocate(24);
        foreach (uint fd in new[] { World.Input, World.Output })
        {
            guest.Succeed("fd_fdstat_set_flags", fd, (ulong)FdFlags.Nonblock);
            guest.Succeed("fd_fdstat_get", fd, stat);
            Assert.Equal(FdFlags.Nonblock, (FdFlags)guest.U16(stat + 2));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdFdstatSetFlags_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, "fd_fdstat_set_flags", World.Writing, 32);
        guest.Fails(Errno.Inval, "fd_fdstat_set_flags", World.Writing, uint.MaxValue);
        foreach (FdFlags fixedAtOpening in new[] { FdFlags.Dsync, FdFlags.Rsync, FdFlags.Sync })
        {
            guest.Fails(Errno.Inval, "fd_fdstat_set_flags", World.Writing, (ulong)fixedAtOpening);
        }

        guest.Fails(Errno.Badf, "fd_fdstat_set_flags", World.Closed, 0);
        guest.Succeed("fd_fdstat_set_rights", World.Writing, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_flags", World.Writing, 0);
    }
}
