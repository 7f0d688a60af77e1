using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_create_directory")]
public class PathCreateDirectoryTests
{
    [Theory]
    [InlineData("new")]
    [InlineData("new/")]
    [InlineData("d/new//")]
    [InlineData("dlink/new")]
    [InlineData("d/../empty/./new")]
    public void ADirectory_IsWhereThePathSays(string path)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.CallPath("path_create_directory", path));
            Assert.True(Directory.Exists(Path.Join(guest.HostPath, path)));
            Assert.Equal(Errno.Exist, guest.CallPath("path_create_directory", path));
        }
    }

    [Theory]
    [InlineData("f", Errno.Exist)]
    [InlineData("d", Errno.Exist)]
    [InlineData("d/.", Errno.Exist)]
    [InlineData(".", Errno.Exist)]
    [InlineData("d/..", Errno.Exist)]
    [InlineData("link", Errno.Exist)]
    [InlineData("dangling", Errno.Exist)]
    [InlineData("loop", Errno.Exist)]
    [InlineData("up", Errno.Exist)]
    [InlineData("absolute", Errno.Exist)]
    [InlineData("up/new", Errno.Perm)]
    [InlineData("absolute/new", Errno.Perm)]
    [InlineData("../new", Errno.Perm)]
    [InlineData("/new", Errno.Perm)]
    public void WhatIsThere_OrOutside_IsRefused(string path, object errno)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal((Errno)errno, guest.CallPath("path_create_directory", path));
            Assert.Equal(["secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathCreateDirectory_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest).Where(static p => p.Errno != Errno.Perm))
        {
            guest.Fails(errno, "path_create_directory", World.Root, address, length);
        }

        Assert.Equal(Errno.Badf, guest.CallPath("path_create_directory", "new", World.Closed));
        Assert.Equal(Errno.Notdir, guest.CallPath("path_create_directory", "new", World.Reading));
    }
}
