using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_seek")]
[Trait("function", "fd_tell")]
public class FdSeekTests
{
    [Theory]
    [InlineData(false, 0L, Whence.Start, 0UL)]
    [InlineData(false, 3L, Whence.Current, 8UL)]
    [InlineData(false, -5L, Whence.Current, 0UL)]
    [InlineData(false, 0L, Whence.End, 11UL)]
    [InlineData(false, -11L, Whence.End, 0UL)]
    [InlineData(false, 100L, Whence.End, 111UL)]
    [InlineData(false, 1L << 40, Whence.Start, 1UL << 40)]
    [InlineData(true, 0L, Whence.Start, 0UL)]
    [InlineData(true, 3L, Whence.Current, 8UL)]
    [InlineData(true, -5L, Whence.Current, 0UL)]
    [InlineData(true, 0L, Whence.End, 11UL)]
    [InlineData(true, -11L, Whence.End, 0UL)]
    [InlineData(true, 100L, Whence.End, 111UL)]
    [InlineData(true, 1L << 40, Whence.Start, 1UL << 40)]
    public void ThePosition_IsWhereItWasTold(bool portable, long offset, object whence, ulong expected)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_seek", World.Reading, 5, (ulong)Whence.Start, 1024);
        guest.Succeed("fd_seek", World.Reading, (ulong)offset, (ulong)(Whence)whence, 1024);
        Assert.Equal(expected, guest.U64(1024));
        guest.Succeed("fd_tell", World.Reading, 1032);
        Assert.Equal(expected, guest.U64(1032));
        string rest = expected < 11 ? "hello world"[(int)expected..] : "";
        Assert.Equal(rest, guest.MustRead(World.Reading));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Errors_LeaveThePosition(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_seek", World.Reading, 5, (ulong)Whence.Start, 1024);
        guest.Fails(Errno.Inval, "fd_seek", World.Reading, ulong.MaxValue, (ulong)Whence.Start, 1024);
        guest.Fails(Errno.Inval, "fd_seek", World.Reading, unchecked((ulong)-6), (ulong)Whence.Current, 1024);
        guest.Fails(Errno.Inval, "fd_seek", World.Reading, unchecked((ulong)-12), (ulong)Whence.End, 1024);
        guest.Fails(Errno.Inval, "fd_seek", World.Reading, 0, 3, 1024);
        guest.Fails(Errno.Inval, "fd_seek", World.Reading, 0, uint.MaxValue, 1024);
        guest.Fails(Errno.Fault, "fd_seek", World.Reading, 0, 0, World.BadAddress);
        guest.Fails(Errno.Fault, "fd_tell", World.Reading, World.BadAddress);
        Assert.Equal(" world", guest.MustRead(World.Reading));

        foreach ((Errno errno, uint fd) in new[]
        {
            (Errno.Spipe, World.Input), (Errno.Spipe, World.Output), (Errno.Badf, World.Directory), (Errno.Badf, World.Root),
            (Errno.Badf, World.Closed),
        })
        {
            guest.Fails(errno, "fd_seek", fd, 0, 0, 1024);
            guest.Fails(errno, "fd_tell", fd, 1024);
        }
    }

    [Fact]
    public void WhoMayTell_MaySeekNowhere()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Succeed("fd_fdstat_set_rights", World.Reading, (ulong)(Rights.FdRead | Rights.FdTell), 0);
        guest.Succeed("fd_seek", World.Reading, 0, (ulong)Whence.Current, 1024);
        guest.Succeed("fd_tell", World.Reading, 1024);
        guest.Fails(Errno.Notcapable, "fd_seek", World.Reading, 1, (ulong)Whence.Current, 1024);
        guest.Fails(Errno.Notcapable, "fd_seek", World.Reading, 0, (ulong)Whence.Start, 1024);
    }
}
