using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_unlink_file")]
public class PathUnlinkFileTests
{
    [Theory]
    [InlineData("f")]
    [InlineData("link")]
    [InlineData("dlink")]
    [InlineData("dangling")]
    [InlineData("loop")]
    [InlineData("up")]
    [InlineData("absolute")]
    public void AFileOrALink_IsRemoved_AndNothingBehindIt(string path)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", path));
            Assert.Equal(Errno.Noent, guest.Stat(path, out _, follow: false));
            Assert.True(path == "f" || File.Exists(Path.Join(guest.HostPath, "f")));
            Assert.True(File.Exists(Path.Join(guest.HostPath, "d", "g")));
            Assert.True(File.Exists(Path.Join(guest.OutsidePath, "secret")));
            Assert.Equal(Errno.Noent, guest.CallPath("path_unlink_file", path));
        }
    }

    [Theory]
    [InlineData("d", Errno.Isdir)]
    [InlineData("d/", Errno.Isdir)]
    [InlineData("empty", Errno.Isdir)]
    [InlineData(".", Errno.Isdir)]
    [InlineData("d/..", Errno.Isdir)]
    [InlineData("f/", Errno.Notdir)]
    [InlineData("dlink/", Errno.Notdir)]
    [InlineData("..", Errno.Perm)]
    [InlineData("up/secret", Errno.Perm)]
    [InlineData("absolute/secret", Errno.Perm)]
    [InlineData("../outside/secret", Errno.Perm)]
    public void EverythingElse_Stays(string path, object errno)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal((Errno)errno, guest.CallPath("path_unlink_file", path));
            Assert.True(File.Exists(Path.Join(guest.OutsidePath, "secret")));
            guest.FileIsUntouched();
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathUnlinkFile_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_unlink_file", World.Root, address, length);
        }

        Assert.Equal(Errno.Badf, guest.CallPath("path_unlink_file", "f", World.Closed));
        Assert.Equal(Errno.Notdir, guest.CallPath("path_unlink_file", "f", World.Input));
    }
}
