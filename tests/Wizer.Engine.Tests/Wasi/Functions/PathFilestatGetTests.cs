using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_filestat_get")]
public class PathFilestatGetTests
{
    [Theory]
    [InlineData("f", FileType.RegularFile, FileType.RegularFile, 11)]
    [InlineData("link", FileType.RegularFile, FileType.SymbolicLink, 1)]
    [InlineData("dlink", FileType.Directory, FileType.SymbolicLink, 1)]
    [InlineData("d/", FileType.Directory, FileType.Directory, -1)]
    [InlineData("dlink/", FileType.Directory, FileType.Directory, -1)]
    [InlineData(".", FileType.Directory, FileType.Directory, -1)]
    [InlineData("dlink/g", FileType.RegularFile, FileType.RegularFile, 12)]
    public void AnEntry_OrWhatItLeadsTo(string path, object followed, object itself, long size)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.Stat(path, out uint stat));
            Assert.Equal((FileType)followed, (FileType)guest.Bytes(stat + 16, 1)[0]);
            Assert.Equal(Errno.Success, guest.Stat(path, out stat, follow: false));
            Assert.Equal((FileType)itself, (FileType)guest.Bytes(stat + 16, 1)[0]);
            if (size >= 0)
            {
                Assert.Equal((ulong)size, guest.U64(stat + 32));
            }
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Links_OutsideAndNowhere_CanBeLookedAtAndNotThrough(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((string path, Errno errno) in new[]
        {
            ("up", Errno.Perm), ("absolute", Errno.Perm), ("dangling", Errno.Noent), ("loop", Errno.Loop),
        })
        {
            Assert.Equal(errno, guest.Stat(path, out _));
            Assert.Equal(Errno.Success, guest.Stat(path, out uint stat, follow: false));
            Assert.Equal(FileType.SymbolicLink, (FileType)guest.Bytes(stat + 16, 1)[0]);
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathFilestatGet_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest))
        {
            guest.Fails(errno, "path_filestat_get", World.Root, 0, address, length, 1024);
            guest.Fails(errno, "path_filestat_get", World.Root, 1, address, length, 1024);
        }

        uint path = guest.PutText("f", out uint pathLength);
        guest.Fails(Errno.Badf, "path_filestat_get", World.Closed, 0, path, pathLength, 1024);
        guest.Fails(Errno.Notdir, "path_filestat_get", World.Reading, 0, path, pathLength, 1024);
        guest.Fails(Errno.Fault, "path_filestat_get", World.Root, 0, path, pathLength, World.BadAddress);
        Assert.Equal(Errno.Notdir, guest.Stat("f/", out _));
        Assert.Equal(Errno.Noent, guest.Stat("none", out _));
    }
}
