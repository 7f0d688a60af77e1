using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_write")]
[Trait("function", "fd_pwrite")]
public class FdWriteTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Vectors_AreGatheredInTheirOrder(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint text = guest.PutText("ABCDEF", out _);
        uint vectors = guest.PutVectors(text + 4, 2, text, 0, text, 3);
        guest.Succeed("fd_write", World.Writing, vectors, 3, 1024);
        Assert.Equal(5u, guest.U32(1024));
        Assert.Equal("EFABC world", guest.HostText("f"));
        guest.Succeed("fd_pwrite", World.Writing, vectors, 3, 9, 1024);
        Assert.Equal("EFABC worEFABC", guest.HostText("f"));
        guest.MustWrite(World.Writing, "_");
        Assert.Equal("EFABC_worEFABC", guest.HostText("f"));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void BehindTheEnd_TheGapIsZeros(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint text = guest.PutText("!", out _);
        guest.Succeed("fd_pwrite", World.Writing, guest.PutVectors(text, 1), 1, 13, 1024);
        Assert.Equal("hello world\0\0!", guest.HostText("f"));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void MoreThanAPiece_IsWrittenAtOnce(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        new Random(4).NextBytes(guest.Bytes(4096, 1_000_000));
        uint vectors = guest.PutVectors(4096, 1_000_000, 4096, 1_000_000, 4096, 500_000);
        guest.Succeed("fd_write", World.Writing, vectors, 3, 1024);
        Assert.Equal(2_500_000u, guest.U32(1024));
        byte[] written = SharedFile.ReadBytes(Path.Join(guest.HostPath, "f"));
        Assert.True(written.AsSpan(1_000_000, 1_000_000).SequenceEqual(guest.Bytes(4096, 1_000_000)));
        Assert.True(written.AsSpan(2_000_000).SequenceEqual(guest.Bytes(4096, 500_000)));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void AppendingPositions_AtTheEnd(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint fd = guest.MustOpen("f", rights: Rights.FdRead | Rights.FdWrite, fdFlags: FdFlags.Append);
        guest.MustWrite(World.Writing, "H");
        guest.MustWrite(fd, "1");
        SharedFile.Append(Path.Join(guest.HostPath, "f"), "other ");
        guest.MustWrite(fd, "2");
        Assert.Equal("Hello world1other 2", guest.HostText("f"));
        guest.Succeed("fd_tell", fd, 1024);
        Assert.Equal(19UL, guest.U64(1024));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdWrite_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint vectors = guest.PutVectors(2048, 4);
        uint beyond = guest.PutVectors(2048, 4, World.BadAddress, 16);
        foreach (string function in new[] { "fd_write", "fd_pwrite" })
        {
            Fails(Errno.Badf, World.Reading, vectors, 1, 1024);
            Fails(Errno.Badf, World.Input, vectors, 1, 1024);
            Fails(Errno.Badf, World.Directory, vectors, 1, 1024);
            Fails(Errno.Badf, World.Root, vectors, 1, 1024);
            Fails(Errno.Badf, World.Closed, vectors, 1, 1024);
            Fails(Errno.Fault, World.Writing, beyond, 2, 1024);
            Fails(Errno.Fault, World.Writing, vectors, 1, World.BadAddress);
            Fails(Errno.Fault, World.Writing, uint.MaxValue, 1, 1024);
            Fails(Errno.Inval, World.Writing, vectors, 1025, 1024);

            void Fails(Errno errno, uint fd, uint list, uint length, uint result)
            {
                ulong[] arguments = function == "fd_write" ? [fd, list, length, result] : [fd, list, length, 0, result];
                guest.Fails(errno, function, arguments);
            }
        }

        guest.Fails(Errno.Inval, "fd_pwrite", World.Writing, vectors, 1, ulong.MaxValue, 1024);
        guest.Fails(Errno.Spipe, "fd_pwrite", World.Output, vectors, 1, 0, 1024);
        guest.FileIsUntouched();
    }

    [Fact]
    public void MoreThanAResultCanSay_IsInvalid()
    {
        using WasiGuest guest = World.Create(portable: false);
        uint[] words = [.. Enumerable.Range(0, 1024).SelectMany(static _ => new[] { 0u, 0x100000u })];
        Assert.Equal(1024UL << 20, (ulong)words.Where((_, i) => i % 2 == 1).Sum(static w => (long)w));
        uint vectors = guest.PutVectors([.. words, .. words]);
        guest.Fails(Errno.Inval, "fd_write", World.Output, vectors, 2048, 1024);
        guest.Succeed("fd_write", World.Output, vectors, 1024, 1024);
        Assert.Equal(1024u << 20, guest.U32(1024));
    }

    [Fact]
    public void AFullDevice_SaysSo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var guest = new WasiGuest(new WasiOptions { Preopens = [new WasiPreopen("/dev", "/dev")] });
        uint fd = guest.MustOpen("full", rights: Rights.FdWrite);
        Assert.Equal(Errno.Nospc, guest.Write(fd, "x", out _));
        Assert.Equal("\0\0", guest.MustRead(guest.MustOpen("zero"), 2));
        Assert.Equal("", guest.MustRead(guest.MustOpen("null"), 2));
    }
}
