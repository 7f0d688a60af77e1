using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_readlink")]
public class PathReadlinkTests
{
    [Theory]
    [InlineData("link", "f")]
    [InlineData("dlink", "d")]
    [InlineData("dangling", "nothing")]
    [InlineData("loop", "loop")]
    [InlineData("up", "../outside")]
    public void ALink_SaysWhereItLeads(string path, string target)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.ReadLink(path, out string actual));
            Assert.Equal(target, actual);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(9u)]
    [InlineData(10u)]
    [InlineData(11u)]
    public void ABufferThatIsTooSmall_IsFilled(uint byteLength)
    {
        using WasiGuest guest = World.Create(portable: false);
        uint path = guest.PutText("up", out uint length);
        uint buffer = guest.PutText("____________", out _);
        guest.Succeed("path_readlink", World.Root, path, length, buffer, byteLength, 1024);
        uint used = Math.Min(byteLength, 10);
        Assert.Equal(used, guest.U32(1024));
        Assert.Equal("../outside"[..(int)used] + new string('_', 12 - (int)used), guest.Text(buffer, 12));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathReadlink_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_readlink", World.Root, address, length, 2048, 100, 1024);
        }

        foreach ((string path, Errno errno) in new[]
        {
            ("f", Errno.Inval), ("d", Errno.Inval), (".", Errno.Inval), ("dlink/", Errno.Inval), ("dlink/g", Errno.Inval),
            ("none", Errno.Noent), ("absolute", Errno.Perm), ("link/", Errno.Notdir),
        })
        {
            Assert.Equal(errno, guest.ReadLink(path, out _));
        }

        uint link = guest.PutText("link", out uint linkLength);
        guest.Fails(Errno.Fault, "path_readlink", World.Root, link, linkLength, uint.MaxValue, 100, 1024);
        guest.Fails(Errno.Fault, "path_readlink", World.Root, link, linkLength, 2048, 100, World.BadAddress);
        guest.Fails(Errno.Badf, "path_readlink", World.Closed, link, linkLength, 2048, 100, 1024);
        guest.Fails(Errno.Notdir, "path_readlink", World.Reading, link, linkLength, 2048, 100, 1024);
    }
}
