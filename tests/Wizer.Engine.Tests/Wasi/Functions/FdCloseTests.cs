using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_close")]
public class FdCloseTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void WhateverIsOpen_CanBeClosedOnce(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        for (uint fd = 0; fd <= World.Directory; fd++)
        {
            guest.Succeed("fd_close", fd);
            guest.Fails(Errno.Badf, "fd_close", fd);
            guest.Fails(Errno.Badf, "fd_fdstat_get", fd, 1024);
            guest.Fails(Errno.Badf, "fd_filestat_get", fd, 1024);
        }

        guest.Fails(Errno.Badf, "fd_close", World.Closed);
        guest.Fails(Errno.Badf, "fd_close", uint.MaxValue);
        Assert.Equal(Errno.Badf, guest.Open("f", out _));
    }

    [Fact]
    public void ADirectoryThatWasOpenedInAnother_OutlivesIt()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Succeed("fd_close", World.Root);
        Assert.Equal(Errno.Success, guest.Open("g", out uint fd, directory: World.Directory));
        Assert.Equal(World.Root, fd);
        Assert.Equal("content of g", guest.MustRead(fd));
        guest.Fails(Errno.Badf, "fd_prestat_get", World.Root, 1024);
    }
}
