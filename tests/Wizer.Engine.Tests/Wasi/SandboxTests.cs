using System.Text;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>Everything a guest can think of to reach the file beside its directory.</summary>
public class SandboxTests
{
    private static readonly string[] s_pathFunctions =
        ["path_create_directory", "path_remove_directory", "path_unlink_file"];

    public static TheoryData<Edition, bool> Editions => new()
    {
        { Edition.Preview1, false },
        { Edition.Preview1, true },
        { Edition.Preview2, false },
        { Edition.Preview2, true },
    };

    public static TheoryData<Edition, bool, string> Escapes()
    {
        var data = new TheoryData<Edition, bool, string>();
        foreach ((Edition edition, bool portable) in new[]
        {
            (Edition.Preview1, false), (Edition.Preview1, true), (Edition.Preview2, false), (Edition.Preview2, true),
        })
        {
            foreach (string path in new[]
            {
                "..", "../", "../outside/secret", "./../outside/secret", "d/../../outside/secret", "d/e/../../../outside/secret",
                "d/./.././../outside/secret", ".//..//outside/secret", "/", "//", "/etc/passwd", "{outside}/secret", "{root}/f",
                "up", "up/", "up/secret", "up/../f", "absolute", "absolute/", "absolute/secret", "root", "root/f", "d/up-two/secret",
                "d/e/chain/secret", "secret-relative", "secret-absolute", "d/../up/secret", "self-and-back", "to-up/secret",
                "late-up", "d/e/../../..",
            })
            {
                data.Add(edition, portable, path);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Escapes))]
    public void NothingLeadsOutside(Edition edition, bool portable, string path)
    {
        using IPathGuest guest = Maze(edition, portable);
        path = path.Replace("{outside}", guest.OutsidePath, StringComparison.Ordinal).Replace("{root}", guest.HostPath, StringComparison.Ordinal);

        foreach (OpenFlags flags in new[] { OpenFlags.None, OpenFlags.Directory, OpenFlags.Create, OpenFlags.Truncate })
        {
            Assert.Equal(Errno.Perm, guest.Open(path, out _, flags, Rights.FdRead));
            Assert.Equal(Errno.Perm, guest.Open(path, out _, flags, Rights.FdWrite));
        }

        Assert.Equal(Errno.Perm, guest.StatPath(path));
        Assert.Equal(Errno.Perm, guest.SetTimes(path));
        Assert.True(guest.Open(path, out _, OpenFlags.Create | OpenFlags.Exclusive, Rights.FdWrite) is Errno.Perm or Errno.Exist);
        AssertOutsideIsUntouched(guest);
    }

    [Theory]
    [MemberData(nameof(Escapes))]
    public void NothingOutsideIsCreatedRenamedOrRemoved(Edition edition, bool portable, string path)
    {
        using IPathGuest guest = Maze(edition, portable);
        path = path.Replace("{outside}", guest.OutsidePath, StringComparison.Ordinal).Replace("{root}", guest.HostPath, StringComparison.Ordinal);
        string[] paths = [path, path.TrimEnd('/') + "/new", path.TrimEnd('/') + "/secret"];
        foreach (string each in paths)
        {
            foreach (string function in s_pathFunctions)
            {
                _ = guest.CallPath(function, each);
            }

            _ = guest.Rename("f", each);
            _ = guest.Rename(each, "stolen");
            _ = guest.Rename("d", each);
            _ = guest.Link(each, "stolen-link");
            _ = guest.Link("f", each);
            _ = guest.Symlink("f", each);
            AssertOutsideIsUntouched(guest);
            if (guest.Open("stolen", out uint fd) == Errno.Success || guest.Open("stolen-link", out fd) == Errno.Success)
            {
                // It was one of the links, or a file of the guest's own: never what is outside.
                Assert.NotEqual("secret", guest.Read(fd, 16, out string text) == Errno.Success ? text : "");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Editions))]
    public void LinksToAbsolutePaths_AreNeitherMadeNorTold(Edition edition, bool portable)
    {
        using IPathGuest guest = Maze(edition, portable);
        Assert.Equal(Errno.Perm, guest.Symlink(guest.OutsidePath, "new"));
        Assert.Equal(Errno.Perm, guest.Symlink("/", "new"));
        Assert.Equal(Errno.Perm, guest.ReadLink("absolute", out string target));
        Assert.Equal("", target);
    }

    [Theory]
    [MemberData(nameof(Editions))]
    public void ALinkTheGuestMakesItself_DoesNotHelp(Edition edition, bool portable)
    {
        using IPathGuest guest = Maze(edition, portable);
        Assert.Equal(Errno.Success, guest.Symlink("../outside/secret", "own"));
        Assert.Equal(Errno.Perm, guest.Open("own", out _));
        Assert.Equal(Errno.Loop, guest.Open("own", out _, follow: false));
        Assert.Equal(Errno.Perm, guest.Open("own", out _, OpenFlags.Create, Rights.FdWrite));
        Assert.Equal(Errno.Perm, guest.Open("own", out _, OpenFlags.Truncate, Rights.FdWrite));

        // Harmless where it is made, not where it is moved to.
        Directory.CreateDirectory(Path.Join(guest.HostPath, "d", "outside"));
        Assert.Equal(Errno.Success, guest.Symlink("../outside", "d/e/here"));
        Assert.Equal(Errno.Success, guest.StatPath("d/e/here"));
        Assert.Equal(Errno.Success, guest.Rename("d/e/here", "moved"));
        Assert.Equal(Errno.Perm, guest.StatPath("moved"));
        Assert.Equal(Errno.Perm, guest.Open("moved/secret", out _));
        AssertOutsideIsUntouched(guest);
    }

    [Theory]
    [MemberData(nameof(Editions))]
    public void ASubdirectory_IsASandboxOfItsOwn(Edition edition, bool portable)
    {
        using IPathGuest guest = Maze(edition, portable);
        Assert.Equal(Errno.Success, guest.Open("d", out uint d, OpenFlags.Directory));
        Assert.Equal(Errno.Perm, guest.Open("../f", out _, directory: d));
        Assert.Equal(Errno.Perm, guest.Open("up-two/secret", out _, directory: d));
        Assert.Equal(Errno.Perm, guest.Open("..", out _, OpenFlags.Directory, directory: d));
    }

    [Theory]
    [InlineData(Edition.Preview1)]
    [InlineData(Edition.Preview2)]
    public void ALinkHardToAnOutsideLink_IsTheLinkItself(Edition edition)
    {
        using IPathGuest guest = Maze(edition, portable: false);
        if (guest.Link("secret-relative", "copy") == Errno.Success)
        {
            Assert.Equal(Errno.Perm, guest.Open("copy", out _));
            Assert.Equal(Errno.Perm, guest.StatPath("copy"));
        }

        Assert.NotEqual(Errno.Success, guest.Link("up/", "copy2"));
        Assert.NotEqual(Errno.Success, guest.Link("up/secret", "copy3"));
    }

    [Theory]
    [InlineData(Edition.Preview1)]
    [InlineData(Edition.Preview2)]
    public void ADirectoryMovedMeanwhile_DoesNotLiftTheRoof(Edition edition)
    {
        // A guest holds d/e, somebody moves e out of the sandbox: dots above it still lead nowhere.
        using IPathGuest guest = Maze(edition, portable: false);
        Assert.Equal(Errno.Success, guest.Open("d/e", out uint e, OpenFlags.Directory));
        Directory.Move(Path.Join(guest.HostPath, "d", "e"), Path.Join(guest.OutsidePath, "..", "taken"));
        Assert.Equal(Errno.Perm, guest.Open("../outside/secret", out _, directory: e));
    }

    [Theory]
    [InlineData(Edition.Preview1)]
    [InlineData(Edition.Preview2)]
    public void SwappingADirectoryForALink_NeverLeadsOutside(Edition edition)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // An accomplice exchanges "swap" for a link to the outside as fast as it can; the guest opens through it all the while.
        using IPathGuest guest = Maze(edition, portable: false);
        string swap = Path.Join(guest.HostPath, "swap");
        string real = Path.Join(guest.HostPath, "real");
        Directory.CreateDirectory(real);
        File.WriteAllText(Path.Join(real, "secret"), "decoy");
        using var done = new CancellationTokenSource();
        var accomplice = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                File.CreateSymbolicLink(swap, guest.OutsidePath);
                File.Delete(swap);
                Directory.Move(real, swap);
                Directory.Move(swap, real);
            }
        });
        accomplice.Start();
        int opened = 0;
        try
        {
            for (int i = 0; i < 20_000 || (opened == 0 && i < 2_000_000); i++)
            {
                (guest as WasiGuest)?.FreeAll();
                if (guest.Open("swap/secret", out uint fd) == Errno.Success)
                {
                    Assert.Equal(Errno.Success, guest.Read(fd, 16, out string text));
                    Assert.Equal("decoy", text);
                    guest.Close(fd);
                    opened++;
                }
            }
        }
        finally
        {
            done.Cancel();
            accomplice.Join();
        }

        Assert.True(opened > 0, "the race was never won by the real directory");
    }

    /// <summary>A directory full of ways that seem to lead out.</summary>
    private static IPathGuest Maze(Edition edition, bool portable)
    {
        IPathGuest guest = Guests.WithDirectory(edition, portable);
        string root = guest.HostPath;
        Directory.CreateDirectory(Path.Join(root, "d", "e"));
        File.WriteAllText(Path.Join(root, "f"), "f");
        Link("up", "../outside");
        Link("absolute", guest.OutsidePath);
        Link("root", "/");
        Link("secret-relative", "../outside/secret");
        Link("secret-absolute", guest.OutsidePath + "/secret");
        Link("d/up-two", "../../outside");
        Link("d/e/chain", "../up-two");
        Link("self-and-back", "../root/f");
        Link("to-up", "d/../up");
        Link("late-up", "d/../d/../..");
        return guest;

        void Link(string path, string target) => File.CreateSymbolicLink(Path.Join(root, path), target);
    }

    private static void AssertOutsideIsUntouched(IPathGuest guest)
    {
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName));
        Assert.Equal("secret", File.ReadAllText(Path.Join(guest.OutsidePath, "secret"), Encoding.UTF8));
        Assert.Equal(
            ["outside", "root"],
            Directory.GetFileSystemEntries(Path.GetDirectoryName(guest.OutsidePath)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
