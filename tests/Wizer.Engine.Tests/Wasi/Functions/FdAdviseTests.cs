using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_advise")]
public class FdAdviseTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void EveryAdviceIsTaken(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        for (ulong advice = 0; advice <= 5; advice++)
        {
            guest.Succeed("fd_advise", World.Reading, 0, 0, advice);
            guest.Succeed("fd_advise", World.Writing, 5, 1_000_000, advice);
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdAdvise_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Inval, "fd_advise", World.Reading, 0, 0, 6);
        guest.Fails(Errno.Inval, "fd_advise", World.Reading, ulong.MaxValue, 0, 0);
        guest.Fails(Errno.Spipe, "fd_advise", World.Input, 0, 0, 0);
        guest.Fails(Errno.Badf, "fd_advise", World.Directory, 0, 0, 0);
        guest.Fails(Errno.Badf, "fd_advise", World.Closed, 0, 0, 0);
        guest.Succeed("fd_fdstat_set_rights", World.Reading, (ulong)Rights.FdRead, 0);
        guest.Fails(Errno.Notcapable, "fd_advise", World.Reading, 0, 0, 0);
    }
}
