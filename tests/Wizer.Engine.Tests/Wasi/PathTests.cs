using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class PathTests
{
    private const OpenFlags New = OpenFlags.Create | OpenFlags.Exclusive;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_FollowsItsFlags(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Assert.Equal(Errno.Noent, guest.Open("f", out _));
        Assert.Equal(Errno.Success, guest.Open("f", out uint fd, New, Rights.FdWrite));
        guest.MustWrite(fd, "text");
        Assert.Equal(Errno.Exist, guest.Open("f", out _, New, Rights.FdWrite));
        Assert.Equal(Errno.Success, guest.Open("f", out fd, OpenFlags.Create));
        Assert.Equal("text", guest.MustRead(fd));
        Assert.Equal(Errno.Success, guest.Open("f", out _, OpenFlags.Truncate, Rights.FdWrite));
        Assert.Equal(0, new FileInfo(Path.Join(guest.HostPath, "f")).Length);

        Assert.Equal(Errno.Notdir, guest.Open("f", out _, OpenFlags.Directory));
        Assert.Equal(Errno.Notdir, guest.Open("f/", out _));
        Assert.Equal(Errno.Notdir, guest.Open("f/g", out _));
        Assert.Equal(Errno.Notdir, guest.Open("f/.", out _));
        Assert.Equal(Errno.Noent, guest.Open("", out _));
        Assert.Equal(Errno.Noent, guest.Open("d/f", out _, OpenFlags.Create));
        Assert.Equal(Errno.Inval, guest.Open("d", out _, OpenFlags.Create | OpenFlags.Directory));
        Assert.Equal(Errno.Inval, guest.Open("d", out _, (OpenFlags)16));
        Assert.Equal(Errno.Inval, guest.Open("d", out _, fdFlags: (FdFlags)32));
        Assert.Equal(Errno.Notdir, guest.Open("g", out _, directory: fd));
        Assert.Equal(Errno.Badf, guest.Open("g", out _, directory: 99));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_GivesDirectories_FromWhichPathsStart(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Directory.CreateDirectory(Path.Join(guest.HostPath, "a", "b"));
        File.WriteAllText(Path.Join(guest.HostPath, "a", "b", "f"), "deep");
        uint a = guest.MustOpen("a", OpenFlags.Directory, Rights.FdRead | Rights.FdReaddir);
        uint b = guest.MustOpen("a/b/");
        Assert.Equal([".", "..", "b"], guest.List(a));
        foreach (string path in new[] { "f", "./f", ".//./f" })
        {
            Assert.Equal(Errno.Success, guest.Open(path, out uint fd, directory: b));
            Assert.Equal("deep", guest.MustRead(fd));
        }

        Assert.Equal(Errno.Success, guest.Open("b/../b/f", out _, directory: a));
        Assert.Equal(Errno.Perm, guest.Open("../f", out _, directory: b));
        Assert.Equal(Errno.Isdir, guest.Open("a", out _, rights: Rights.FdWrite));
        Assert.Equal(Errno.Isdir, guest.Open("a", out _, OpenFlags.Create, rights: Rights.FdWrite));
        uint stat = guest.Allocate(24);
        guest.Succeed("fd_fdstat_get", a, stat);
        Assert.Equal(Rights.Directory, (Rights)guest.U64(stat + 8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Links_AreFollowedInsideOnly_AndOnlyWhenAsked(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Directory.CreateDirectory(Path.Join(guest.HostPath, "a", "b"));
        File.WriteAllText(Path.Join(guest.HostPath, "a", "f"), "found");
        Assert.Equal(Errno.Success, guest.Symlink("a/f", "to-file"));
        Assert.Equal(Errno.Success, guest.Symlink("../f", "a/b/up"));
        Assert.Equal(Errno.Success, guest.Symlink("a//b/", "to-directory"));
        Assert.Equal(Errno.Success, guest.Symlink("to-directory/up", "chain"));
        foreach (string path in new[] { "to-file", "a/b/up", "to-directory/up", "to-directory/../f", "chain" })
        {
            Assert.Equal(Errno.Success, guest.Open(path, out uint fd));
            Assert.Equal("found", guest.MustRead(fd));
            guest.Succeed("fd_close", fd);
        }

        Assert.Equal(Errno.Loop, guest.Open("to-file", out _, follow: false));
        Assert.Equal(Errno.Success, guest.Open("to-directory/up", out _));
        Assert.Equal(Errno.Loop, guest.Open("to-directory/up", out _, follow: false));
        Assert.Equal(Errno.Notdir, guest.Open("to-file/", out _));
        Assert.Equal(Errno.Notdir, guest.Open("to-file/x", out _));
        Assert.Equal(Errno.Success, guest.Open("to-directory/", out uint directory, follow: false));
        Assert.Equal([".", "..", "up"], guest.List(directory));

        Assert.Equal(Errno.Success, guest.Stat("to-file", out uint stat));
        Assert.Equal((FileType.RegularFile, 5UL), ((FileType)guest.Bytes(stat + 16, 1)[0], guest.U64(stat + 32)));
        Assert.Equal(Errno.Success, guest.Stat("to-file", out stat, follow: false));
        Assert.Equal((FileType.SymbolicLink, 3UL), ((FileType)guest.Bytes(stat + 16, 1)[0], guest.U64(stat + 32)));
        Assert.Equal(Errno.Success, guest.ReadLink("to-file", out string target));
        Assert.Equal("a/f", target);
        Assert.Equal(Errno.Inval, guest.ReadLink("a/f", out _));
        Assert.Equal(Errno.Noent, guest.ReadLink("none", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LinkLoops_AreLoops(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Assert.Equal(Errno.Success, guest.Symlink("self", "self"));
        Assert.Equal(Errno.Success, guest.Symlink("b", "a"));
        Assert.Equal(Errno.Success, guest.Symlink("a/x", "b"));
        Assert.Equal(Errno.Success, guest.Symlink("grow/grow", "grow"));
        foreach (string path in new[] { "self", "self/x", "a", "b", "a/", "grow", "grow/x" })
        {
            Assert.Equal(Errno.Loop, guest.Open(path, out _));
            Assert.Equal(Errno.Loop, guest.Stat(path, out _));
        }

        Assert.Equal(Errno.Success, guest.Stat("self", out _, follow: false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ADanglingLink_IsWhereAFileIsCreated_UnlessItMustBeNew(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Assert.Equal(Errno.Success, guest.Symlink("target", "link"));
        Assert.Equal(Errno.Noent, guest.Open("link", out _));
        Assert.Equal(Errno.Exist, guest.Open("link", out _, New, Rights.FdWrite));
        Assert.False(File.Exists(Path.Join(guest.HostPath, "target")));
        Assert.Equal(Errno.Success, guest.Open("link", out _, OpenFlags.Create, Rights.FdWrite));
        Assert.True(File.Exists(Path.Join(guest.HostPath, "target")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Directories_AreCreatedAndRemoved(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Assert.Equal(Errno.Success, guest.CallPath("path_create_directory", "a"));
        Assert.Equal(Errno.Success, guest.CallPath("path_create_directory", "a/b/"));
        Assert.Equal(Errno.Exist, guest.CallPath("path_create_directory", "a/b"));
        Assert.Equal(Errno.Exist, guest.CallPath("path_create_directory", "a/b/."));
        Assert.Equal(Errno.Exist, guest.CallPath("path_create_directory", "a/.."));
        Assert.Equal(Errno.Noent, guest.CallPath("path_create_directory", "x/y"));
        Assert.Equal(Errno.Notempty, guest.CallPath("path_remove_directory", "a"));
        Assert.Equal(Errno.Isdir, guest.CallPath("path_unlink_file", "a"));
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "");
        Assert.Equal(Errno.Notdir, guest.CallPath("path_remove_directory", "f"));
        Assert.Equal(Errno.Notdir, guest.CallPath("path_unlink_file", "f/"));
        Assert.Equal(Errno.Success, guest.CallPath("path_remove_directory", "a/b/"));
        Assert.Equal(Errno.Success, guest.CallPath("path_remove_directory", "a"));
        Assert.Equal(Errno.Noent, guest.CallPath("path_remove_directory", "a"));
        Assert.Equal(Errno.Inval, guest.CallPath("path_remove_directory", "."));
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "f"));
        Assert.Equal(Errno.Noent, guest.CallPath("path_unlink_file", "f"));
        Assert.Equal([".", ".."], guest.List(WasiGuest.Root));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unlink_RemovesALinkAndNotItsTarget(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Directory.CreateDirectory(Path.Join(guest.HostPath, "d"));
        Assert.Equal(Errno.Success, guest.Symlink("d", "link"));
        Assert.Equal(Errno.Notdir, guest.CallPath("path_remove_directory", "link"));
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "link"));
        Assert.Equal([".", "..", "d"], guest.List(WasiGuest.Root));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rename_MovesFilesAndDirectories(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Directory.CreateDirectory(Path.Join(guest.HostPath, "d", "e"));
        Directory.CreateDirectory(Path.Join(guest.HostPath, "empty"));
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "f");
        File.WriteAllText(Path.Join(guest.HostPath, "g"), "g");
        Assert.Equal(Errno.Success, guest.Rename("f", "g"));
        Assert.Equal("f", SharedFile.ReadText(Path.Join(guest.HostPath, "g")));
        Assert.Equal(Errno.Success, guest.Rename("g", "d/h"));
        Assert.Equal(Errno.Isdir, guest.Rename("d/h", "empty"));
        Assert.Equal(Errno.Notdir, guest.Rename("empty", "d/h"));
        Assert.Equal(Errno.Notdir, guest.Rename("d/h", "i/"));
        Assert.Equal(Errno.Notempty, guest.Rename("empty", "d"));
        Assert.Equal(Errno.Inval, guest.Rename("d", "d/e/x"));
        Assert.Equal(Errno.Success, guest.Rename("d", "empty"));
        Assert.Equal(Errno.Noent, guest.Rename("d", "x"));
        Assert.True(File.Exists(Path.Join(guest.HostPath, "empty", "h")));
        Assert.Equal(Errno.Success, guest.Rename("empty/e/", "moved"));
        Assert.Equal([".", "..", "empty", "moved"], guest.List(WasiGuest.Root));
    }

    [Fact]
    public void Link_MakesASecondName()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        Assert.Equal(Errno.Success, guest.Link("f", "g"));
        Assert.Equal(Errno.Success, guest.Stat("g", out uint stat));
        Assert.Equal(2UL, guest.U64(stat + 24));
        Assert.Equal(Errno.Exist, guest.Link("f", "g"));
        Assert.Equal(Errno.Noent, guest.Link("none", "h"));
        Directory.CreateDirectory(Path.Join(guest.HostPath, "d"));
        Assert.Equal(Errno.Perm, guest.Link("d", "e"));
        uint path = guest.PutText("f", out uint length);
        Assert.Equal(Errno.Inval, guest.Call("path_link", WasiGuest.Root, 1, path, length, WasiGuest.Root, path, length));
        using var portable = WasiGuest.WithDirectory(portable: true);
        File.WriteAllText(Path.Join(portable.HostPath, "f"), "text");
        Assert.Equal(Errno.Notsup, portable.Link("f", "g"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Times_AreSetByPath(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "");
        Assert.Equal(Errno.Success, guest.Symlink("f", "link"));
        uint path = guest.PutText("link", out uint length);
        const ulong Time = 1_200_000_000_000_000_000;
        guest.Succeed("path_filestat_set_times", WasiGuest.Root, 1, path, length, 0, Time, (ulong)TimeFlags.Modification);
        Assert.Equal(Errno.Success, guest.Stat("f", out uint stat));
        Assert.Equal(Time, guest.U64(stat + 48));
        guest.Succeed("path_filestat_set_times", WasiGuest.Root, 0, path, length, 0, Time * 2, (ulong)TimeFlags.Modification);
        Assert.Equal(Errno.Success, guest.Stat("f", out stat));
        Assert.Equal(Time, guest.U64(stat + 48));
        Assert.Equal(Errno.Inval, guest.Call("path_filestat_set_times", WasiGuest.Root, 0, path, length, 0, 0, 64));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readlink_FillsWhatFits(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        Assert.Equal(Errno.Success, guest.Symlink("some/target", "link"));
        uint path = guest.PutText("link", out uint length);
        uint buffer = guest.PutText("________", out _);
        uint used = guest.Allocate(4);
        guest.Succeed("path_readlink", WasiGuest.Root, path, length, buffer, 4, used);
        Assert.Equal((4u, "some____"), (guest.U32(used), guest.Text(buffer, 8)));
        Assert.Equal(Errno.Fault, guest.Call("path_readlink", WasiGuest.Root, path, length, 0xfffffffe, 100, used));
        Assert.Equal(Errno.Exist, guest.Symlink("x", "link"));
        Assert.Equal(Errno.Noent, guest.Symlink("", "empty"));
        Assert.Equal(Errno.Noent, guest.Symlink("x", "slash/"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BadTexts_AreRefused(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "");
        Assert.Equal(Errno.Inval, guest.Open("f\0", out _));
        Assert.Equal(Errno.Inval, guest.Open("f\0/../../outside/secret", out _));
        Assert.Equal(Errno.Nametoolong, guest.Open(new string('x', 256), out _));
        Assert.Equal(Errno.Nametoolong, guest.Open(new string('x', 5000), out _));
        uint bad = guest.Put([(byte)'a', 0xff, 0xfe]);
        uint result = guest.Allocate(4);
        Assert.Equal(Errno.Ilseq, guest.Call("path_create_directory", WasiGuest.Root, bad, 3));
        Assert.Equal(Errno.Fault, guest.Call("path_create_directory", WasiGuest.Root, 0xfffffff0, 100));
        Assert.Equal(Errno.Fault, guest.Call("path_create_directory", WasiGuest.Root, 0, 0xffffffff));
        uint path = guest.PutText("f", out uint length);
        Assert.Equal(Errno.Fault, guest.Call("path_open", WasiGuest.Root, 0, path, length, 0, 2, 0, 0, 0xfffffffe));
        Assert.Equal(Errno.Success, guest.Open("f", out uint fd));
        Assert.Equal(4u, fd);
        Assert.Equal(0u, guest.U32(result));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AVeryDeepPath_IsFine(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        string path = string.Concat(Enumerable.Repeat("a/", 200));
        for (int i = 1; i <= 200; i++)
        {
            Assert.Equal(Errno.Success, guest.CallPath("path_create_directory", path[..(i * 2)]));
        }

        Assert.Equal(Errno.Success, guest.Open(path + string.Concat(Enumerable.Repeat("../", 200)) + path + "f", out _, OpenFlags.Create));
        Assert.True(File.Exists(Path.Join(guest.HostPath, path, "f")));
    }
}
