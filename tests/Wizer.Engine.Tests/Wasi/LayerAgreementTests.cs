using System.Text;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>
/// The layer of the kernel and the portable one, given the same random calls, answer the same and leave the same tree. Only hard
/// links are left out, which the framework cannot make.
/// </summary>
public sealed class LayerAgreementTests
{
    private const int CallCount = 1500;

    private static readonly string[] s_names = ["a", "b", "c", "a/b", "a/c", "b/a", "a/b/c", "l", "m", "a/l", "l/b", "m/c", ".", "a/..", "l/../c"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void BothLayers_AnswerTheSame(int seed)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using WasiGuest kernel = WasiGuest.WithDirectory(portable: false);
        using WasiGuest portable = WasiGuest.WithDirectory(portable: true);
        var random = new Random(seed);
        for (int i = 0; i < CallCount; i++)
        {
            Func<WasiGuest, string> call = Choose(random, out string description);
            kernel.FreeAll();
            portable.FreeAll();
            string expected = call(kernel);
            string actual = call(portable);
            if (expected != actual)
            {
                Assert.Fail($"call {i}, {description}: {expected} on the kernel's layer, {actual} on the portable one; now\n{Tree(kernel.HostPath)}");
            }
        }

        Assert.Equal(Tree(kernel.HostPath), Tree(portable.HostPath));
    }

    private static Func<WasiGuest, string> Choose(Random random, out string description)
    {
        string path = Name(random);
        string other = Name(random);
        var flags = (OpenFlags)random.Next(16);
        var rights = (Rights)random.Next(4) switch
        {
            (Rights)0 => Rights.None,
            (Rights)1 => Rights.FdRead,
            (Rights)2 => Rights.FdWrite,
            _ => Rights.FdRead | Rights.FdWrite,
        };
        bool follow = random.Next(2) == 0;
        int kind = random.Next(10);
        description = $"{kind}: {path} {other} {flags} {rights} {follow}";
        return kind switch
        {
            0 or 1 => guest => Open(guest, path, flags, rights, follow),
            2 => guest => $"{guest.CallPath("path_create_directory", path)}",
            3 => guest => $"{guest.CallPath("path_remove_directory", path)}",
            4 => guest => $"{guest.CallPath("path_unlink_file", path)}",
            5 or 6 => guest => $"{guest.Rename(path, other)}",
            7 => guest => $"{guest.Symlink(other, path)}",
            8 => guest => $"{guest.ReadLink(path, out string target)} {target}",
            _ => guest => Stat(guest, path, follow),
        };
    }

    private static string Name(Random random)
    {
        string name = s_names[random.Next(s_names.Length)];
        return random.Next(8) switch
        {
            0 => name + "/",
            1 => "./" + name,
            2 => random.Next(3) == 0 ? "../" + name : name,
            _ => name,
        };
    }

    private static string Open(WasiGuest guest, string path, OpenFlags flags, Rights rights, bool follow)
    {
        Errno errno = guest.Open(path, out uint fd, flags, rights, follow: follow);
        if (errno != Errno.Success)
        {
            return $"{errno}";
        }

        string seen = "";
        if ((rights & Rights.FdWrite) != 0)
        {
            guest.MustWrite(fd, path);
        }
        else if ((rights & Rights.FdRead) != 0)
        {
            Errno read = guest.Read(fd, 100, out string text);
            seen = $"{read} {text}";
        }

        guest.Succeed("fd_close", fd);
        return $"{errno} {fd} {seen}";
    }

    private static string Stat(WasiGuest guest, string path, bool follow)
    {
        Errno errno = guest.Stat(path, out uint stat, follow);
        var type = (FileType)guest.Bytes(stat + 16, 1)[0];
        return errno != Errno.Success ? $"{errno}" : type == FileType.Directory ? $"{type}" : $"{type} {guest.U64(stat + 32)}";
    }

    private static string Tree(string root)
    {
        var text = new StringBuilder();
        Append(new DirectoryInfo(root), "");
        return text.ToString();

        void Append(DirectoryInfo directory, string prefix)
        {
            foreach (FileSystemInfo info in directory.EnumerateFileSystemInfos().OrderBy(static i => i.Name, StringComparer.Ordinal))
            {
                string path = prefix + info.Name;
                text.Append(path).Append(info.LinkTarget is { } target ? $" -> {target}\n" : info is FileInfo file ? $" {file.Length}\n" : "/\n");
                if (info.LinkTarget is null && info is DirectoryInfo inner)
                {
                    Append(inner, path + "/");
                }
            }
        }
    }
}
