using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_readdir")]
public class FdReaddirTests
{
    private static readonly string[] s_names = [".", "..", "absolute", "d", "dangling", "dlink", "empty", "f", "link", "loop", "up"];

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void EveryCookie_IsAPlaceToGoOnFrom(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        Assert.Equal(s_names, guest.List(World.Root));
        uint buffer = guest.Allocate(1024);
        uint used = guest.Allocate(4);
        guest.Succeed("fd_readdir", World.Root, buffer, 1024, 0, used);
        var cookies = new List<ulong> { 0 };
        for (uint at = 0; at < guest.U32(used); at += 24 + guest.U32(buffer + at + 16))
        {
            cookies.Add(guest.U64(buffer + at));
        }

        // In any order, and from a descriptor that has not listed before.
        foreach (int place in new[] { 5, 2, 10, 0, 7, 11 })
        {
            uint fd = guest.MustOpen(".", OpenFlags.Directory);
            guest.Succeed("fd_readdir", fd, buffer, 1024, cookies[place], used);
            string? name = guest.U32(used) == 0 ? null : guest.Text(buffer + 24, guest.U32(buffer + 16));
            Assert.Equal(place == s_names.Length ? null : s_names[place], name);
            guest.Succeed("fd_close", fd);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(49)]
    [InlineData(50)]
    public void ABufferThatEndsWithinAnEntry_IsFull(int byteLength)
    {
        using WasiGuest guest = World.Create(portable: false);
        uint buffer = guest.Allocate(64);
        uint used = guest.Allocate(4);
        guest.Bytes(buffer, 64).Fill(0xaa);
        guest.Succeed("fd_readdir", World.Root, buffer, (ulong)byteLength, 0, used);
        Assert.Equal((uint)byteLength, guest.U32(used));
        Assert.Equal(0xaa, guest.Bytes(buffer, 64)[byteLength]);
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void TheListIsTakenAnew_FromTheStart(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        Assert.Equal([".", "..", "g"], guest.List(World.Directory));
        Assert.Equal(Errno.Success, guest.Rename("d/g", "d/h"));
        File.WriteAllText(Path.Join(guest.HostPath, "d", "a"), "");
        Assert.Equal([".", "..", "a", "h"], guest.List(World.Directory));
    }

    [Fact]
    public void ANameThatIsNoUtf8_IsLeftOut()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = World.Create(portable: false);
        Shell("touch \"$(printf 'a\\377')\" b");
        Assert.Equal([".", "..", "b"], guest.List(guest.MustOpen("empty", OpenFlags.Directory)));

        // Nor can the framework remove it.
        Shell("rm *");

        void Shell(string script)
        {
            using var process = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = Path.Join(guest.HostPath, "empty") })!;
            process.WaitForExit();
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdReaddir_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        guest.Fails(Errno.Notdir, "fd_readdir", World.Reading, 2048, 64, 0, 1024);
        guest.Fails(Errno.Notdir, "fd_readdir", World.Input, 2048, 64, 0, 1024);
        guest.Fails(Errno.Badf, "fd_readdir", World.Closed, 2048, 64, 0, 1024);
        guest.Fails(Errno.Fault, "fd_readdir", World.Root, World.BadAddress, 64, 0, 1024);
        guest.Fails(Errno.Fault, "fd_readdir", World.Root, 2048, uint.MaxValue, 0, 1024);
        guest.Fails(Errno.Fault, "fd_readdir", World.Root, 2048, 64, 0, World.BadAddress);
        guest.Succeed("fd_readdir", World.Root, 2048, 64, ulong.MaxValue, 1024);
        Assert.Equal(0u, guest.U32(1024));
        guest.Succeed("fd_readdir", World.Root, 2048, 0, 0, 1024);
        Assert.Equal(0u, guest.U32(1024));
        guest.Succeed("fd_fdstat_set_rights", World.Root, (ulong)Rights.PathOpen, 0);
        guest.Fails(Errno.Notcapable, "fd_readdir", World.Root, 2048, 64, 0, 1024);
    }
}
