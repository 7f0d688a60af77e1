using System.IO.Pipes;
using System.Text;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

[Trait("function", "fd_read")]
[Trait("function", "fd_pread")]
public class FdReadTests
{
    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void Vectors_AreFilledInTheirOrder(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint buffer = guest.Allocate(64);
        uint count = guest.Allocate(4);
        uint vectors = guest.PutVectors(buffer + 20, 3, buffer, 0, buffer + 10, 4, buffer, 30);
        guest.Succeed("fd_pread", World.Reading, vectors, 4, 0, count);
        Assert.Equal(11u, guest.U32(count));
        Assert.Equal(("hel", "lo w", "orld"), (guest.Text(buffer + 20, 3), guest.Text(buffer + 10, 4), guest.Text(buffer, 4)));
        guest.Bytes(buffer, 64).Clear();
        guest.Succeed("fd_read", World.Reading, vectors, 3, count);
        Assert.Equal((7u, "hel", "lo w"), (guest.U32(count), guest.Text(buffer + 20, 3), guest.Text(buffer + 10, 4)));
        guest.Succeed("fd_read", World.Reading, vectors, 4, count);
        Assert.Equal((4u, "orl", "d"), (guest.U32(count), guest.Text(buffer + 20, 3), guest.Text(buffer + 10, 1)));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void TheEnd_IsACountOfZero_AsOftenAsAsked(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        Assert.Equal("hello world", guest.MustRead(World.Reading));
        Assert.Equal("", guest.MustRead(World.Reading));
        Assert.Equal("", guest.MustRead(World.Reading));

        // And no more so when the file grew.
        SharedFile.Append(Path.Join(guest.HostPath, "f"), "!");
        Assert.Equal("!", guest.MustRead(World.Reading));
        uint vectors = guest.PutVectors(2048, 4);
        guest.Succeed("fd_pread", World.Reading, vectors, 1, 12, 1024);
        Assert.Equal(0u, guest.U32(1024));
        guest.Succeed("fd_pread", World.Reading, vectors, 1, long.MaxValue - 10, 1024);
        Assert.Equal(0u, guest.U32(1024));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void NothingIsReadIntoNothing(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint count = guest.PutVectors(77);
        guest.Succeed("fd_read", World.Reading, 0, 0, count);
        Assert.Equal(0u, guest.U32(count));
        guest.Succeed("fd_read", World.Reading, guest.PutVectors(0x100000, 0, 5, 0), 2, count);
        Assert.Equal(0u, guest.U32(count));
        Assert.Equal("hello", guest.MustRead(World.Reading, 5));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void AThousandVectors_AreFine(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        byte[] content = new byte[3000];
        new Random(3).NextBytes(content);
        SharedFile.Overwrite(Path.Join(guest.HostPath, "f"), content);
        uint buffer = guest.Allocate(4000);
        uint count = guest.Allocate(4);
        uint[] words = [.. Enumerable.Range(0, 1024).SelectMany(i => new[] { buffer + (uint)i * 3, 3u })];
        uint vectors = guest.PutVectors(words);
        guest.Succeed("fd_read", World.Reading, vectors, 1024, count);
        Assert.Equal(3000u, guest.U32(count));
        Assert.True(guest.Bytes(buffer, 3000).SequenceEqual(content));
        guest.Fails(Errno.Inval, "fd_read", World.Reading, vectors, 1025, count);
    }

    // The first buffer is the list of vectors itself: what is read into it must not lead anywhere that was not checked.
    [Fact]
    public void VectorsThatAreOverwritten_LeadNowhere()
    {
        using WasiGuest guest = World.Create(portable: false);
        uint vectors = guest.PutVectors(0, 0, 0, 0);
        guest.Bytes(vectors, 16).Clear();
        byte[] content = new byte[200];
        content.AsSpan(0, 16).Fill(0xff);
        SharedFile.Overwrite(Path.Join(guest.HostPath, "f"), content);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(guest.Bytes(vectors, 4), vectors);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(guest.Bytes(vectors + 4, 4), 16);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(guest.Bytes(vectors + 8, 4), 4096);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(guest.Bytes(vectors + 12, 4), 16);
        guest.Succeed("fd_read", World.Reading, vectors, 2, 1024);
        Assert.Equal(16u, guest.U32(1024));
    }

    [Theory]
    [MemberData(nameof(World.Layers), MemberType = typeof(World))]
    public void FdRead_Fails_WithTheErrnoOfTheCause(bool portable)
    {
        using WasiGuest guest = World.Create(portable);
        uint vectors = guest.PutVectors(2048, 4);
        uint beyond = guest.PutVectors(2048, 4, World.BadAddress, 16);
        foreach (string function in new[] { "fd_read", "fd_pread" })
        {
            Fails(Errno.Badf, World.Writing, vectors, 1, 1024);
            Fails(Errno.Badf, World.Output, vectors, 1, 1024);
            Fails(Errno.Badf, World.Directory, vectors, 1, 1024);
            Fails(Errno.Badf, World.Root, vectors, 1, 1024);
            Fails(Errno.Badf, World.Closed, vectors, 1, 1024);
            Fails(Errno.Fault, World.Reading, beyond, 2, 1024);
            Fails(Errno.Fault, World.Reading, vectors, 1, World.BadAddress);
            Fails(Errno.Fault, World.Reading, World.BadAddress, 1, 1024);
            Fails(Errno.Fault, World.Reading, uint.MaxValue, 1, 1024);
            Fails(Errno.Inval, World.Reading, vectors, uint.MaxValue, 1024);

            void Fails(Errno errno, uint fd, uint list, uint length, uint result)
            {
                ulong[] arguments = function == "fd_read" ? [fd, list, length, result] : [fd, list, length, 0, result];
                guest.Fails(errno, function, arguments);
            }
        }

        guest.Fails(Errno.Inval, "fd_pread", World.Reading, vectors, 1, ulong.MaxValue, 1024);
        guest.Fails(Errno.Inval, "fd_pread", World.Reading, vectors, 1, 1UL << 63, 1024);
        guest.Fails(Errno.Spipe, "fd_pread", World.Input, vectors, 1, 0, 1024);
        Assert.Equal("hello world", guest.MustRead(World.Reading));
    }

    [Fact]
    public void AStreamOfTheEmbedder_CanBeInterrupted_AndLosesNothing()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.GetClientHandleAsString());
        using var guest = new WasiGuest(new WasiOptions { Stdin = client });
        using var source = new CancellationTokenSource(millisecondsDelay: 50);
        guest.Interrupt = source.Token;
        Assert.Equal(Errno.Intr, guest.Read(0, 100, out _));
        guest.Interrupt = default;
        server.Write(Encoding.UTF8.GetBytes("late"));
        Assert.Equal("la", guest.MustRead(0, 2));
        Assert.Equal("te", guest.MustRead(0, 2));
        server.Write(Encoding.UTF8.GetBytes("more"));
        Assert.Equal("mo", guest.MustRead(0, 2));

        // What the guest did not ask for is still in the pipe.
        server.Dispose();
        Assert.Equal('r', client.ReadByte());
        Assert.Equal("e", guest.MustRead(0, 2));
        Assert.Equal("", guest.MustRead(0, 2));
    }

    [Fact]
    public void AStream_EndsAReadWithWhatIsThere()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.GetClientHandleAsString());
        using var guest = new WasiGuest(new WasiOptions { Stdin = client });
        server.Write("line\n"u8);
        Assert.Equal("line\n", guest.MustRead(0, 100));
    }
}
