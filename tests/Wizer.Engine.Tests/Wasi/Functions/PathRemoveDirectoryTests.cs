using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_remove_directory")]
public class PathRemoveDirectoryTests
{
    [Theory]
    [InlineData("empty")]
    [InlineData("empty/")]
    [InlineData("d/../empty")]
    public void AnEmptyDirectory_IsRemoved(string path)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.CallPath("path_remove_directory", path));
            Assert.False(Directory.Exists(Path.Join(guest.HostPath, "empty")));
            Assert.Equal(Errno.Noent, guest.CallPath("path_remove_directory", path));
        }
    }

    [Theory]
    [InlineData("d", Errno.Notempty)]
    [InlineData("d/", Errno.Notempty)]
    [InlineData("f", Errno.Notdir)]
    [InlineData("link", Errno.Notdir)]
    [InlineData("dlink", Errno.Notdir)]
    [InlineData("dangling", Errno.Notdir)]
    [InlineData("up", Errno.Notdir)]
    [InlineData("up/", Errno.Notdir)]
    [InlineData(".", Errno.Inval)]
    [InlineData("empty/.", Errno.Inval)]
    [InlineData("..", Errno.Perm)]
    [InlineData("../outside", Errno.Perm)]
    [InlineData("/tmp", Errno.Perm)]
    public void EverythingElse_Stays(string path, object errno)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            File.Delete(Path.Join(guest.OutsidePath, "secret"));
            Assert.Equal((Errno)errno, guest.CallPath("path_remove_directory", path));
            Assert.True(Directory.Exists(guest.OutsidePath));
            Assert.True(Directory.Exists(Path.Join(guest.HostPath, "empty")));
            Assert.NotNull(new FileInfo(Path.Join(guest.HostPath, "up")).LinkTarget);
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathRemoveDirectory_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_remove_directory", World.Root, address, length);
        }

        Assert.Equal(Errno.Badf, guest.CallPath("path_remove_directory", "empty", World.Closed));
        Assert.Equal(Errno.Notdir, guest.CallPath("path_remove_directory", "empty", World.Writing));
    }
}
