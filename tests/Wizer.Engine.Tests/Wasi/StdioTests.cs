using System.IO.Pipes;
using System.Text;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class StdioTests
{
    [Fact]
    public void WithoutStreams_InputIsAtItsEndAndOutputGoesNowhere()
    {
        using var guest = new WasiGuest();
        Assert.Equal("", guest.MustRead(0));
        guest.MustWrite(1, "lost");
        guest.MustWrite(2, "lost");
    }

    [Fact]
    public void Streams_AreReadAndWritten()
    {
        using var input = new MemoryStream("script.js\n"u8.ToArray());
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        using var guest = new WasiGuest(new WasiOptions { Stdin = input, Stdout = output, Stderr = errors });
        Assert.Equal("scrip", guest.MustRead(0, 5));
        Assert.Equal("t.js\n", guest.MustRead(0, 100));
        Assert.Equal("", guest.MustRead(0, 100));
        guest.MustWrite(1, "out");
        guest.MustWrite(2, "err");
        Assert.Equal("out", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("err", Encoding.UTF8.GetString(errors.ToArray()));
    }

    [Fact]
    public void Streams_GoOneWay()
    {
        using var guest = new WasiGuest();
        Assert.Equal(Errno.Badf, guest.Write(0, "x", out _));
        Assert.Equal(Errno.Badf, guest.Read(1, 4, out _));
        Assert.Equal(Errno.Badf, guest.Read(2, 4, out _));
    }

    [Fact]
    public void Streams_CannotSeek()
    {
        using var guest = new WasiGuest();
        uint result = guest.Allocate(8);
        uint vectors = guest.PutVectors(result, 1);
        for (uint fd = 0; fd < 3; fd++)
        {
            Assert.Equal(Errno.Spipe, guest.Call("fd_seek", fd, 0, 0, result));
            Assert.Equal(Errno.Spipe, guest.Call("fd_tell", fd, result));
        }

        Assert.Equal(Errno.Spipe, guest.Call("fd_pread", 0, vectors, 1, 0, result));
        Assert.Equal(Errno.Spipe, guest.Call("fd_pwrite", 1, vectors, 1, 0, result));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Streams_LookLikeStreams(bool inherit)
    {
        using var guest = new WasiGuest(new WasiOptions { InheritStdio = inherit });
        uint stat = guest.Allocate(64);
        for (uint fd = 0; fd < 3; fd++)
        {
            guest.Succeed("fd_fdstat_get", fd, stat);
            Assert.True((FileType)guest.Bytes(stat, 1)[0] is FileType.Unknown or FileType.CharacterDevice);
            var rights = (Rights)guest.U64(stat + 8);
            Assert.Equal(fd == 0 ? Rights.FdRead : Rights.FdWrite, rights & (Rights.FdRead | Rights.FdWrite | Rights.FdSeek | Rights.FdTell));
            guest.Succeed("fd_filestat_get", fd, stat);
            Assert.Equal(0UL, guest.U64(stat + 8));
            Assert.Equal(0UL, guest.U64(stat + 32));
        }
    }

    [Fact]
    public void ABrokenStream_IsAnInputOutputError()
    {
        var closed = new MemoryStream();
        closed.Dispose();
        using var guest = new WasiGuest(new WasiOptions { Stdin = closed, Stdout = closed });
        Assert.Equal(Errno.Io, guest.Read(0, 4, out _));
        Assert.Equal(Errno.Io, guest.Write(1, "x", out _));
    }

    [Fact]
    public void Write_GathersItsVectors()
    {
        using var output = new MemoryStream();
        using var guest = new WasiGuest(new WasiOptions { Stdout = output });
        uint text = guest.PutText("hello world", out _);
        uint count = guest.Allocate(4);
        guest.Succeed("fd_write", 1, guest.PutVectors(text, 6, text, 0, text + 6, 5), 3, count);
        Assert.Equal(11u, guest.U32(count));
        Assert.Equal("hello world", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void BadVectors_AreRefusedBeforeAnythingIsWritten()
    {
        using var output = new MemoryStream();
        using var guest = new WasiGuest(new WasiOptions { Stdout = output });
        uint text = guest.PutText("hello", out _);
        uint count = guest.Allocate(4);
        uint vectors = guest.PutVectors(text, 5, 0xfffffff0, 32);
        Assert.Equal(Errno.Fault, guest.Call("fd_write", 1, vectors, 2, count));
        Assert.Equal(Errno.Fault, guest.Call("fd_write", 1, vectors, 1, 0xffffffff));
        Assert.Equal(Errno.Fault, guest.Call("fd_write", 1, 0xfffffff0, 1, count));
        Assert.Equal(Errno.Inval, guest.Call("fd_write", 1, vectors, 1025, count));
        Assert.Equal(Errno.Inval, guest.Call("fd_write", 1, vectors, 0xffffffff, count));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void PortableInput_CanBeInterruptedWhileItWaits_AndLosesNothing()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.GetClientHandleAsString());
        using var stream = new PortableStream(client, isTerminal: false);
        Assert.False(stream.WaitUntilReady(forWriting: false, 1));
        server.Write("late"u8);
        byte[] buffer = new byte[3];
        Assert.Equal(Errno.Success, stream.Read(buffer, out int count));
        Assert.Equal("lat", Encoding.UTF8.GetString(buffer, 0, count));
        Assert.True(stream.WaitUntilReady(forWriting: false, 0));
        Assert.Equal(Errno.Success, stream.Read(buffer, out count));
        Assert.Equal("e", Encoding.UTF8.GetString(buffer, 0, count));
        server.Dispose();
        Assert.Equal(Errno.Success, stream.Read(buffer, out count));
        Assert.Equal(0, count);
    }
}
