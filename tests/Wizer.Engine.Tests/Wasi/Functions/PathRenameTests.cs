using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_rename")]
public class PathRenameTests
{
    [Theory]
    [InlineData("f", "new", "new")]
    [InlineData("f", "d/g", "d/g")]
    [InlineData("f", "link", "link")]
    [InlineData("f", "dangling", "dangling")]
    [InlineData("f", "up", "up")]
    [InlineData("d/../f", "dlink/new", "d/new")]
    public void AFile_MovesOverFilesAndLinks(string from, string to, string at)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.Rename(from, to));
            Assert.False(File.Exists(Path.Join(guest.HostPath, "f")));
            Assert.Null(new FileInfo(Path.Join(guest.HostPath, at)).LinkTarget);
            Assert.Equal("hello world", guest.HostText(at));
            Assert.Equal("secret", File.ReadAllText(Path.Join(guest.OutsidePath, "secret")));
        }
    }

    [Theory]
    [InlineData("link", "f")]
    [InlineData("up", "../outside")]
    [InlineData("dlink", "d")]
    [InlineData("dangling", "nothing")]
    public void ALink_MovesItself(string link, string target)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.Rename(link, "empty/moved"));
            Assert.Equal(target, new FileInfo(Path.Join(guest.HostPath, "empty", "moved")).LinkTarget);
            Assert.Equal(Errno.Noent, guest.Stat(link, out _, follow: false));
            guest.FileIsUntouched();
        }
    }

    [Theory]
    [InlineData("f", "empty", Errno.Isdir)]
    [InlineData("d", "f", Errno.Notdir)]
    [InlineData("d", "link", Errno.Notdir)]
    [InlineData("empty", "d", Errno.Notempty)]
    [InlineData("d", "d/sub", Errno.Inval)]
    [InlineData("f", "new/", Errno.Notdir)]
    [InlineData("f/", "new", Errno.Notdir)]
    [InlineData("none", "new", Errno.Noent)]
    [InlineData("f", "none/new", Errno.Noent)]
    [InlineData("f", "..", Errno.Perm)]
    [InlineData("f", "../outside/new", Errno.Perm)]
    [InlineData("f", "up/new", Errno.Perm)]
    [InlineData("f", "absolute/secret", Errno.Perm)]
    [InlineData("up/secret", "new", Errno.Perm)]
    [InlineData("../outside/secret", "new", Errno.Perm)]
    [InlineData("/etc/passwd", "new", Errno.Perm)]
    public void WhatCannotBe_ChangesNothing(string from, string to, object errno)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal((Errno)errno, guest.Rename(from, to));
            guest.FileIsUntouched();
            Assert.Equal("content of g", guest.HostText("d/g"));
            Assert.Equal([".", "..", "absolute", "d", "dangling", "dlink", "empty", "f", "link", "loop", "up"], guest.List(World.Root));
            Assert.Equal(["secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void ToItself_IsNothing_AndDirectoriesReplaceEmptyOnes(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        Assert.Equal(Errno.Success, guest.Rename("f", "f"));
        Assert.Equal(Errno.Success, guest.Rename("d", "d/"));
        guest.FileIsUntouched();
        Assert.Equal(Errno.Success, guest.Rename("d", "empty"));
        Assert.Equal("content of g", guest.HostText("empty/g"));

        // What is open stays open, and leads to where the file now is.
        Assert.Equal(Errno.Success, guest.Rename("f", "g"));
        Assert.Equal("hello world", guest.MustRead(World.Reading));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathRename_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint path = guest.PutText("f", out uint pathLength);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_rename", World.Root, address, length, World.Root, path, pathLength);
            guest.Fails(errno, "path_rename", World.Root, path, pathLength, World.Root, address, length);
        }

        foreach ((Errno errno, uint fd) in new[] { (Errno.Badf, World.Closed), (Errno.Notdir, World.Reading) })
        {
            guest.Fails(errno, "path_rename", fd, path, pathLength, World.Root, path, pathLength);
            guest.Fails(errno, "path_rename", World.Root, path, pathLength, fd, path, pathLength);
        }

        guest.FileIsUntouched();
    }
}
