using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_fdstat_get")]
public class FdFdstatGetTests
{
    // Rights as the original says them.
    [Theory]
    [InlineData(World.Input, FileType.Unknown, 0x2, 0x2)]
    [InlineData(World.Output, FileType.Unknown, 0x40, 0x40)]
    [InlineData(World.Root, FileType.Directory, 0x7b7fe00, 0xff7ffff)]
    [InlineData(World.Reading, FileType.RegularFile, 0x3fffffbf, 0x3fffffbf)]
    [InlineData(World.Writing, FileType.RegularFile, 0x3fffbffd, 0x3fffbffd)]
    [InlineData(World.Directory, FileType.Directory, 0x3fb7ffbb, 0x3fb7ffbb)]
    public void EachKind_IsWhatCLibrariesKnow(uint fd, object type, ulong rights, ulong inheriting)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            uint stat = guest.Put([.. Enumerable.Repeat((byte)0xaa, 24)]);
            guest.Succeed("fd_fdstat_get", fd, stat);
            Assert.Equal((FileType)type, (FileType)guest.Bytes(stat, 1)[0]);
            Assert.Equal(0, guest.U16(stat + 2));
            Assert.Equal((rights, inheriting), (guest.U64(stat + 8), guest.U64(stat + 16)));

            // What lies between the fields stays as it was.
            Assert.Equal((byte)0xaa, guest.Bytes(stat, 24)[1]);
            Assert.Equal(0xaaaaaaaa, guest.U32(stat + 4));
        }
    }

    [Theory]
    [InlineData(FdFlags.Append)]
    [InlineData(FdFlags.Nonblock)]
    [InlineData(FdFlags.Sync | FdFlags.Dsync | FdFlags.Rsync)]
    [InlineData(FdFlags.Append | FdFlags.Nonblock | FdFlags.Dsync)]
    public void Flags_AreThoseOfTheOpening(object flags)
    {
        using WasiGuest guest = World.Create(portable: false);
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite, fdFlags: (FdFlags)flags);
        uint stat = guest.Allocate(24);
        guest.Succeed("fd_fdstat_get", fd, stat);
        Assert.Equal((FdFlags)flags, (FdFlags)guest.U16(stat + 2));
        Assert.Equal(0x3fffffffUL, guest.U64(stat + 8));
    }

    [Fact]
    public void FdFdstatGet_Fails_WithTheErrnoOfTheCause()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Fails(Errno.Badf, "fd_fdstat_get", World.Closed, 1024);
        guest.Fails(Errno.Badf, "fd_fdstat_get", uint.MaxValue, 1024);
        guest.Fails(Errno.Fault, "fd_fdstat_get", World.Reading, World.BadAddress);
        guest.Fails(Errno.Fault, "fd_fdstat_get", World.Reading, uint.MaxValue);
    }
}
