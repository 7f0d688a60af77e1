using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class DirectoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readdir_IsSortedAndComplete_WhateverTheBuffer(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        var expected = new List<string> { ".", ".." };
        for (int i = 0; i < 100; i++)
        {
            string name = $"file{i:000}";
            File.WriteAllText(Path.Join(guest.HostPath, name), "");
            expected.Add(name);
        }

        Directory.CreateDirectory(Path.Join(guest.HostPath, "zdir"));
        expected.Add("zdir");
        uint fd = guest.MustOpen(".", OpenFlags.Directory);
        Assert.Equal(expected, guest.List(fd, 4096));
        Assert.Equal(expected, guest.List(fd, 33));
        Assert.Equal(expected, guest.List(WasiGuest.Root, 64));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readdir_TellsTypesAndInodes(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "a"), "");
        Directory.CreateDirectory(Path.Join(guest.HostPath, "b"));
        File.CreateSymbolicLink(Path.Join(guest.HostPath, "c"), "a");
        uint buffer = guest.Allocate(256);
        uint used = guest.Allocate(4);
        guest.Succeed("fd_readdir", WasiGuest.Root, buffer, 256, 2, used);
        Assert.Equal(3u * 25, guest.U32(used));
        Assert.Equal(3UL, guest.U64(buffer));
        Assert.Equal(
            [FileType.RegularFile, FileType.Directory, FileType.SymbolicLink],
            new[] { guest.Bytes(buffer + 20, 1)[0], guest.Bytes(buffer + 45, 1)[0], guest.Bytes(buffer + 70, 1)[0] }.Select(static t => (FileType)t));
        Assert.Equal(Errno.Success, guest.Stat("a", out uint stat));
        Assert.Equal(guest.U64(stat + 8), guest.U64(buffer + 8));
    }

    [Fact]
    public void Readdir_KeepsItsPlace_WhileFilesGo()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            File.WriteAllText(Path.Join(guest.HostPath, name), "");
        }

        uint buffer = guest.Allocate(256);
        uint used = guest.Allocate(4);
        guest.Succeed("fd_readdir", WasiGuest.Root, buffer, 50, 0, used);
        File.Delete(Path.Join(guest.HostPath, "a"));
        File.Delete(Path.Join(guest.HostPath, "b"));
        guest.Succeed("fd_readdir", WasiGuest.Root, buffer, 256, 4, used);
        Assert.Equal(50u, guest.U32(used));
        Assert.Equal("c", guest.Text(buffer + 24, 1));
        Assert.Equal([".", "..", "c", "d"], guest.List(WasiGuest.Root));
    }

    [Fact]
    public void Readdir_RefusesWhatItCannotDo()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "");
        uint fd = guest.MustOpen("f");
        Assert.Equal(Errno.Notdir, guest.Call("fd_readdir", fd, 1024, 64, 0, 1024));
        Assert.Equal(Errno.Badf, guest.Call("fd_readdir", 99, 1024, 64, 0, 1024));
        Assert.Equal(Errno.Fault, guest.Call("fd_readdir", WasiGuest.Root, 1024, 0xffffffff, 0, 1024));
        Assert.Equal(Errno.Fault, guest.Call("fd_readdir", WasiGuest.Root, 1024, 64, 0, 0xffffffff));
        guest.Succeed("fd_readdir", WasiGuest.Root, 2048, 64, ulong.MaxValue, 1024);
        Assert.Equal(0u, guest.U32(1024));
        guest.Succeed("fd_readdir", WasiGuest.Root, 2048, 0, 0, 1024);
        Assert.Equal(0u, guest.U32(1024));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ADirectory_IsNoFile(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint result = guest.Allocate(64);
        Assert.Equal(Errno.Badf, guest.Read(WasiGuest.Root, 4, out _));
        Assert.Equal(Errno.Badf, guest.Write(WasiGuest.Root, "x", out _));
        Assert.Equal(Errno.Badf, guest.Call("fd_seek", WasiGuest.Root, 0, 0, result));
        Assert.Equal(Errno.Badf, guest.Call("fd_tell", WasiGuest.Root, result));
        Assert.Equal(Errno.Badf, guest.Call("fd_filestat_set_size", WasiGuest.Root, 0));
        Assert.Equal(Errno.Badf, guest.Call("fd_advise", WasiGuest.Root, 0, 0, 0));
        guest.Succeed("fd_sync", WasiGuest.Root);
        guest.Succeed("fd_filestat_get", WasiGuest.Root, result);
        Assert.Equal(FileType.Directory, (FileType)guest.Bytes(result + 16, 1)[0]);
        guest.Succeed("fd_filestat_set_times", WasiGuest.Root, 0, 1_000_000_000, (ulong)TimeFlags.Modification);
        guest.Succeed("fd_filestat_get", WasiGuest.Root, result);
        Assert.Equal(1_000_000_000UL, guest.U64(result + 48));
    }
}
