using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_filestat_get")]
public class FdFilestatGetTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void AFile_IsTheSameThroughItsPath(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint stat = guest.Allocate(Filestat.ByteLength);
        guest.Succeed("fd_filestat_get", World.Reading, stat);
        Assert.Equal(Errno.Success, guest.Stat("link", out uint other));
        Assert.True(guest.Bytes(stat, 64).SequenceEqual(guest.Bytes(other, 64)));
        Assert.Equal((FileType.RegularFile, 11UL), ((FileType)guest.Bytes(stat + 16, 1)[0], guest.U64(stat + 32)));
        guest.Succeed("fd_filestat_get", World.Directory, stat);
        Assert.Equal(FileType.Directory, (FileType)guest.Bytes(stat + 16, 1)[0]);
        Assert.Equal(Errno.Success, guest.Stat("d", out other));
        Assert.Equal(guest.U64(other + 8), guest.U64(stat + 8));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Writing_ChangesTheSizeAtOnce(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_seek", World.Writing, 100, 0, 1024);
        guest.MustWrite(World.Writing, "x");
        uint stat = guest.Allocate(Filestat.ByteLength);
        guest.Succeed("fd_filestat_get", World.Reading, stat);
        Assert.Equal(101UL, guest.U64(stat + 32));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdFilestatGet_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Badf, "fd_filestat_get", World.Closed, 1024);
        guest.Fails(Errno.Fault, "fd_filestat_get", World.Reading, World.BadAddress);
        guest.Fails(Errno.Fault, "fd_filestat_get", World.Input, uint.MaxValue);
        guest.Succeed("fd_fdstat_set_rights", World.Reading, (ulong)Rights.FdRead, 0);
        guest.Fails(Errno.Notcapable, "fd_filestat_get", World.Reading, 1024);
    }
}
