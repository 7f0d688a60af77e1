using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_filestat_set_size")]
public class FdFilestatSetSizeTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void AFile_IsCutAndFilled_AndThePositionStays(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_seek", World.Writing, 8, 0, 1024);
        guest.Succeed("fd_filestat_set_size", World.Writing, 3);
        Assert.Equal("hel", guest.HostText("f"));
        guest.Succeed("fd_tell", World.Writing, 1024);
        Assert.Equal(8UL, guest.U64(1024));
        guest.Succeed("fd_filestat_set_size", World.Writing, 5);
        Assert.Equal("hel\0\0", guest.HostText("f"));
        Assert.Equal("hel\0\0", guest.MustRead(World.Reading));
        guest.Succeed("fd_filestat_set_size", World.Writing, 0);
        Assert.Equal("", guest.HostText("f"));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdFilestatSetSize_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, "fd_filestat_set_size", World.Reading, 0);
        guest.Fails(Errno.Inval, "fd_filestat_set_size", World.Writing, ulong.MaxValue);
        guest.Fails(Errno.Inval, "fd_filestat_set_size", World.Output, 0);
        guest.Fails(Errno.Inval, "fd_filestat_set_size", World.Input, 0);
        guest.Fails(Errno.Badf, "fd_filestat_set_size", World.Directory, 0);
        guest.Fails(Errno.Badf, "fd_filestat_set_size", World.Closed, 0);
        guest.Succeed("fd_fdstat_set_rights", World.Writing, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, "fd_filestat_set_size", World.Writing, 0);
        guest.FileIsUntouched();
    }
}
