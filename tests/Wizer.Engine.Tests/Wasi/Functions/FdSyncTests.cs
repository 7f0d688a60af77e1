using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_sync")]
[Trait("function", "fd_datasync")]
public class FdSyncTests
{
    public static TheoryData<string, bool> Both => new()
    {
        { "fd_sync", false }, { "fd_sync", true }, { "fd_datasync", false }, { "fd_datasync", true },
    };

    [Theory]
    [MemberData(nameof(Both))]
    public void FilesAndDirectories_AreBroughtToTheDisk(string function, bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.MustWrite(World.Writing, "HELLO");
        guest.Succeed(function, World.Writing);
        guest.Succeed(function, World.Reading);
        guest.Succeed(function, World.Directory);
        guest.Succeed(function, World.Root);
        Assert.Equal("HELLO world", guest.HostText("f"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void SyncFunctions_Fail_WithTheErrnoOfTheCause(string function, bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, function, World.Input);
        guest.Fails(Errno.Inval, function, World.Output);
        guest.Fails(Errno.Badf, function, World.Closed);
        guest.Succeed("fd_fdstat_set_rights", World.Writing, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, function, World.Writing);
    }
}
