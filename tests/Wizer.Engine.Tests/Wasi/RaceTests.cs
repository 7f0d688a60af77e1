using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>
/// An accomplice outside of the sandbox exchanges what a path leads through, as fast as it can, while the guest goes there with
/// every function that takes a path. On the layer of the kernel, no exchange may lead outside; the portable one cannot promise that.
/// </summary>
public sealed class RaceTests
{
    private const int Rounds = 2000;

    public static TheoryData<Edition, string> Functions()
    {
        var data = new TheoryData<Edition, string>();
        foreach (Edition edition in Enum.GetValues<Edition>())
        {
            foreach (string function in s_functions)
            {
                data.Add(edition, function);
            }
        }

        return data;
    }

    private static readonly string[] s_functions =
    [
        "path_open", "path_open to write", "path_open to create", "path_open to truncate", "path_filestat_get",
        "path_filestat_set_times", "path_create_directory", "path_remove_directory", "path_unlink_file", "path_readlink",
        "path_symlink", "path_rename from", "path_rename to", "path_link from", "path_link to",
    ];

    // Through a directory that is now and then a link to the outside.
    [Theory]
    [MemberData(nameof(Functions))]
    public void ADirectoryThatBecomesALink_NeverLeadsOutside(Edition edition, string function)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using IPathGuest guest = Guests.WithDirectory(edition, portable: false);
        string swap = Path.Join(guest.HostPath, "swap");
        string real = Path.Join(guest.HostPath, "real");
        Directory.CreateDirectory(real);
        Directory.CreateDirectory(Path.Join(guest.OutsidePath, "empty"));
        Race(guest, function, "swap", () =>
        {
            File.CreateSymbolicLink(swap, guest.OutsidePath);
            File.Delete(swap);
            Directory.Move(real, swap);
            Directory.Move(swap, real);
        });
    }

    // The last component: a file that is now and then a link to one outside.
    [Theory]
    [MemberData(nameof(Functions))]
    public void AFileThatBecomesALink_NeverLeadsOutside(Edition edition, string function)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using IPathGuest guest = Guests.WithDirectory(edition, portable: false);
        Directory.CreateDirectory(Path.Join(guest.HostPath, "swap"));
        Directory.CreateDirectory(Path.Join(guest.OutsidePath, "empty"));
        string file = Path.Join(guest.HostPath, "swap", "secret");
        string link = Path.Join(guest.HostPath, "link");
        string decoy = Path.Join(guest.HostPath, "decoy");
        Race(guest, function, "swap", () =>
        {
            File.CreateSymbolicLink(link, Path.Join(guest.OutsidePath, "secret"));
            TryMove(link, file);
            File.WriteAllText(decoy, "decoy");
            TryMove(decoy, file);
        });

        // The guest may have taken it away, or put a directory there.
        void TryMove(string from, string to)
        {
            try
            {
                File.Move(from, to, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                File.Delete(from);
            }
        }
    }

    private static void Race(IPathGuest guest, string function, string directory, Action swap)
    {
        string secret = Path.Join(guest.OutsidePath, "secret");
        File.SetLastWriteTimeUtc(secret, DateTime.UnixEpoch);
        Exception? failure = null;
        using var done = new CancellationTokenSource();
        var accomplice = new Thread(() =>
        {
            try
            {
                while (!done.IsCancellationRequested)
                {
                    swap();
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        File.WriteAllText(Path.Join(guest.HostPath, "own"), "own");
        var moves = new Moves(guest, directory);
        accomplice.Start();
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                moves.Make(function);
            }
        }
        finally
        {
            done.Cancel();
            accomplice.Join();
        }

        Assert.True(failure is null || Moves.MayDisturb(function), $"{failure}");
        Assert.Equal(["empty", "secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(guest.OutsidePath, "empty")));
        Assert.Equal("secret", File.ReadAllText(secret));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(secret));
        Assert.Equal(1UL, LinkCount(guest, secret));
    }

    private static ulong LinkCount(IPathGuest guest, string path)
    {
        using var host = new WasiGuest(new WasiOptions { Preopens = [new WasiPreopen(guest.OutsidePath, "/")] });
        Assert.Equal(Errno.Success, host.Stat(Path.GetFileName(path), out uint stat));
        return host.U64(stat + 24);
    }

    /// <summary>What the guest tries.</summary>
    private sealed class Moves(IPathGuest guest, string directory)
    {
        private readonly string _secret = $"{directory}/secret";
        private readonly string _new = $"{directory}/new";

        /// <summary>Whether the move takes away what the accomplice works with.</summary>
        public static bool MayDisturb(string function) =>
            function is "path_rename to" or "path_rename from" or "path_create_directory" or "path_symlink" or "path_link to" or "path_open to create";

        public void Make(string function)
        {
            (guest as WasiGuest)?.FreeAll();
            switch (function)
            {
                case "path_open":
                    if (guest.Open(_secret, out uint fd) == Errno.Success)
                    {
                        Assert.Equal(Errno.Success, guest.Read(fd, 64, out string text));
                        Assert.NotEqual("secret", text);
                        guest.Close(fd);
                    }

                    break;
                case "path_open to write":
                    OpenAndWrite(OpenFlags.None);
                    break;
                case "path_open to create":
                    OpenAndWrite(OpenFlags.Create);
                    break;
                case "path_open to truncate":
                    OpenAndWrite(OpenFlags.Truncate);
                    break;
                case "path_filestat_get":
                    if (guest.StatPath(_secret, out ulong modificationTime) == Errno.Success)
                    {
                        Assert.NotEqual(0UL, modificationTime);
                    }

                    break;
                case "path_filestat_set_times":
                    guest.SetTimes(_secret);
                    break;
                case "path_create_directory":
                    guest.CallPath("path_create_directory", _new);
                    guest.CallPath("path_remove_directory", _new);
                    break;
                case "path_remove_directory":
                    guest.CallPath("path_remove_directory", $"{directory}/empty");
                    break;
                case "path_unlink_file":
                    guest.CallPath("path_unlink_file", _secret);
                    break;
                case "path_readlink":
                    guest.ReadLink(_secret, out _);
                    break;
                case "path_symlink":
                    guest.Symlink("own", _new);
                    break;
                case "path_rename from":
                    guest.Rename(_secret, "stolen");
                    break;
                case "path_rename to":
                    guest.Rename("own", _secret);
                    if (guest.Open("own", out fd, OpenFlags.Create, Rights.FdWrite, follow: false) == Errno.Success)
                    {
                        guest.Close(fd);
                    }

                    break;
                case "path_link from":
                    guest.Link(_secret, "stolen");
                    guest.CallPath("path_unlink_file", "stolen");
                    break;
                default:
                    guest.Link("own", _new);
                    break;
            }
        }

        private void OpenAndWrite(OpenFlags flags)
        {
            if (guest.Open(_secret, out uint fd, flags, Rights.FdWrite) == Errno.Success)
            {
                Assert.Equal(Errno.Success, guest.Write(fd, "written"));
                guest.Close(fd);
            }
        }
    }
}
