using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "path_symlink")]
public class PathSymlinkTests
{
    [Theory]
    [InlineData("f", "new")]
    [InlineData("../f", "d/new")]
    [InlineData("nowhere/at all", "new")]
    [InlineData("../outside", "new")]
    [InlineData("größe", "ünïcode")]
    [InlineData("../f", "dlink/new")]
    public void ALink_SaysWhatItWasTold(string target, string path)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal(Errno.Success, guest.Symlink(target, path));
            Assert.Equal(target, new FileInfo(Path.Join(guest.HostPath, path)).LinkTarget);
            Assert.Equal(Errno.Success, guest.ReadLink(path, out string actual));
            Assert.Equal(target, actual);
        }
    }

    [Theory]
    [InlineData("x", "f", Errno.Exist)]
    [InlineData("x", "d", Errno.Exist)]
    [InlineData("x", "dangling", Errno.Exist)]
    [InlineData("x", "up", Errno.Exist)]
    [InlineData("x", ".", Errno.Exist)]
    [InlineData("x", "new/", Errno.Noent)]
    [InlineData("", "new", Errno.Noent)]
    [InlineData("/", "new", Errno.Perm)]
    [InlineData("/etc/passwd", "new", Errno.Perm)]
    [InlineData("x\0y", "new", Errno.Inval)]
    [InlineData("x", "up/new", Errno.Perm)]
    [InlineData("x", "absolute/new", Errno.Perm)]
    [InlineData("x", "../new", Errno.Perm)]
    public void WhatIsThere_OrAbsolute_OrOutside_IsRefused(string target, string path, object errno)
    {
        foreach (bool portable in new[] { false, true })
        {
            using WasiGuest guest = World.Create(portable);
            Assert.Equal((Errno)errno, guest.Symlink(target, path));
            guest.FileIsUntouched();
            Assert.Equal(["secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName));
        }
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void PathSymlink_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint target = guest.PutText("f", out uint targetLength);
        foreach ((Errno errno, uint address, uint length) in World.BadPaths(guest).Where(static p => p.Errno != Errno.Perm))
        {
            guest.Fails(errno, "path_symlink", target, targetLength, World.Root, address, length);
        }

        uint path = guest.PutText("new", out uint pathLength);
        guest.Fails(Errno.Nametoolong, "path_symlink", guest.PutText(new string('x', 5000), out uint tooLong), tooLong, World.Root, path, pathLength);
        guest.Fails(Errno.Ilseq, "path_symlink", guest.Put([0xc0, 0x80]), 2, World.Root, path, pathLength);
        guest.Fails(Errno.Fault, "path_symlink", World.BadAddress, 100, World.Root, path, pathLength);
        guest.Fails(Errno.Badf, "path_symlink", target, targetLength, World.Closed, path, pathLength);
        guest.Fails(Errno.Notdir, "path_symlink", target, targetLength, World.Writing, path, pathLength);
    }
}
