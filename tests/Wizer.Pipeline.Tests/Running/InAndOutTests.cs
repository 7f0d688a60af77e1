using System.Buffers;
using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>From files, streams and memory to files, streams and memory.</summary>
public sealed class InAndOutTests : IDisposable
{
    private static readonly byte[] s_module = Modules.Compile(
        """(module (memory 1) (func (export "wizer-initialize") (i32.store8 (i32.const 7) (i32.const 42))))""");

    private static readonly byte[] s_trap = Modules.Compile("""(module (func (export "wizer-initialize") unreachable))""");
    private static readonly byte[] s_expected = new PreInitializer().Run(s_module);

    private readonly TemporaryDirectory _directory = new();
    private readonly PreInitializer _wizer = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_AreReadAndWritten_AndNothingElseIsLeft()
    {
        RunReport report = RunFile("in.wasm", "out.wasm");
        Assert.Equal(s_expected, File.ReadAllBytes(_directory.In("out.wasm")));
        Assert.Equal(s_expected.Length, report.Snapshot.OutputByteLength);
        Assert.Equal(["in.wasm", "out.wasm"], _directory.Names);
    }

    [Fact]
    public void OutputFile_MayBeTheInput_OrALinkToIt()
    {
        File.WriteAllBytes(_directory.In("in.wasm"), s_module);
        File.CreateSymbolicLink(_directory.In("link"), "in.wasm");
        _wizer.RunFile(_directory.In("in.wasm"), _directory.In("link"));
        Assert.Equal(s_expected, File.ReadAllBytes(_directory.In("in.wasm")));
        Assert.Equal("in.wasm", new FileInfo(_directory.In("link")).LinkTarget);
    }

    [Fact]
    public void OutputFile_IsLeftAlone_WhenTheRunFails()
    {
        File.WriteAllText(_directory.In("out.wasm"), "precious");
        Assert.Throws<WizerException>(() => RunFile("trap.wasm", "out.wasm", s_trap));
        Assert.Throws<WizerException>(() => RunFile("trap.wasm", "new.wasm", s_trap));
        Assert.Equal("precious", File.ReadAllText(_directory.In("out.wasm")));
        Assert.Equal(["out.wasm", "trap.wasm"], _directory.Names);
    }

    [Theory]
    [InlineData(".", typeof(UnauthorizedAccessException))]
    [InlineData("no/out.wasm", typeof(DirectoryNotFoundException))]
    public void OutputFile_ThatCannotBe_IsAnErrorBeforeAnythingRuns(string name, Type cause)
    {
        var error = Assert.Throws<WizerException>(() => RunFile("trap.wasm", name, s_trap));
        Assert.Equal(WizerError.OutputFailed, error.Error);
        Assert.Equal("failed to create output file", error.Message);
        Assert.IsType(cause, error.InnerException);
    }

    [Fact]
    public void OutputFile_OnAFullDevice_IsAnError()
    {
        var error = Assert.Throws<WizerException>(() => RunFile("in.wasm", "/dev/full"));
        Assert.Equal(WizerError.OutputFailed, error.Error);
        Assert.Equal("failed to write to output", error.Message);
    }

    [Fact]
    public void InputFile_ThatIsNotThere_IsAnError_AndNothingIsWritten()
    {
        var error = Assert.Throws<WizerException>(() => _wizer.RunFile(_directory.In("no.wasm"), _directory.In("out.wasm")));
        Assert.Equal(WizerError.InputUnreadable, error.Error);
        Assert.IsType<FileNotFoundException>(error.InnerException);
        Assert.Empty(_directory.Names);
    }

    [Fact]
    public void AbandonedFile_IsNotWritten()
    {
        using ModuleFile file = ModuleFile.At(_directory.In("out.wasm"));
        file.Abandon();
        _wizer.Run(s_module, file);
        Assert.Empty(_directory.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Streams_AreReadFromWhereTheyAre_ToTheirEnd(bool seekable)
    {
        using var input = new DribblingStream([1, 2, 3, .. s_module], seekable);
        input.Skip(3);
        using var output = new MemoryStream();
        output.WriteByte(7);
        _wizer.Run(input, output);
        Assert.Equal([7, .. s_expected], output.ToArray());
    }

    [Fact]
    public void Stream_OfMegabytes_IsReadWhole()
    {
        byte[] padded = [.. s_module, 0, 0x84, 0x80, 0xc0, 1, 3, .. "pad"u8, .. new byte[0x300000]];
        using var input = new DribblingStream(padded, seekable: false);
        using var output = new MemoryStream();
        Assert.Equal(padded.Length, _wizer.Run(input, output).Snapshot.InputByteLength);
    }

    [Fact]
    public void Stream_GetsNothing_WhenTheRunFails()
    {
        using var output = new MemoryStream();
        Assert.Throws<WizerException>(() => _wizer.Run(new MemoryStream(s_trap), output));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void Memory_IsReadAndWritten()
    {
        var output = new ArrayBufferWriter<byte>();
        _wizer.Run(s_module, output);
        Assert.Equal(s_expected, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Cancellation_ReachesEveryOne()
    {
        File.WriteAllBytes(_directory.In("in.wasm"), s_module);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(
            () => _wizer.RunFile(_directory.In("in.wasm"), _directory.In("out.wasm"), null, cancelled));
        Assert.Throws<OperationCanceledException>(() => _wizer.Run(new MemoryStream(s_module), new MemoryStream(), null, cancelled));
        Assert.Throws<OperationCanceledException>(() => _wizer.Run(s_module, new ArrayBufferWriter<byte>(), null, cancelled));
        Assert.Equal(["in.wasm"], _directory.Names);
    }

    [Fact]
    public async Task ManyRuns_OfOneProcess_IntoOneDirectory_DoNotMeet()
    {
        // More at once than the pool has threads, each blocking one; with successes, traps and limits among them.
        var wizer = new PreInitializer();
        File.WriteAllBytes(_directory.In("in.wasm"), s_module);
        File.WriteAllBytes(_directory.In("trap.wasm"), s_trap);
        byte[] endless = Modules.Compile("(module (func (export \"wizer-initialize\") (loop $l (br $l))))");
        Task[] runs = [.. Enumerable.Range(0, 300).Select(i => Task.Run(() =>
        {
            switch (i % 10)
            {
                case 0:
                    Assert.Throws<WizerException>(() => wizer.RunFile(_directory.In("trap.wasm"), _directory.In($"{i}")));
                    break;
                case 1:
                    var environment = new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(20) };
                    var error = Assert.Throws<WizerException>(() => wizer.Run(endless, new ArrayBufferWriter<byte>(), environment));
                    Assert.Equal(WizerError.TimedOut, error.Error);
                    break;
                default:
                    wizer.RunFile(_directory.In("in.wasm"), _directory.In($"{i}"));
                    Assert.Equal(s_expected, File.ReadAllBytes(_directory.In($"{i}")));
                    break;
            }
        }))];
        await Task.WhenAll(runs);
        Assert.Equal(2 + 240, _directory.Names.Length);
    }

    private RunReport RunFile(string input, string output, byte[]? module = null)
    {
        File.WriteAllBytes(_directory.In(input), module ?? s_module);
        return _wizer.RunFile(_directory.In(input), _directory.In(output));
    }

    /// <summary>Gives less than it is asked for, as pipes do.</summary>
    private sealed class DribblingStream(byte[] bytes, bool seekable) : MemoryStream(bytes)
    {
        public override bool CanSeek => seekable;

        public void Skip(int count) => base.Read(new byte[count], 0, count);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 100_000));
    }
}
