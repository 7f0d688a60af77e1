using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class DescriptorTests
{
    [Fact]
    public void Preopens_AreTheDescriptorsFrom3OnInTheirOrder()
    {
        string first = Directory.CreateTempSubdirectory("wizer-wasi-").FullName;
        string second = Directory.CreateTempSubdirectory("wizer-wasi-").FullName;
        File.WriteAllText(Path.Join(first, "one"), "");
        File.WriteAllText(Path.Join(second, "two"), "");
        using (var guest = new WasiGuest(new WasiOptions { Preopens = [new(first, "."), new(second, "/data")] }))
        {
            uint prestat = guest.PutVectors(0xffffffff, 0xffffffff);
            uint name = guest.Allocate(16);
            guest.Succeed("fd_prestat_get", 3, prestat);
            Assert.Equal((0, 1u), (guest.Bytes(prestat, 1)[0], guest.U32(prestat + 4)));
            guest.Succeed("fd_prestat_dir_name", 3, name, 1);
            Assert.Equal(".", guest.Text(name, 1));
            guest.Succeed("fd_prestat_get", 4, prestat);
            Assert.Equal(5u, guest.U32(prestat + 4));
            guest.Succeed("fd_prestat_dir_name", 4, name, 16);
            Assert.Equal("/data", guest.Text(name, 5));
            Assert.Equal([".", "..", "one"], guest.List(3));
            Assert.Equal([".", "..", "two"], guest.List(4));
            Assert.Equal(Errno.Badf, guest.Call("fd_prestat_get", 5, prestat));
            Assert.Equal(Errno.Badf, guest.Call("fd_prestat_get", 0, prestat));
            Assert.Equal(Errno.Badf, guest.Call("fd_prestat_dir_name", 5, name, 16));
            Assert.Equal(Errno.Nametoolong, guest.Call("fd_prestat_dir_name", 4, name, 4));
            Assert.Equal(Errno.Fault, guest.Call("fd_prestat_dir_name", 4, 0xfffffffe, 16));
            Assert.Equal(Errno.Fault, guest.Call("fd_prestat_get", 4, 0xfffffffe));
        }

        Directory.Delete(first, recursive: true);
        Directory.Delete(second, recursive: true);
    }

    [Fact]
    public void Preopens_MustBeDirectories()
    {
        Assert.Throws<DirectoryNotFoundException>(
            () => new WasiPreview1(new WasiOptions { Preopens = [new("/no/such/directory", ".")] }));
        string file = Path.GetTempFileName();
        var exception = Assert.Throws<IOException>(() => new WasiPreview1(new WasiOptions { Preopens = [new(file, ".")] }));
        Assert.Equal($"failed to open directory '{file}': not a directory", exception.Message);
        File.Delete(file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Directories_HaveTheRightsThatOlderLibrariesAskFor(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint stat = guest.Allocate(24);
        guest.Succeed("fd_fdstat_get", WasiGuest.Root, stat);
        Assert.Equal(FileType.Directory, (FileType)guest.Bytes(stat, 1)[0]);
        Assert.Equal(0x7b7fe00u, guest.U64(stat + 8));
        Assert.Equal(0xff7ffffu, guest.U64(stat + 16));
        Assert.Equal(Errno.Fault, guest.Call("fd_fdstat_get", WasiGuest.Root, 0xfffffff0));
        Assert.Equal(Errno.Badf, guest.Call("fd_fdstat_get", 99, stat));
    }

    [Fact]
    public void Rights_CanBeGivenUpAndNotRegained()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        Rights directory = Rights.PathOpen | Rights.FdReaddir;
        guest.Succeed("fd_fdstat_set_rights", WasiGuest.Root, (ulong)directory, (ulong)Rights.FdRead);
        Assert.Equal(Errno.Notcapable, guest.CallPath("path_create_directory", "d"));
        Assert.Equal(Errno.Notcapable, guest.Open("g", out _, OpenFlags.Create));
        Assert.Equal(Errno.Notcapable, guest.Call("fd_fdstat_set_rights", WasiGuest.Root, (ulong)Rights.Directory, 0));
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite);
        Assert.Equal("text", guest.MustRead(fd));
        Assert.Equal(Errno.Badf, guest.Write(fd, "x", out _));
        Assert.Equal(Errno.Notcapable, guest.Call("fd_sync", fd));
    }

    [Fact]
    public void Close_FreesTheLowestNumber()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        Assert.Equal(4u, guest.MustOpen("f"));
        Assert.Equal(5u, guest.MustOpen("f"));
        guest.Succeed("fd_close", 4);
        Assert.Equal(Errno.Badf, guest.Call("fd_close", 4));
        Assert.Equal(Errno.Badf, guest.Read(4, 1, out _));
        Assert.Equal(4u, guest.MustOpen("f"));
        guest.Succeed("fd_close", 0);
        Assert.Equal(0u, guest.MustOpen("f"));
        Assert.Equal(Errno.Badf, guest.Call("fd_close", 0xffffffff));
    }

    [Fact]
    public void Renumber_MovesOntoAnOpenDescriptor()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint fd = guest.MustOpen("f");
        guest.Succeed("fd_renumber", fd, 0);
        Assert.Equal("text", guest.MustRead(0));
        Assert.Equal(Errno.Badf, guest.Read(fd, 1, out _));
        guest.Succeed("fd_renumber", 0, 0);
        Assert.Equal(Errno.Badf, guest.Call("fd_renumber", 0, 50));
        Assert.Equal(Errno.Badf, guest.Call("fd_renumber", 50, 0));
    }

    [Fact]
    public void Files_AreClosedWithTheGuest()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Other tests open files too, so count only those below a directory of our own.
        var guest = WasiGuest.WithDirectory(portable: false);
        string root = guest.HostPath;
        Directory.CreateDirectory(Path.Join(root, "d"));
        File.WriteAllText(Path.Join(root, "d", "f"), "text");
        for (int i = 0; i < 10; i++)
        {
            guest.MustOpen("d/../d/f");
            Assert.Equal(Errno.Noent, guest.Open("d/g", out _));
            Assert.Equal(Errno.Success, guest.Stat("d/f", out _));
        }

        Assert.Equal(11, CountOpenBelow(root));
        guest.Dispose();
        Assert.Equal(0, CountOpenBelow(root));
    }

    private static int CountOpenBelow(string root)
    {
        int count = 0;
        foreach (string link in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            try
            {
                count += new FileInfo(link).LinkTarget?.StartsWith(root, StringComparison.Ordinal) == true ? 1 : 0;
            }
            catch (IOException)
            {
                // Closed since it was listed.
            }
        }

        return count;
    }
}
