using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_fdstat_set_rights")]
public class FdFdstatSetRightsTests
{
    [Theory]
    [InlineData("fd_read", Rights.FdRead, Errno.Badf)]
    [InlineData("fd_seek", Rights.FdSeek, Errno.Notcapable)]
    [InlineData("fd_tell", Rights.FdTell, Errno.Notcapable)]
    [InlineData("fd_filestat_get", Rights.FdFilestatGet, Errno.Notcapable)]
    [InlineData("fd_filestat_set_times", Rights.FdFilestatSetTimes, Errno.Notcapable)]
    public void WhatIsGivenUp_IsGone_AndNothingElse(string function, object right, object errno)
    {
        using WasiGuest guest = World.Create(portable: false);
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite);
        uint vectors = guest.PutVectors(2048, 4);
        ulong[] arguments = function switch
        {
            "fd_read" => [fd, vectors, 1, 1024],
            "fd_seek" => [fd, 1, 0, 1024],
            "fd_tell" => [fd, 1024],
            "fd_filestat_get" => [fd, 1024],
            _ => [fd, 0, 0, 0],
        };
        guest.Succeed(function, arguments);
        guest.Succeed("fd_fdstat_set_rights", fd, (ulong)(Rights.File & ~(Rights)right), (ulong)Rights.File);
        guest.Fails((Errno)errno, function, arguments);
        guest.Succeed("fd_write", fd, vectors, 1, 1024);
    }

    [Theory]
    [InlineData("path_create_directory", Rights.PathCreateDirectory)]
    [InlineData("path_remove_directory", Rights.PathRemoveDirectory)]
    [InlineData("path_unlink_file", Rights.PathUnlinkFile)]
    [InlineData("path_readlink", Rights.PathReadlink)]
    [InlineData("path_symlink", Rights.PathSymlink)]
    [InlineData("path_rename", Rights.PathRenameSource)]
    [InlineData("path_rename", Rights.PathRenameTarget)]
    [InlineData("path_link", Rights.PathLinkSource)]
    [InlineData("path_link", Rights.PathLinkTarget)]
    [InlineData("path_filestat_get", Rights.PathFilestatGet)]
    [InlineData("path_filestat_set_times", Rights.PathFilestatSetTimes)]
    [InlineData("path_open", Rights.PathOpen)]
    [InlineData("fd_readdir", Rights.FdReaddir)]
    public void ADirectory_LosesOneFunctionAtATime(string function, object right)
    {
        using WasiGuest guest = World.Create(portable: false);
        uint path = guest.PutText("x", out uint length);
        ulong[] arguments = function switch
        {
            "path_readlink" => [World.Root, path, length, 1024, 10, 1040],
            "path_symlink" => [path, length, World.Root, path, length],
            "path_rename" => [World.Root, path, length, World.Root, path, length],
            "path_link" => [World.Root, 0, path, length, World.Root, path, length],
            "path_filestat_get" => [World.Root, 0, path, length, 1024],
            "path_filestat_set_times" => [World.Root, 0, path, length, 0, 0, 0],
            "path_open" => [World.Root, 0, path, length, 0, 0, 0, 0, 1024],
            "fd_readdir" => [World.Root, 2048, 64, 0, 1024],
            _ => [World.Root, path, length],
        };
        guest.Succeed("fd_fdstat_set_rights", World.Root, (ulong)(Rights.Preopen & ~(Rights)right), (ulong)Rights.PreopenInheriting);
        guest.Fails(Errno.Notcapable, function, arguments);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_rights", World.Root, (ulong)Rights.Preopen, 0);
        Assert.Equal(Errno.Success, guest.CallPath(right is Rights.PathCreateDirectory ? "path_remove_directory" : "path_create_directory", right is Rights.PathCreateDirectory ? "empty" : "new"));
    }

    [Fact]
    public void CreatingAndTruncating_AreRightsOfTheirOwn()
    {
        using WasiGuest guest = World.Create(portable: false);
        ulong rights = (ulong)(Rights.Directory & ~Rights.PathCreateFile);
        guest.Succeed("fd_fdstat_set_rights", World.Directory, rights, (ulong)Rights.Directory);
        Assert.Equal(Errno.Notcapable, guest.Open("new", out _, OpenFlags.Create, directory: World.Directory));
        Assert.Equal(Errno.Notcapable, guest.Open("g", out _, OpenFlags.Create, directory: World.Directory));
        Assert.Equal(Errno.Success, guest.Open("g", out _, directory: World.Directory));
    }

    [Fact]
    public void WhatIsNotInherited_NobodyBelowHas()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Succeed(
            "fd_fdstat_set_rights", World.Root, (ulong)Rights.Preopen,
            (ulong)(Rights.PreopenInheriting & ~(Rights.FdWrite | Rights.FdFilestatSetSize | Rights.PathUnlinkFile | Rights.FdTell)));
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite);
        Assert.Equal(Errno.Badf, guest.Write(fd, "x", out _));
        guest.Fails(Errno.Notcapable, "fd_tell", fd, 1024);
        guest.Fails(Errno.Notcapable, "fd_filestat_set_size", fd, 0);
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "link"));
        uint directory = guest.MustOpen("d", OpenFlags.Directory);
        Assert.Equal(Errno.Notcapable, guest.CallPath("path_unlink_file", "g", directory));

        // Nor do they come back one level below.
        Assert.Equal(Errno.Success, guest.Open("g", out fd, rights: Rights.FdRead | Rights.FdWrite, directory: directory));
        Assert.Equal(Errno.Badf, guest.Write(fd, "x", out _));
        guest.FileIsUntouched();
        Assert.Equal("content of g", guest.HostText("d/g"));
    }

    [Fact]
    public void FdFdstatSetRights_Fails_WithTheErrnoOfTheCause()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Fails(Errno.Badf, "fd_fdstat_set_rights", World.Closed, 0, 0);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_rights", World.Input, (ulong)(Rights.FdRead | Rights.FdWrite), 0);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_rights", World.Reading, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_rights", World.Reading, ulong.MaxValue, ulong.MaxValue);
        guest.Fails(Errno.Notcapable, "fd_fdstat_set_rights", World.Reading, 0, 1UL << 63);
        Assert.Equal("hello", guest.MustRead(World.Reading, 5));
    }
}
