using Wizer.Engine.Components;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi.Preview2;

/// <summary><c>wasi:filesystem</c>, on both layers below it.</summary>
public sealed class Preview2FileTests
{
    public static TheoryData<bool> Layers => [false, true];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Files_AreWrittenAndRead(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        ComponentValue file = guest.MustOpen("f", OpenFlags.Create, Rights.FdRead | Rights.FdWrite);
        Assert.Equal("ok(5)", guest.OnDescriptor("write", file, ComponentValue.Bytes("01234"u8), ComponentValue.Of(0UL)).ToString());
        Assert.Equal("ok(2)", guest.OnDescriptor("write", file, ComponentValue.Bytes("ab"u8), ComponentValue.Of(4UL)).ToString());
        Assert.Equal("0123ab", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
        Assert.Equal("ok(([49, 50], false))", Read(guest, file, 2, 1));
        Assert.Equal("ok(([97, 98], true))", Read(guest, file, 3, 4));
        Assert.Equal("ok(([], true))", Read(guest, file, 3, 100));
        Assert.Equal("ok(([], false))", Read(guest, file, 0, 0));
        Assert.Equal("ok", guest.OnDescriptor("set-size", file, ComponentValue.Of(2UL)).ToString());
        Assert.Equal("ok", guest.OnDescriptor("sync", file).ToString());
        Assert.Equal("ok", guest.OnDescriptor("sync-data", file).ToString());
        Assert.Equal(
            "ok",
            guest.OnDescriptor("advise", file, ComponentValue.Of(0UL), ComponentValue.Of(0UL), ComponentValue.Enum("normal")).ToString());
        Assert.Equal("ok(regular-file)", guest.OnDescriptor("get-type", file).ToString());
        Assert.Equal("ok({read, write})", guest.OnDescriptor("get-flags", file).ToString());
        Assert.Equal("ok({read, mutate-directory})", guest.OnDescriptor("get-flags", guest.Root).ToString());
        Assert.Equal("01", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Streams_HavePositionsOfTheirOwn_AndOutliveTheirDescriptor(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        ComponentValue file = guest.MustOpen("f", OpenFlags.Create, Rights.FdRead | Rights.FdWrite);
        ComponentValue first = Preview2Guest.Ok(guest.OnDescriptor("write-via-stream", file, ComponentValue.Of(0UL)));
        ComponentValue second = Preview2Guest.Ok(guest.OnDescriptor("write-via-stream", file, ComponentValue.Of(3UL)));
        ComponentValue append = Preview2Guest.Ok(guest.OnDescriptor("append-via-stream", file));
        ComponentValue input = Preview2Guest.Ok(guest.OnDescriptor("read-via-stream", file, ComponentValue.Of(1UL)));
        file.AsResource.Drop();
        Write(first, "ab");
        Write(second, "de");
        Write(first, "c");
        Write(append, "fg");
        Write(append, "hi");
        Assert.Equal("abcdefghi", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
        Assert.Equal("bcd", Preview2Guest.TextOf(Preview2Guest.Ok(guest.Stream("input-stream.read", input, ComponentValue.Of(3UL)))));
        Assert.Equal(
            "efghi", Preview2Guest.TextOf(Preview2Guest.Ok(guest.Stream("input-stream.blocking-read", input, ComponentValue.Of(999UL)))));
        Assert.Equal("err(closed)", guest.Stream("input-stream.read", input, ComponentValue.Of(3UL)).ToString());

        void Write(ComponentValue stream, string text) =>
            Assert.Equal("ok", guest.Stream("output-stream.write", stream, ComponentValue.Bytes(System.Text.Encoding.UTF8.GetBytes(text))).ToString());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void OneDirection_IsNotTheOther(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "content");
        ComponentValue reader = guest.MustOpen("f");
        ComponentValue writer = guest.MustOpen("f", rights: Rights.FdWrite);
        Assert.Equal("err(bad-descriptor)", guest.OnDescriptor("write", reader, ComponentValue.Bytes("x"u8), ComponentValue.Of(0UL)).ToString());
        Assert.Equal("err(bad-descriptor)", guest.OnDescriptor("write-via-stream", reader, ComponentValue.Of(0UL)).ToString());
        Assert.Equal("err(bad-descriptor)", guest.OnDescriptor("append-via-stream", reader).ToString());
        Assert.Equal("err(invalid)", guest.OnDescriptor("set-size", reader, ComponentValue.Of(0UL)).ToString());
        Assert.Equal("err(bad-descriptor)", Read(guest, writer, 1, 0));
        Assert.Equal("err(bad-descriptor)", guest.OnDescriptor("read-via-stream", writer, ComponentValue.Of(0UL)).ToString());
        Assert.Equal("err(bad-descriptor)", Read(guest, guest.Root, 1, 0));
        Assert.Equal("err(bad-descriptor)", guest.OnDescriptor("set-size", guest.Root, ComponentValue.Of(0UL)).ToString());
        Assert.Equal("err(not-directory)", guest.OnDescriptor("read-directory", reader).ToString());
        Assert.Equal("err(not-directory)", guest.OnDescriptor("create-directory-at", reader, Preview2Guest.Text("d")).ToString());
        Assert.Equal("content", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void OpenAt_CreatesTruncatesAndRefuses(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "content");
        Directory.CreateDirectory(Path.Join(guest.HostPath, "d"));
        Assert.Equal(Errno.Noent, guest.Open("none", out _));
        Assert.Equal(Errno.Exist, guest.Open("f", out _, OpenFlags.Create | OpenFlags.Exclusive));
        Assert.Equal(Errno.Notdir, guest.Open("f", out _, OpenFlags.Directory));
        Assert.Equal(Errno.Isdir, guest.Open("d", out _, rights: Rights.FdWrite));
        Assert.Equal(Errno.Inval, guest.Open("d", out _, OpenFlags.Directory | OpenFlags.Create));
        Assert.Equal(Errno.Isdir, guest.Open("new/", out _, OpenFlags.Create, Rights.FdWrite));
        Assert.Equal(Errno.Inval, guest.Open("f\0", out _));
        Assert.Equal(Errno.Nametoolong, guest.Open(new string('x', 5000), out _));
        Assert.Equal(Errno.Noent, guest.Open("", out _));
        guest.MustOpen("f", OpenFlags.Truncate, Rights.FdWrite);
        Assert.Equal("", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
        ComponentValue directory = guest.MustOpen("d", OpenFlags.Directory);
        Assert.Equal("ok(directory)", guest.OnDescriptor("get-type", directory).ToString());
        Assert.Equal("ok", guest.OnDescriptor("create-directory-at", directory, Preview2Guest.Text("e")).ToString());
        Assert.True(Directory.Exists(Path.Join(guest.HostPath, "d", "e")));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Directories_AreListedInOrder_AsTheyWere(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        foreach (string name in new[] { "b", "a", "é" })
        {
            File.WriteAllText(Path.Join(guest.HostPath, name), "");
        }

        Directory.CreateDirectory(Path.Join(guest.HostPath, "c"));
        ComponentValue listing = Preview2Guest.Ok(guest.OnDescriptor("read-directory", guest.Root));
        File.Delete(Path.Join(guest.HostPath, "b"));
        Assert.Equal("ok(some({type: regular-file, name: \"a\"}))", Next());
        Assert.Equal("ok(some({type: regular-file, name: \"b\"}))", Next());
        Assert.Equal("ok(some({type: directory, name: \"c\"}))", Next());
        Assert.Equal("ok(some({type: regular-file, name: \"é\"}))", Next());
        Assert.Equal("ok(none)", Next());
        Assert.Equal("ok(none)", Next());

        string Next() =>
            guest.Call("wasi:filesystem/types", "[method]directory-entry-stream.read-directory-entry", listing)!.Value.ToString();
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Stat_TellsTypesSizesAndTimes(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "content");
        File.CreateSymbolicLink(Path.Join(guest.HostPath, "link"), "f");
        ComponentValue time = ComponentValue.Variant("timestamp", ComponentValue.Record(
            ("seconds", ComponentValue.Of(1_000_000_000UL)), ("nanoseconds", ComponentValue.Of(5_000_000u))));
        ComponentValue keep = ComponentValue.Variant("no-change");
        Assert.Equal(
            "ok", guest.OnDescriptor("set-times-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("link"), keep, time).ToString());
        ComponentValue stat = Preview2Guest.Ok(guest.OnDescriptor("stat-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("link")));
        Assert.Equal("regular-file", stat.Items[0].Label);
        Assert.Equal(7UL, stat.Items[2].AsUInt64);
        Assert.Equal("some({seconds: 1000000000, nanoseconds: 5000000})", stat.Items[4].ToString());
        ComponentValue link = Preview2Guest.Ok(
            guest.OnDescriptor("stat-at", guest.Root, Preview2Guest.Follow(false), Preview2Guest.Text("link")));
        Assert.Equal("symbolic-link", link.Items[0].Label);
        ComponentValue file = guest.MustOpen("f");
        Assert.Equal(stat.Items[4], Preview2Guest.Ok(guest.OnDescriptor("stat", file)).Items[4]);
        Assert.Equal("ok", guest.OnDescriptor("set-times", file, ComponentValue.Variant("now"), ComponentValue.Variant("now")).ToString());
        Assert.NotEqual(stat.Items[4], Preview2Guest.Ok(guest.OnDescriptor("stat", file)).Items[4]);
        ComponentValue never = ComponentValue.Variant("timestamp", ComponentValue.Record(
            ("seconds", ComponentValue.Of(ulong.MaxValue)), ("nanoseconds", ComponentValue.Of(0u))));
        Assert.Equal("err(overflow)", guest.OnDescriptor("set-times", file, never, keep).ToString());
        Assert.Equal("err(no-entry)", guest.OnDescriptor("stat-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("no")).ToString());
        WasiPreview2Function function = guest.Wasi.Functions.Single(function => function.Name == "[method]descriptor.stat");
        Assert.Equal((2, 2), (function.CallCount, function.NondeterministicCallCount));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Hashes_AreOfTheFile_AndOfItsState(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        ComponentValue file = guest.MustOpen("f", OpenFlags.Create, Rights.FdRead | Rights.FdWrite);
        ComponentValue other = guest.MustOpen("g", OpenFlags.Create);
        ComponentValue again = guest.MustOpen("f");
        ComponentValue before = Hash(file);
        Assert.Equal(before, Hash(again));
        Assert.Equal(before, Preview2Guest.Ok(
            guest.OnDescriptor("metadata-hash-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("f"))));
        guest.OnDescriptor("write", file, ComponentValue.Bytes("x"u8), ComponentValue.Of(0UL));
        Assert.Equal(before.Items[0], Hash(file).Items[0]);
        Assert.NotEqual(before.Items[1], Hash(file).Items[1]);
        if (!portable)
        {
            Assert.NotEqual(before.Items[0], Hash(other).Items[0]);
            Assert.Equal("true", guest.OnDescriptor("is-same-object", file, again).ToString());
            Assert.Equal("false", guest.OnDescriptor("is-same-object", file, other).ToString());
        }

        ComponentValue Hash(ComponentValue descriptor) => Preview2Guest.Ok(guest.OnDescriptor("metadata-hash", descriptor));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Names_AreCreatedMovedAndRemoved(bool portable)
    {
        using Preview2Guest guest = Preview2Guest.WithDirectory(portable);
        Assert.Equal(Errno.Success, guest.CallPath("path_create_directory", "d"));
        Assert.Equal(Errno.Exist, guest.CallPath("path_create_directory", "d"));
        guest.MustOpen("d/f", OpenFlags.Create, Rights.FdWrite);
        Assert.Equal(Errno.Notempty, guest.CallPath("path_remove_directory", "d"));
        Assert.Equal(Errno.Success, guest.Rename("d/f", "g"));
        Assert.Equal(Errno.Success, guest.Symlink("g", "link"));
        Assert.Equal(Errno.Success, guest.ReadLink("link", out string target));
        Assert.Equal("g", target);
        Assert.Equal(Errno.Inval, guest.ReadLink("g", out _));
        Assert.Equal(Errno.Perm, guest.Symlink("/etc", "other"));
        Assert.Equal(Errno.Noent, guest.Symlink("", "other"));
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "link"));
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "g"));
        Assert.Equal(Errno.Success, guest.CallPath("path_remove_directory", "d"));
        Assert.Empty(Directory.GetFileSystemEntries(guest.HostPath));
        Assert.Equal(
            "err(invalid)",
            guest.OnDescriptor(
                "link-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("a"), guest.Root, Preview2Guest.Text("b")).ToString());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void ADeterministicRun_SeesNothingOfTheHost(bool portable)
    {
        string first = Look(DateTime.UnixEpoch.AddYears(20));
        Assert.Equal(first, Look(DateTime.UnixEpoch.AddYears(40)));
        Assert.Contains("some({seconds: 42, nanoseconds: 0})", first, StringComparison.Ordinal);

        string Look(DateTime time)
        {
            using Preview2Guest guest = Preview2Guest.WithDirectory(
                portable, new WasiOptions { Deterministic = new DeterministicOptions { UnixSeconds = 42 } });
            string path = Path.Join(guest.HostPath, "f");
            File.WriteAllText(path, "content");
            File.SetLastWriteTimeUtc(path, time);
            ComponentValue file = guest.MustOpen("f");
            string seen = $"{guest.OnDescriptor("stat", file)} {guest.OnDescriptor("metadata-hash", file)} "
                + guest.OnDescriptor("metadata-hash-at", guest.Root, Preview2Guest.Follow(), Preview2Guest.Text("f"));
            Assert.All(guest.Wasi.Functions, function => Assert.Equal(0, function.NondeterministicCallCount));
            return seen;
        }
    }

    private static string Read(Preview2Guest guest, ComponentValue file, ulong length, ulong offset) =>
        guest.OnDescriptor("read", file, ComponentValue.Of(length), ComponentValue.Of(offset)).ToString();
}
