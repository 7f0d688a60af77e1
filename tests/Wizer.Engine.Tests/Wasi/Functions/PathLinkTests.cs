using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_link")]
public class PathLinkTests
{
    [Fact]
    public void TheFile_HasTwoNames()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = World.Create(portable: false);
        Assert.Equal(Errno.Success, guest.Link("f", "d/second"));
        guest.MustWrite(World.Writing, "HELLO");
        Assert.Equal("HELLO world", guest.HostText("d/second"));
        Assert.Equal(Errno.Success, guest.Stat("f", out uint first));
        Assert.Equal(Errno.Success, guest.Stat("d/second", out uint second));
        Assert.Equal(2UL, guest.U64(first + 24));
        Assert.Equal(guest.U64(first + 8), guest.U64(second + 8));
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "f"));
        Assert.Equal("HELLO world", guest.HostText("d/second"));
    }

    [Fact]
    public void ALink_GetsASecondNameItself()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = World.Create(portable: false);
        Assert.Equal(Errno.Success, guest.Link("up", "second"));
        Assert.Equal("../outside", new FileInfo(Path.Join(guest.HostPath, "second")).LinkTarget);
        Assert.Equal(Errno.Perm, guest.Stat("second", out _));
    }

    [Theory]
    [InlineData("f", "f", Errno.Exist)]
    [InlineData("f", "link", Errno.Exist)]
    [InlineData("f", "dangling", Errno.Exist)]
    [InlineData("f", "d", Errno.Exist)]
    [InlineData("d", "new", Errno.Perm)]
    [InlineData("f/", "new", Errno.Notdir)]
    [InlineData("f", "new/", Errno.Noent)]
    [InlineData("none", "new", Errno.Noent)]
    [InlineData("up/secret", "new", Errno.Perm)]
    [InlineData("../outside/secret", "new", Errno.Perm)]
    [InlineData("absolute/secret", "new", Errno.Perm)]
    [InlineData("f", "up/new", Errno.Perm)]
    [InlineData("f", "../new", Errno.Perm)]
    [InlineData("f", "/new", Errno.Perm)]
    public void WhatCannotBe_ChangesNothing(string from, string to, object errno)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = World.Create(portable: false);
        Assert.Equal((Errno)errno, guest.Link(from, to));
        Assert.Equal([".", "..", "absolute", "d", "dangling", "dlink", "empty", "f", "link", "loop", "up"], guest.List(World.Root));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathLink_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint path = guest.PutText("f", out uint pathLength);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_link", World.Root, 0, address, length, World.Root, path, pathLength);
            guest.Fails(errno, "path_link", World.Root, 0, path, pathLength, World.Root, address, length);
        }

        foreach ((Errno errno, uint fd) in new[] { (Errno.Badf, World.Closed), (Errno.Notdir, World.Reading) })
        {
            guest.Fails(errno, "path_link", fd, 0, path, pathLength, World.Root, path, pathLength);
            guest.Fails(errno, "path_link", World.Root, 0, path, pathLength, fd, path, pathLength);
        }

        // The link that a name leads to cannot be given, as in the original; nor can the framework make links at all.
        uint link = guest.PutText("link", out uint linkLength);
        uint to = guest.PutText("new", out uint toLength);
        guest.Fails(Errno.Inval, "path_link", World.Root, 1, link, linkLength, World.Root, to, toLength);
        if (portable)
        {
            guest.Fails(Errno.Notsup, "path_link", World.Root, 0, path, pathLength, World.Root, to, toLength);
        }

        guest.FileIsUntouched();
    }
}
