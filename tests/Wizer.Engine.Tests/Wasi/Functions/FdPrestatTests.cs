using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_prestat_get")]
[Trait("function", "fd_prestat_dir_name")]
public class FdPrestatTests
{
    [Fact]
    public void APreopen_TellsItsName()
    {
        using WasiGuest guest = World.Create(portable: false);
        uint prestat = guest.PutVectors(0xffffffff, 0xffffffff);
        guest.Succeed("fd_prestat_get", World.Root, prestat);
        Assert.Equal((0xffffff00u, 6u), (guest.U32(prestat), guest.U32(prestat + 4)));
        uint name = guest.PutText("________", out _);
        guest.Succeed("fd_prestat_dir_name", World.Root, name, 6);
        Assert.Equal("/guest__", guest.Text(name, 8));
    }

    [Fact]
    public void AName_IsKnown_UntilItIsAskedForWithoutRoom()
    {
        using WasiGuest guest = World.Create(portable: false);
        var directory = (DirectoryDescriptor)guest.Find(World.Root);
        guest.Fails(Errno.Nametoolong, "fd_prestat_dir_name", World.Root, 1024, 5);
        guest.Fails(Errno.Fault, "fd_prestat_dir_name", World.Root, World.BadAddress, 6);
        Assert.False(directory.IsNameKnown);
        guest.Succeed("fd_prestat_dir_name", World.Root, 1024, 6);
        guest.Fails(Errno.Nametoolong, "fd_prestat_dir_name", World.Root, 1024, 5);
        Assert.True(directory.IsNameKnown);
        guest.Fails(Errno.Nametoolong, "fd_prestat_dir_name", World.Root, 1024, 0);
        Assert.False(directory.IsNameKnown);
    }

    [Fact]
    public void FdPrestat_Fails_WithTheErrnoOfTheCause()
    {
        using WasiGuest guest = World.Create(portable: false);
        foreach (uint fd in new[] { World.Input, World.Reading, World.Directory, World.Closed })
        {
            guest.Fails(Errno.Badf, "fd_prestat_get", fd, 1024);
            guest.Fails(fd == World.Closed ? Errno.Badf : Errno.Notdir, "fd_prestat_dir_name", fd, 1024, 100);
        }

        guest.Fails(Errno.Fault, "fd_prestat_get", World.Root, World.BadAddress);
        guest.Fails(Errno.Fault, "fd_prestat_dir_name", World.Root, World.BadAddress, 6);
        guest.Fails(Errno.Nametoolong, "fd_prestat_dir_name", World.Root, 1024, 5);
        guest.Fails(Errno.Nametoolong, "fd_prestat_dir_name", World.Root, 1024, 0);
    }
}
