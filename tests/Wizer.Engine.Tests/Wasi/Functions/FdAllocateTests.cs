using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_allocate")]
public class FdAllocateTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void TheFileGrows_AndNeverShrinks(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Succeed("fd_allocate", World.Writing, 0, 5);
        guest.FileIsUntouched();
        guest.Succeed("fd_allocate", World.Writing, 10, 10);
        Assert.Equal("hello world\0\0\0\0\0\0\0\0\0", guest.HostText("f"));
        uint position = guest.Allocate(8);
        guest.Succeed("fd_tell", World.Writing, position);
        Assert.Equal(0UL, guest.U64(position));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdAllocate_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, "fd_allocate", World.Writing, 0, 0);
        guest.Fails(Errno.Inval, "fd_allocate", World.Writing, ulong.MaxValue, 1);
        guest.Fails(Errno.Fbig, "fd_allocate", World.Writing, 1, long.MaxValue);
        guest.Fails(Errno.Fbig, "fd_allocate", World.Writing, 0, ulong.MaxValue);
        guest.Fails(Errno.Badf, "fd_allocate", World.Reading, 0, 1);
        guest.Fails(Errno.Badf, "fd_allocate", World.Directory, 0, 1);
        guest.Fails(Errno.Spipe, "fd_allocate", World.Output, 0, 1);
        guest.Fails(Errno.Badf, "fd_allocate", World.Closed, 0, 1);
        guest.Succeed("fd_fdstat_set_rights", World.Writing, (ulong)Rights.FdWrite, 0);
        guest.Fails(Errno.Notcapable, "fd_allocate", World.Writing, 0, 100);
        guest.FileIsUntouched();
    }
}
