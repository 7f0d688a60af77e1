using System.Text;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;
using Xunit;

namespace Wizer.Engine.Tests.Wasi;

public class FileTests
{
    private const Rights ReadWrite = Rights.FdRead | Rights.FdWrite;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_ScattersAndEndsAtTheEnd(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "script.js"), "console.log(1)");
        uint fd = guest.MustOpen("script.js");
        Assert.Equal(4u, fd);
        uint buffer = guest.Allocate(64);
        uint count = guest.Allocate(4);
        uint vectors = guest.PutVectors(buffer, 8, buffer + 40, 0, buffer + 8, 32);
        guest.Succeed("fd_read", fd, vectors, 3, count);
        Assert.Equal("console.log(1)", guest.Text(buffer, guest.U32(count)));
        Assert.Equal("", guest.MustRead(fd));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OfMoreThanAChunk_FillsTheBuffer(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        byte[] content = new byte[1_040_000];
        new Random(5).NextBytes(content);
        File.WriteAllBytes(Path.Join(guest.HostPath, "big"), content);
        uint fd = guest.MustOpen("big");
        uint count = guest.Allocate(4);
        uint vectors = guest.PutVectors(4096, 500_000, 504_096, 540_000);
        guest.Succeed("fd_read", fd, vectors, 2, count);
        Assert.Equal((uint)content.Length, guest.U32(count));
        Assert.True(guest.Bytes(4096, content.Length).SequenceEqual(content));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Seek_Tell_Write(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint fd = guest.MustOpen("f", OpenFlags.Create, ReadWrite);
        uint position = guest.Allocate(8);
        guest.MustWrite(fd, "0123456789");
        guest.Succeed("fd_tell", fd, position);
        Assert.Equal(10UL, guest.U64(position));
        guest.Succeed("fd_seek", fd, unchecked((ulong)-4), (ulong)Whence.Current, position);
        Assert.Equal(6UL, guest.U64(position));
        guest.MustWrite(fd, "x");
        guest.Succeed("fd_seek", fd, unchecked((ulong)-1), (ulong)Whence.End, position);
        Assert.Equal(9UL, guest.U64(position));
        Assert.Equal("9", guest.MustRead(fd));
        guest.Succeed("fd_seek", fd, 12, (ulong)Whence.Start, position);
        guest.MustWrite(fd, "!");
        Assert.Equal("012345x789\0\0!", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));

        Assert.Equal(Errno.Inval, guest.Call("fd_seek", fd, unchecked((ulong)-1), (ulong)Whence.Start, position));
        Assert.Equal(Errno.Inval, guest.Call("fd_seek", fd, 0, 3, position));
        Assert.Equal(Errno.Fault, guest.Call("fd_seek", fd, 0, 0, 0xfffffffc));
        guest.Succeed("fd_tell", fd, position);
        Assert.Equal(13UL, guest.U64(position));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pread_AndPwrite_LeaveThePositionAlone(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint fd = guest.MustOpen("f", OpenFlags.Create, ReadWrite);
        guest.MustWrite(fd, "abcdef");
        uint buffer = guest.PutText("XY", out _);
        uint count = guest.Allocate(4);
        guest.Succeed("fd_pwrite", fd, guest.PutVectors(buffer, 1, buffer + 1, 1), 2, 1, count);
        Assert.Equal(2u, guest.U32(count));
        uint target = guest.Allocate(16);
        guest.Succeed("fd_pread", fd, guest.PutVectors(target, 3, target + 3, 13), 2, 1, count);
        Assert.Equal("XYdef", guest.Text(target, guest.U32(count)));
        uint position = guest.Allocate(8);
        guest.Succeed("fd_tell", fd, position);
        Assert.Equal(6UL, guest.U64(position));
        guest.Succeed("fd_pread", fd, guest.PutVectors(target, 3), 1, 100, count);
        Assert.Equal(0u, guest.U32(count));
        Assert.Equal(Errno.Inval, guest.Call("fd_pread", fd, guest.PutVectors(target, 3), 1, ulong.MaxValue, count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Access_IsWhatItWasOpenedFor(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint reading = guest.MustOpen("f", rights: Rights.FdRead);
        uint writing = guest.MustOpen("f", rights: Rights.FdWrite);
        Assert.Equal(Errno.Badf, guest.Write(reading, "x", out _));
        Assert.Equal(Errno.Badf, guest.Read(writing, 4, out _));
        Assert.Equal(Errno.Inval, guest.Call("fd_filestat_set_size", reading, 0));
        Assert.Equal(Errno.Badf, guest.Call("fd_allocate", reading, 0, 10));
        Assert.Equal("text", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Append_WritesAtTheEnd_AndCanBeSwitched(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "log"), "one ");
        uint fd = guest.MustOpen("log", rights: ReadWrite, fdFlags: FdFlags.Append);
        guest.MustWrite(fd, "two ");
        uint stat = guest.Allocate(24);
        guest.Succeed("fd_fdstat_get", fd, stat);
        Assert.Equal(FdFlags.Append, (FdFlags)guest.U16(stat + 2));

        guest.Succeed("fd_fdstat_set_flags", fd, 0);
        uint position = guest.Allocate(8);
        guest.Succeed("fd_seek", fd, 0, 0, position);
        guest.MustWrite(fd, "ONE");
        guest.Succeed("fd_fdstat_set_flags", fd, (ulong)(FdFlags.Append | FdFlags.Nonblock));
        guest.MustWrite(fd, "three");
        Assert.Equal("ONE two three", SharedFile.ReadText(Path.Join(guest.HostPath, "log")));
        Assert.Equal(Errno.Inval, guest.Call("fd_fdstat_set_flags", fd, 32));
        Assert.Equal(Errno.Inval, guest.Call("fd_fdstat_set_flags", fd, (ulong)FdFlags.Sync));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SizesAndTimes_AreSetAndTold(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint fd = guest.MustOpen("f", OpenFlags.Create, ReadWrite);
        guest.Succeed("fd_filestat_set_size", fd, 100);
        guest.Succeed("fd_allocate", fd, 50, 100);
        guest.Succeed("fd_allocate", fd, 0, 10);
        Assert.Equal(150, new FileInfo(Path.Join(guest.HostPath, "f")).Length);
        Assert.Equal(Errno.Inval, guest.Call("fd_allocate", fd, 0, 0));
        Assert.Equal(Errno.Fbig, guest.Call("fd_allocate", fd, long.MaxValue, 2));
        Assert.Equal(Errno.Inval, guest.Call("fd_filestat_set_size", fd, ulong.MaxValue));

        const ulong Access = 1_000_000_000_000_000_100;
        const ulong Modification = 1_500_000_000_000_000_200;
        guest.Succeed("fd_filestat_set_times", fd, Access, Modification, (ulong)(TimeFlags.Access | TimeFlags.Modification));
        uint stat = guest.Allocate(64);
        guest.Succeed("fd_filestat_get", fd, stat);
        Assert.Equal(FileType.RegularFile, (FileType)guest.Bytes(stat + 16, 1)[0]);
        Assert.NotEqual(0UL, guest.U64(stat + 8));
        Assert.Equal(1UL, guest.U64(stat + 24));
        Assert.Equal(150UL, guest.U64(stat + 32));
        Assert.Equal((Access, Modification), (guest.U64(stat + 40), guest.U64(stat + 48)));

        // Only one of the two, and to the present.
        guest.Succeed("fd_filestat_set_times", fd, 0, 0, (ulong)TimeFlags.ModificationNow);
        guest.Succeed("fd_filestat_get", fd, stat);
        Assert.Equal(Access, guest.U64(stat + 40));
        Assert.InRange(DateTime.UtcNow - DateTime.UnixEpoch.AddTicks((long)guest.U64(stat + 48) / 100), TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(60));
        Assert.Equal(Errno.Inval, guest.Call("fd_filestat_set_times", fd, 0, 0, 3));
        Assert.Equal(Errno.Inval, guest.Call("fd_filestat_set_times", fd, 0, 0, 12));
        Assert.Equal(Errno.Inval, guest.Call("fd_filestat_set_times", fd, 0, 0, 16));
        Assert.Equal(Errno.Fault, guest.Call("fd_filestat_get", fd, 0xfffffff0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sync_AndAdvise_Succeed(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint fd = guest.MustOpen("f", OpenFlags.Create, ReadWrite);
        guest.MustWrite(fd, "text");
        guest.Succeed("fd_sync", fd);
        guest.Succeed("fd_datasync", fd);
        for (ulong advice = 0; advice < 6; advice++)
        {
            guest.Succeed("fd_advise", fd, 0, 100, advice);
        }

        Assert.Equal(Errno.Inval, guest.Call("fd_advise", fd, 0, 100, 6));
        Assert.Equal(Errno.Badf, guest.Call("fd_advise", 77, 0, 100, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Synchronous_FilesAreWritten(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        uint fd = guest.MustOpen("f", OpenFlags.Create, Rights.FdWrite, FdFlags.Sync | FdFlags.Dsync | FdFlags.Rsync);
        guest.MustWrite(fd, "text");
        Assert.Equal("text", SharedFile.ReadText(Path.Join(guest.HostPath, "f")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFileRemovedWhileOpen_StillReads(bool portable)
    {
        using var guest = WasiGuest.WithDirectory(portable);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint fd = guest.MustOpen("f");
        Assert.Equal(Errno.Success, guest.CallPath("path_unlink_file", "f"));
        uint stat = guest.Allocate(64);
        guest.Succeed("fd_filestat_get", fd, stat);
        Assert.Equal(4UL, guest.U64(stat + 32));
        Assert.Equal("text", guest.MustRead(fd));
    }

    [Fact]
    public void Transfers_AreInterruptible()
    {
        using var guest = WasiGuest.WithDirectory(portable: false);
        File.WriteAllText(Path.Join(guest.HostPath, "f"), "text");
        uint fd = guest.MustOpen("f", rights: ReadWrite);
        using var source = new CancellationTokenSource();
        source.Cancel();
        guest.Interrupt = source.Token;
        Assert.Equal(Errno.Intr, guest.Read(fd, 4, out _));
        Assert.Equal(Errno.Intr, guest.Write(fd, "x", out _));
    }

    [Fact]
    public void ANamedPipe_NeitherBlocksTheOpeningNorDeafensTheReading()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var guest = WasiGuest.WithDirectory(portable: false);
        string pipe = Path.Join(guest.HostPath, "pipe");
        using (var process = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            process.WaitForExit();
        }

        Assert.Equal(Errno.Nxio, guest.Open("pipe", out _, rights: Rights.FdWrite));
        uint reader = guest.MustOpen("pipe");
        uint writer = guest.MustOpen("pipe", rights: Rights.FdWrite);
        guest.MustWrite(writer, "through the pipe");
        Assert.Equal("through", guest.MustRead(reader, 7));

        uint stat = guest.Allocate(64);
        guest.Succeed("fd_fdstat_get", reader, stat);
        Assert.Equal(Rights.None, (Rights)guest.U64(stat + 8) & (Rights.FdSeek | Rights.FdTell));
        Assert.Equal(" the pipe", guest.MustRead(reader, 100));
        using var source = new CancellationTokenSource(millisecondsDelay: 50);
        guest.Interrupt = source.Token;
        Assert.Equal(Errno.Intr, guest.Read(reader, 4, out _));
        guest.Interrupt = default;
        guest.Succeed("fd_fdstat_set_flags", reader, (ulong)FdFlags.Nonblock);
        Assert.Equal(Errno.Again, guest.Read(reader, 4, out _));
        guest.Succeed("fd_close", writer);
        Assert.Equal("", guest.MustRead(reader, 4));
    }

    [Fact]
    public void AFullPipe_TakesWhatFitsAndThenWaitsForAnInterrupt()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var guest = WasiGuest.WithDirectory(portable: false);
        using (var process = System.Diagnostics.Process.Start("mkfifo", Path.Join(guest.HostPath, "pipe")))
        {
            process.WaitForExit();
        }

        uint reader = guest.MustOpen("pipe");
        uint writer = guest.MustOpen("pipe", rights: Rights.FdWrite);
        using var source = new CancellationTokenSource(millisecondsDelay: 500);
        guest.Interrupt = source.Token;
        Assert.Equal(Errno.Success, guest.Write(writer, new string('x', 300_000), out uint count));
        Assert.InRange(count, 4096u, 299_999u);
        Assert.Equal(Errno.Intr, guest.Write(writer, "x", out _));

        guest.Interrupt = default;
        guest.Succeed("fd_close", reader);
        Assert.Equal(Errno.Pipe, guest.Write(writer, "x", out _));
    }

    [Fact]
    public void TheRealJob_AFileNameOnStandardInputAndThenTheFile()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes("./src/app.js\n"));
        using var guest = WasiGuest.WithDirectory(portable: false, new WasiOptions { Stdin = input });
        Directory.CreateDirectory(Path.Join(guest.HostPath, "src"));
        File.WriteAllText(Path.Join(guest.HostPath, "src", "app.js"), "addEventListener('fetch', handle)");
        string name = guest.MustRead(0).TrimEnd('\n');
        uint fd = guest.MustOpen(name);
        uint stat = guest.Allocate(64);
        guest.Succeed("fd_filestat_get", fd, stat);
        Assert.Equal("addEventListener('fetch', handle)", guest.MustRead(fd, (int)guest.U64(stat + 32)));
        guest.Succeed("fd_close", fd);
    }
}
