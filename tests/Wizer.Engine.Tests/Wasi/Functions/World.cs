using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>A small tree, and a descriptor of every kind, for the tests of single functions.</summary>
internal static class World
{
    public const uint Input = 0;
    public const uint Output = 1;
    public const uint Root = WasiGuest.Root;

    /// <summary>The file <c>f</c>, eleven bytes, open to be read.</summary>
    public const uint Reading = 4;

    /// <summary>The same file, open to be written.</summary>
    public const uint Writing = 5;

    /// <summary>The directory <c>d</c>.</summary>
    public const uint Directory = 6;

    /// <summary>A number that no descriptor has.</summary>
    public const uint Closed = 99;

    /// <summary>An address at which nothing more than a byte or two fits.</summary>
    public const uint BadAddress = 0xfffff;

    public static TheoryData<bool> Layers => [false, true];

    /// <summary>Files, a directory, and links to them, to nowhere, to themselves and to the outside.</summary>
    public static WasiGuest Create(bool portable, WasiOptions? options = null)
    {
        WasiGuest guest = WasiGuest.WithDirectory(portable, options);
        string root = guest.HostPath;
        File.WriteAllText(Path.Join(root, "f"), "hello world");
        System.IO.Directory.CreateDirectory(Path.Join(root, "d"));
        System.IO.Directory.CreateDirectory(Path.Join(root, "empty"));
        File.WriteAllText(Path.Join(root, "d", "g"), "content of g");
        Link("link", "f");
        Link("dlink", "d");
        Link("dangling", "nothing");
        Link("loop", "loop");
        Link("up", "../outside");
        Link("absolute", guest.OutsidePath);
        Assert.Equal(Reading, guest.MustOpen("f"));
        Assert.Equal(Writing, guest.MustOpen("f", rights: Rights.FdWrite));
        Assert.Equal(Directory, guest.MustOpen("d", OpenFlags.Directory));
        return guest;

        void Link(string path, string target) => File.CreateSymbolicLink(Path.Join(root, path), target);
    }

    public static void Fails(this WasiGuest guest, Errno errno, string function, params ReadOnlySpan<ulong> arguments) =>
        Assert.Equal(errno, guest.Call(function, arguments));

    public static string HostText(this WasiGuest guest, string path) => SharedFile.ReadText(Path.Join(guest.HostPath, path));

    /// <summary>The text of <c>f</c>, whatever happened to it.</summary>
    public static void FileIsUntouched(this WasiGuest guest) => Assert.Equal("hello world", guest.HostText("f"));

    /// <summary>Paths that no function may go, and why; the text is put into memory.</summary>
    public static IEnumerable<(Errno Errno, uint Address, uint Length)> BadPaths(WasiGuest guest)
    {
        yield return Text(Errno.Noent, "");
        yield return Text(Errno.Perm, "/");
        yield return Text(Errno.Perm, "/etc/passwd");
        yield return Text(Errno.Perm, "..");
        yield return Text(Errno.Perm, "../outside/secret");
        yield return Text(Errno.Perm, "d/../../outside");
        yield return Text(Errno.Perm, "up/secret");
        yield return Text(Errno.Perm, "absolute/secret");
        yield return Text(Errno.Loop, "loop/x");
        yield return Text(Errno.Noent, "none/x");
        yield return Text(Errno.Noent, "dangling/x");
        yield return Text(Errno.Notdir, "f/x");
        yield return Text(Errno.Notdir, "link/x");
        yield return Text(Errno.Inval, "f\0");
        yield return Text(Errno.Inval, "f\0/../../outside/secret");
        yield return Text(Errno.Nametoolong, new string('x', 256));
        yield return Text(Errno.Nametoolong, "d/" + new string('x', 256) + "/y");
        yield return Text(Errno.Nametoolong, string.Concat(Enumerable.Repeat("d/../", 1000)) + "f");
        yield return (Errno.Ilseq, guest.Put([0xff, 0xfe]), 2);
        yield return (Errno.Fault, BadAddress, 100);
        yield return (Errno.Fault, 0, uint.MaxValue);

        (Errno, uint, uint) Text(Errno errno, string text)
        {
            uint address = guest.PutText(text, out uint length);
            return (errno, address, length);
        }
    }
}
