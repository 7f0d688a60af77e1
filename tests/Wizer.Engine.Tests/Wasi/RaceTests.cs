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

    public static TheoryData<string> Functions =>
    [
        "path_open", "path_open to write", "path_open to create", "path_open to truncate", "path_filestat_get",
        "path_filestat_set_times", "path_create_directory", "path_remove_directory", "path_unlink_file", "path_readlink",
        "path_symlink", "path_rename from", "path_rename to", "path_link from", "path_link to",
    ];

    // Through a directory that is now and then a link to the outside.
    [Theory]
    [MemberData(nameof(Functions))]
    public void ADirectoryThatBecomesALink_NeverLeadsOutside(string function)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = WasiGuest.WithDirectory(portable: false);
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
    public void AFileThatBecomesALink_NeverLeadsOutside(string function)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest guest = WasiGuest.WithDirectory(portable: false);
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

    private static void Race(WasiGuest guest, string function, string directory, Action swap)
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

        Assert.True(failure is null || moves.MayDisturb(function), $"{failure}");
        Assert.Equal(["empty", "secret"], Directory.GetFileSystemEntries(guest.OutsidePath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(guest.OutsidePath, "empty")));
        Assert.Equal("secret", File.ReadAllText(secret));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(secret));
        Assert.Equal(1UL, LinkCount(guest, secret));
    }

    private static ulong LinkCount(WasiGuest guest, string path)
    {
        using var host = new WasiGuest(new WasiOptions { Preopens = [new WasiPreopen(guest.OutsidePath, "/")] });
        Assert.Equal(Errno.Success, host.Stat(Path.GetFileName(path), out uint stat));
        return host.U64(stat + 24);
    }

    /// <summary>What the guest tries, on texts that are put into its memory once.</summary>
    private sealed class Moves
    {
        private readonly WasiGuest _guest;
        private readonly (uint Address, uint Length) _secret;
        private readonly (uint Address, uint Length) _new;
        private readonly (uint Address, uint Length) _empty;
        private readonly (uint Address, uint Length) _own;
        private readonly (uint Address, uint Length) _stolen;
        private readonly uint _buffer;
        private readonly uint _vectors;

        public Moves(WasiGuest guest, string directory)
        {
            _guest = guest;
            _secret = Put($"{directory}/secret");
            _new = Put($"{directory}/new");
            _empty = Put($"{directory}/empty");
            _own = Put("own");
            _stolen = Put("stolen");
            _buffer = guest.Allocate(256);
            _vectors = guest.PutVectors(_buffer, 64);
        }

        /// <summary>Whether the move takes away what the accomplice works with.</summary>
        public bool MayDisturb(string function) =>
            function is "path_rename to" or "path_rename from" or "path_create_directory" or "path_symlink" or "path_link to" or "path_open to create";

        public void Make(string function)
        {
            const uint Root = WasiGuest.Root;
            switch (function)
            {
                case "path_open":
                    if (_guest.Call("path_open", Root, 1, _secret.Address, _secret.Length, 0, (ulong)Rights.FdRead, 0, 0, _buffer) == Errno.Success)
                    {
                        uint fd = _guest.U32(_buffer);
                        Assert.Equal(Errno.Success, _guest.Call("fd_read", fd, _vectors, 1, _buffer + 64));
                        Assert.NotEqual("secret", _guest.Text(_buffer, _guest.U32(_buffer + 64)));
                        _guest.Succeed("fd_close", fd);
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
                    if (_guest.Call("path_filestat_get", Root, 1, _secret.Address, _secret.Length, _buffer) == Errno.Success)
                    {
                        Assert.NotEqual(0UL, _guest.U64(_buffer + 48));
                    }

                    break;
                case "path_filestat_set_times":
                    _guest.Call("path_filestat_set_times", Root, 1, _secret.Address, _secret.Length, 0, 0, (ulong)TimeFlags.ModificationNow);
                    break;
                case "path_create_directory":
                    _guest.Call("path_create_directory", Root, _new.Address, _new.Length);
                    _guest.Call("path_remove_directory", Root, _new.Address, _new.Length);
                    break;
                case "path_remove_directory":
                    _guest.Call("path_remove_directory", Root, _empty.Address, _empty.Length);
                    break;
                case "path_unlink_file":
                    _guest.Call("path_unlink_file", Root, _secret.Address, _secret.Length);
                    break;
                case "path_readlink":
                    _guest.Call("path_readlink", Root, _secret.Address, _secret.Length, _buffer, 64, _buffer + 64);
                    break;
                case "path_symlink":
                    _guest.Call("path_symlink", _own.Address, _own.Length, Root, _new.Address, _new.Length);
                    break;
                case "path_rename from":
                    _guest.Call("path_rename", Root, _secret.Address, _secret.Length, Root, _stolen.Address, _stolen.Length);
                    break;
                case "path_rename to":
                    _guest.Call("path_rename", Root, _own.Address, _own.Length, Root, _secret.Address, _secret.Length);
                    _guest.Call("path_open", Root, 0, _own.Address, _own.Length, (ulong)OpenFlags.Create, (ulong)Rights.FdWrite, 0, 0, _buffer);
                    _guest.Call("fd_close", _guest.U32(_buffer));
                    break;
                case "path_link from":
                    _guest.Call("path_link", Root, 0, _secret.Address, _secret.Length, Root, _stolen.Address, _stolen.Length);
                    _guest.Call("path_unlink_file", Root, _stolen.Address, _stolen.Length);
                    break;
                default:
                    _guest.Call("path_link", Root, 0, _own.Address, _own.Length, Root, _new.Address, _new.Length);
                    break;
            }
        }

        private void OpenAndWrite(OpenFlags flags)
        {
            const ulong Write = (ulong)Rights.FdWrite;
            if (_guest.Call("path_open", WasiGuest.Root, 1, _secret.Address, _secret.Length, (ulong)flags, Write, 0, 0, _buffer) == Errno.Success)
            {
                uint fd = _guest.U32(_buffer);
                _guest.Succeed("fd_write", fd, _vectors, 1, _buffer + 64);
                _guest.Succeed("fd_close", fd);
            }
        }

        private (uint Address, uint Length) Put(string text)
        {
            uint address = _guest.PutText(text, out uint length);
            return (address, length);
        }
    }
}
