using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_renumber")]
public class FdRenumberTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void ADescriptor_TakesTheOthersPlace(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        Assert.Equal("hello", guest.MustRead(World.Reading, 5));
        guest.Succeed("fd_renumber", World.Reading, World.Input);
        Assert.Equal(" world", guest.MustRead(World.Input));
        guest.Fails(Errno.Badf, "fd_close", World.Reading);
        Assert.Equal(World.Reading, guest.MustOpen("d/g"));
        guest.Succeed("fd_renumber", World.Writing, World.Output);
        guest.MustWrite(World.Output, "J");
        Assert.Equal("Jello world", guest.HostText("f"));
    }

    [Fact]
    public void APreopen_IsReplacedLikeAnyOther()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Succeed("fd_renumber", World.Directory, World.Root);
        guest.Fails(Errno.Badf, "fd_prestat_get", World.Root, 1024);
        Assert.Equal("content of g", guest.MustRead(guest.MustOpen("g")));
        Assert.Equal(Errno.Perm, guest.Open("../f", out _));
    }

    [Fact]
    public void Errors_AndItself()
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Fails(Errno.Badf, "fd_renumber", World.Reading, World.Closed);
        guest.Fails(Errno.Badf, "fd_renumber", World.Closed, World.Reading);
        guest.Fails(Errno.Badf, "fd_renumber", World.Closed, World.Closed);
        guest.Fails(Errno.Badf, "fd_renumber", World.Reading, uint.MaxValue);
        guest.Succeed("fd_renumber", World.Reading, World.Reading);
        Assert.Equal("hello world", guest.MustRead(World.Reading));
    }
}
