using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "sock_accept")]
[Trait("function", "sock_recv")]
[Trait("function", "sock_send")]
[Trait("function", "sock_shutdown")]
public class SockTests
{
    [Theory]
    [InlineData(World.Input, Errno.Notsock)]
    [InlineData(World.Output, Errno.Notsock)]
    [InlineData(World.Root, Errno.Notsock)]
    [InlineData(World.Reading, Errno.Notsock)]
    [InlineData(World.Closed, Errno.Badf)]
    [InlineData(uint.MaxValue, Errno.Badf)]
    public void NothingIsASocket(uint fd, object errno)
    {
        using WasiGuest guest = World.Create(portable: false);
        guest.Fails((Errno)errno, "sock_accept", fd, 0, 1024);
        guest.Fails((Errno)errno, "sock_recv", fd, 1024, 1, 0, 1024, 1028);
        guest.Fails((Errno)errno, "sock_send", fd, 1024, 1, 0, 1024);
        guest.Fails((Errno)errno, "sock_shutdown", fd, 3);
    }
}
